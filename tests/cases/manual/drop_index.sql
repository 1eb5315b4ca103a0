DROP INDEX CONCURRENTLY IF EXISTS shop.orders_day;
DROP INDEX shop.orders_day, shop.orders_one CASCADE;
