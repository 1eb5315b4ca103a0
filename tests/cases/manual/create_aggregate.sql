CREATE OR REPLACE AGGREGATE shop.revenue (numeric) (SFUNC = numeric_add, STYPE = numeric, INITCOND =
    '0', PARALLEL = safe);
CREATE AGGREGATE quantile (double precision ORDER BY anyelement) (SFUNC = step, STYPE = internal,
    FINALFUNC = finish, HYPOTHETICAL);
CREATE AGGREGATE oldest (BASETYPE = date, SFUNC = date_smaller, STYPE = date);
