ALTER TABLE products ADD COLUMN weight_grams integer NOT NULL DEFAULT 0;
ALTER TABLE products ADD CONSTRAINT products_weight_check CHECK (weight_grams >= 0);
