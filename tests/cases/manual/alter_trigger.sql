ALTER TRIGGER audit ON shop.orders RENAME TO log;
ALTER TRIGGER audit ON shop.orders DEPENDS ON EXTENSION hstore;
ALTER TRIGGER audit ON shop.orders NO DEPENDS ON EXTENSION hstore;
