CREATE TABLE IF NOT EXISTS shop.recent (id, total) USING heap WITH (fillfactor = 70) TABLESPACE fast
    AS SELECT id, total FROM shop.orders WITH NO DATA;
CREATE UNLOGGED TABLE shop.recent AS TABLE shop.orders;
CREATE TEMP TABLE recent ON COMMIT DROP AS EXECUTE recents('2026-01-01');
CREATE TABLE shop.three AS VALUES (1), (2), (3);
