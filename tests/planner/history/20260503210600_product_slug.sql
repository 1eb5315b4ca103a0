ALTER TABLE products ADD COLUMN slug text;
UPDATE products SET slug = lower(replace(title, ' ', '-'));
ALTER TABLE products ALTER COLUMN slug SET NOT NULL;
CREATE UNIQUE INDEX products_slug_idx ON products (slug);
