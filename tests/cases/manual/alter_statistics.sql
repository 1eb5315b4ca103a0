ALTER STATISTICS shop.orders_stats OWNER TO deployer;
ALTER STATISTICS shop.orders_stats RENAME TO orders_more;
ALTER STATISTICS shop.orders_stats SET SCHEMA archive;
ALTER STATISTICS IF EXISTS shop.orders_stats SET STATISTICS 800;
ALTER STATISTICS shop.orders_stats SET STATISTICS DEFAULT;
