-- +goose Up
CREATE TABLE order_lines (
  order_id bigint NOT NULL REFERENCES orders (id),
  position int NOT NULL,
  sku text NOT NULL,
  PRIMARY KEY (order_id, position)
);
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_positive;
-- +goose Down
DROP TABLE order_lines;
