UPDATE products SET updated_at = now() WHERE updated_at IS NULL;
