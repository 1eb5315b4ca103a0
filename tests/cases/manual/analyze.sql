ANALYZE;
ANALYZE VERBOSE shop.orders (note, city), shop.lines;
ANALYZE (VERBOSE, SKIP_LOCKED true) shop.orders;
ANALYZE (BUFFER_USAGE_LIMIT '512MB') shop.orders;
ANALYZE ONLY shop.orders;
