CREATE TABLE wishlists (
  account_id bigint REFERENCES accounts,
  product_id integer REFERENCES products,
  added_at timestamptz DEFAULT now(),
  PRIMARY KEY (account_id, product_id)
);
