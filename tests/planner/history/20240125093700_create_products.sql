CREATE TYPE product_state AS ENUM ('draft', 'on_sale', 'sold_out');
CREATE TABLE products (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku varchar(40) NOT NULL UNIQUE,
  title text NOT NULL,
  description text,
  price numeric(10,2) NOT NULL CHECK (price >= 0),
  state product_state NOT NULL DEFAULT 'draft',
  attributes jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE products IS 'what the shop sells';
