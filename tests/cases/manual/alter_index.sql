ALTER INDEX IF EXISTS shop.orders_total_idx RENAME TO orders_by_total;
ALTER INDEX shop.orders_total_idx SET TABLESPACE fast;
ALTER INDEX shop.orders_total_idx ATTACH PARTITION shop.orders_2026_total_idx;
ALTER INDEX shop.orders_total_idx DEPENDS ON EXTENSION hstore;
ALTER INDEX shop.orders_total_idx NO DEPENDS ON EXTENSION hstore;
ALTER INDEX shop.orders_total_idx SET (fillfactor = 75);
ALTER INDEX shop.orders_total_idx RESET (fillfactor, deduplicate_items);
ALTER INDEX shop.orders_total_idx ALTER COLUMN 2 SET STATISTICS 500;
ALTER INDEX ALL IN TABLESPACE slow OWNED BY anna, bert SET TABLESPACE fast NOWAIT;
