CREATE TABLE price_history (LIKE products);
ALTER TABLE price_history ADD COLUMN valid_from timestamptz NOT NULL DEFAULT now();
CREATE INDEX price_history_id_idx ON price_history (id, valid_from DESC);
