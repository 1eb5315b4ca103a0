DROP STATISTICS IF EXISTS shop.orders_stats, by_month;
