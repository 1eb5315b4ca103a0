CREATE PROCEDURE shop.close_day(day date, INOUT sum numeric DEFAULT 0) LANGUAGE plpgsql AS
    $$ BEGIN COMMIT; END $$;
CREATE OR REPLACE PROCEDURE shop.put(integer, OUT made bigint) BEGIN ATOMIC INSERT INTO shop.lines
    (id) VALUES ($1); END;
