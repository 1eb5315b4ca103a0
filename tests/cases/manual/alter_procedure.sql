ALTER PROCEDURE shop.close_day(date) SECURITY INVOKER SET work_mem = '64MB';
ALTER PROCEDURE shop.close_day(date) RESET work_mem;
ALTER PROCEDURE shop.close_day(date) RENAME TO end_day;
ALTER PROCEDURE shop.close_day(date) OWNER TO deployer;
ALTER PROCEDURE shop.close_day(date) SET SCHEMA archive;
ALTER PROCEDURE shop.close_day(date) DEPENDS ON EXTENSION hstore;
