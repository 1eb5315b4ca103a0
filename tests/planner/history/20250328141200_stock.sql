CREATE TABLE warehouses (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE stock (
  warehouse_id integer NOT NULL REFERENCES warehouses,
  product_id integer NOT NULL REFERENCES products,
  on_hand integer NOT NULL DEFAULT 0,
  reserved integer NOT NULL DEFAULT 0,
  PRIMARY KEY (warehouse_id, product_id),
  CHECK (reserved <= on_hand)
);
