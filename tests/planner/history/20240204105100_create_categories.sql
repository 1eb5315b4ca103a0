CREATE TABLE categories (
  id serial PRIMARY KEY,
  parent_id integer REFERENCES categories,
  name text NOT NULL,
  UNIQUE (parent_id, name)
);
CREATE TABLE product_categories (
  product_id integer NOT NULL REFERENCES products ON DELETE CASCADE,
  category_id integer NOT NULL REFERENCES categories,
  PRIMARY KEY (product_id, category_id)
);
