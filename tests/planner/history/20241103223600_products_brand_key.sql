ALTER TABLE products ADD CONSTRAINT products_brand_fk
  FOREIGN KEY (brand_id) REFERENCES catalogue.brands (id);
