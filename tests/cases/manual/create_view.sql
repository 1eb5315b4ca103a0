CREATE OR REPLACE TEMP RECURSIVE VIEW up_to (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM up_to
    WHERE n < 100;
CREATE VIEW shop.open (id, sum) WITH (security_barrier = true, check_option = local) AS SELECT id,
    total FROM shop.orders WHERE active WITH CASCADED CHECK OPTION;
CREATE VIEW shop.open WITH (security_invoker = true) AS SELECT id FROM shop.orders WITH LOCAL CHECK
    OPTION;
