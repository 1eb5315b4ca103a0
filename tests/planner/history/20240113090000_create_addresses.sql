CREATE TABLE addresses (
  id bigserial PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
  street text NOT NULL,
  city text NOT NULL,
  postcode varchar(12),
  country char(2) NOT NULL DEFAULT 'DE'
);
CREATE INDEX ON addresses (account_id);
