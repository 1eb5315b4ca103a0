CREATE TABLE gift_cards (
  code text PRIMARY KEY CHECK (code ~ '^[A-Z0-9]{12}$'),
  balance numeric(10,2) NOT NULL CHECK (balance >= 0),
  account_id bigint REFERENCES accounts
);
CREATE INDEX gift_cards_account_idx ON gift_cards (account_id) WHERE account_id IS NOT NULL;
