CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS orders_one ON ONLY shop.orders USING btree
    (lower(note) COLLATE "C" text_pattern_ops DESC NULLS LAST, (total * 2), day) INCLUDE (city)
    NULLS NOT DISTINCT WITH (fillfactor = 70) TABLESPACE fast WHERE active;
CREATE INDEX ON shop.orders USING gist (span gist_trgm_ops (siglen = 32));
CREATE INDEX ON shop.orders USING brin (day) WITH (pages_per_range = 32);
