ALTER ROUTINE shop.tax(numeric) RENAME TO vat;
ALTER ROUTINE shop.tax(numeric) VOLATILE PARALLEL RESTRICTED;
ALTER ROUTINE shop.tax(numeric) OWNER TO deployer;
ALTER ROUTINE shop.tax(numeric) SET SCHEMA accounts;
ALTER ROUTINE shop.tax(numeric) NO DEPENDS ON EXTENSION hstore;
