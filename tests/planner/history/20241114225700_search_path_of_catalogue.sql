SET search_path TO catalogue, public;
CREATE TABLE suppliers (
  id serial PRIMARY KEY,
  brand_id integer REFERENCES brands,
  name text NOT NULL UNIQUE
);
CREATE INDEX ON suppliers (brand_id);
