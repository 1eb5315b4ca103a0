DROP AGGREGATE IF EXISTS shop.revenue (numeric), quantile (double precision ORDER BY numeric)
    CASCADE;
