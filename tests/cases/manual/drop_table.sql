DROP TABLE IF EXISTS shop.orders, shop.lines CASCADE;
