CREATE FOREIGN TABLE IF NOT EXISTS far.orders (id bigint OPTIONS (column_name 'key') NOT NULL, total
    numeric COLLATE "C" DEFAULT 0 CHECK (total >= 0), net numeric GENERATED ALWAYS AS (total / 1.2)
    STORED, CONSTRAINT sane CHECK (id > 0) NO INHERIT) INHERITS (shop.all_orders) SERVER far OPTIONS
    (table_name 'orders');
CREATE FOREIGN TABLE far.orders_2025 PARTITION OF shop.orders (total NOT NULL) FOR VALUES FROM
    ('2025-01-01') TO ('2026-01-01') SERVER far;
CREATE FOREIGN TABLE far.copy (LIKE shop.orders INCLUDING DEFAULTS) SERVER far;
