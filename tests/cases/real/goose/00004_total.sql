-- +goose Up
SET lock_timeout = '3s';
ALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 2);
ALTER TABLE orders ADD CONSTRAINT orders_total_positive CHECK (total >= 0) NOT VALID;
-- +goose Down
ALTER TABLE orders DROP CONSTRAINT orders_total_positive;
