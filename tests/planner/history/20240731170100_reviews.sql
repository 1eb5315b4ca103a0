CREATE TABLE reviews (
  id bigserial PRIMARY KEY,
  product_id integer NOT NULL REFERENCES products ON DELETE CASCADE,
  account_id bigint REFERENCES accounts ON DELETE SET NULL,
  stars smallint NOT NULL CONSTRAINT reviews_stars CHECK (stars BETWEEN 1 AND 5),
  body text,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (product_id, account_id)
);
