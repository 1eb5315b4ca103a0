-- +goose Up
CREATE TABLE orders (
  id bigserial PRIMARY KEY,
  customer text NOT NULL,
  total numeric(10, 2) NOT NULL,
  state text NOT NULL DEFAULT 'new'
);
-- +goose Down
DROP TABLE orders;
