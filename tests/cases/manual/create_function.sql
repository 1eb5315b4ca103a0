CREATE FUNCTION shop.tax(amount numeric, rate numeric DEFAULT 0.2) RETURNS numeric LANGUAGE sql
    IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 5 AS $$ SELECT amount * rate $$;
CREATE OR REPLACE FUNCTION shop.split(IN whole text, OUT first text, OUT rest text) LANGUAGE plpgsql
    STABLE SECURITY DEFINER SET search_path FROM CURRENT AS
    $$ BEGIN first := left(whole, 1); rest := substr(whole, 2); END $$;
CREATE FUNCTION shop.lines_of(bigint) RETURNS TABLE (id bigint, total numeric) ROWS 20 LANGUAGE sql
    AS 'SELECT id, total FROM shop.lines WHERE order_id = $1';
CREATE FUNCTION shop.total(VARIADIC numeric[]) RETURNS numeric RETURN (SELECT sum(x) FROM unnest($1)
    AS x);
CREATE FUNCTION shop.twice(integer) RETURNS SETOF integer BEGIN ATOMIC SELECT $1; SELECT $1 * 2;
    END;
CREATE FUNCTION shop.fast(integer) RETURNS integer LANGUAGE c WINDOW SUPPORT fast_support TRANSFORM
    FOR TYPE hstore AS 'fast.so', 'fast_entry';
