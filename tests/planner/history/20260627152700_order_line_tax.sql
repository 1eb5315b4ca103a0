ALTER TABLE order_lines ADD COLUMN tax_rate numeric(4,3) NOT NULL DEFAULT 0.19;
