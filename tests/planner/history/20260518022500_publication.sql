CREATE PUBLICATION shop FOR TABLE products, categories;
