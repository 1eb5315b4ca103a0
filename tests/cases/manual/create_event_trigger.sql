CREATE EVENT TRIGGER watch_ddl ON ddl_command_start WHEN TAG IN ('CREATE TABLE', 'DROP TABLE')
    EXECUTE FUNCTION shop.watch();
CREATE EVENT TRIGGER watch_login ON login EXECUTE PROCEDURE shop.watch();
