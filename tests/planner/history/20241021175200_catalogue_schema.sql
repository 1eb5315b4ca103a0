CREATE SCHEMA catalogue;
CREATE TABLE catalogue.brands (
  id integer GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  CONSTRAINT brands_pk PRIMARY KEY (id)
);
ALTER TABLE products ADD COLUMN brand_id integer;
