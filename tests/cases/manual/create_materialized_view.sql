CREATE MATERIALIZED VIEW IF NOT EXISTS shop.sums (day, total) USING heap WITH (fillfactor = 70)
    TABLESPACE fast AS SELECT day, sum(total) FROM shop.orders GROUP BY day WITH NO DATA;
CREATE MATERIALIZED VIEW shop.all_days AS TABLE shop.days WITH DATA;
