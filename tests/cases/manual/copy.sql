COPY shop.orders (id, total) FROM '/srv/orders.csv' WITH (FORMAT csv, HEADER true, DELIMITER ';',
    NULL '', QUOTE '"', ESCAPE '\', FORCE_NOT_NULL (note), FORCE_NULL (city), ENCODING 'latin1')
    WHERE total > 0;
COPY shop.orders FROM PROGRAM 'gzip -dc /srv/orders.gz' (FREEZE);
COPY shop.orders FROM '/srv/orders.csv' (FORMAT csv, HEADER MATCH);
COPY shop.orders FROM '/srv/orders.csv' (FORMAT csv, DEFAULT '\D');
COPY shop.orders FROM '/srv/orders.csv' (FORMAT csv, FORCE_NULL *, FORCE_NOT_NULL *);
COPY shop.orders FROM '/srv/orders.csv' (ON_ERROR ignore, LOG_VERBOSITY verbose);
COPY shop.orders FROM '/srv/orders.csv' (ON_ERROR ignore, REJECT_LIMIT 10);
COPY shop.orders TO '/srv/orders.bin' WITH (FORMAT binary);
COPY (SELECT id FROM shop.orders WHERE total > 0) TO PROGRAM 'gzip > /srv/orders.gz';
COPY (DELETE FROM shop.orders RETURNING id) TO '/srv/gone.csv' (FORCE_QUOTE *, FORMAT csv);
COPY (MERGE INTO shop.orders o USING shop.news n ON o.id = n.id WHEN MATCHED THEN DELETE RETURNING
    o.id) TO '/srv/gone.csv';
COPY shop.orders TO '/srv/orders.json' (FORMAT json);
COPY shop.orders FROM '/srv/orders.csv' (FORMAT csv, HEADER 2);
