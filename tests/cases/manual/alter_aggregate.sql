ALTER AGGREGATE shop.revenue (numeric) RENAME TO turnover;
ALTER AGGREGATE revenue (integer, numeric) OWNER TO CURRENT_USER;
ALTER AGGREGATE revenue (*) SET SCHEMA archive;
ALTER AGGREGATE percentile (double precision ORDER BY numeric) RENAME TO quantile;
