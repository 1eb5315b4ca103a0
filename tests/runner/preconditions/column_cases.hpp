#pragma once

#include "tests/runner/preconditions/cases.hpp"

/// Columns that are named and are not there, by whatever names columns.
namespace bellows::rules::cases::columns {

inline constexpr Line scene[] = {
    {"CREATE TABLE t (id int PRIMARY KEY, a int, b text, ar int[], c int)"},
    {"CREATE TABLE u (id int PRIMARY KEY, x int)"},
    {"CREATE TABLE parted (id int, k int) PARTITION BY LIST (k)"},
    {"CREATE TABLE part PARTITION OF parted FOR VALUES IN (1)"},
    {"CREATE VIEW v AS SELECT id, a FROM t"},
    {"CREATE MATERIALIZED VIEW mv AS SELECT id, a FROM t"},
    {"CREATE TYPE pair AS (one int, two text)"},
    {"CREATE SEQUENCE s"},
    {"CREATE INDEX t_expression ON t ((a + 1), c)"},
    {"CREATE RULE kept AS ON INSERT TO u DO INSTEAD NOTHING"},
};

inline constexpr Line statements[] = {
    // INSERT
    {"INSERT INTO t (id, nosuch) VALUES (1, 2)"},
    {"INSERT INTO t (id, a) VALUES (1, 2)"},
    {"INSERT INTO t (id, ar[1]) VALUES (1, 2)"},
    {"INSERT INTO t (nosuch, id) SELECT id, x FROM u"},
    {"INSERT INTO t (id, a) SELECT id, x FROM u"},
    {"INSERT INTO t (id) VALUES (1) ON CONFLICT (nosuch) DO NOTHING"},
    {"INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET nosuch = 1"},
    {"INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1"},
    {"INSERT INTO v (id, b) VALUES (1, 'b')"},
    {"INSERT INTO v (id, a) VALUES (1, 1)"},
    {"INSERT INTO parted (id, nosuch) VALUES (1, 1)"},
    {"INSERT INTO part (id, k) VALUES (1, 1)"},
    {"INSERT INTO u (id, nosuch) VALUES (1, 1)"},
    {"EXPLAIN ANALYZE INSERT INTO t (id, nosuch) VALUES (1, 1)"},
    {"WITH w AS (INSERT INTO t (id, nosuch) VALUES (1, 1) RETURNING id) SELECT id FROM w"},
    {"WITH w AS (INSERT INTO t (id, a) VALUES (1, 1) RETURNING id) SELECT id FROM w"},
    {"WITH w AS (UPDATE t SET nosuch = 1 RETURNING id) INSERT INTO u (id) SELECT id FROM w"},
    {"WITH w AS (SELECT 1 AS id) INSERT INTO t (id, x) SELECT id, 2 FROM w"},
    {"MERGE INTO t USING u ON t.id = u.id WHEN NOT MATCHED THEN INSERT (id, x) VALUES (u.id, 1)",
     15},
    {"MERGE INTO t USING u ON t.id = u.id WHEN NOT MATCHED THEN INSERT (id, a) VALUES (u.id, 1)",
     15},
    {"MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET x = 1", 15},
    {"MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED "
     "THEN INSERT (id, b) VALUES (u.id, 'b')",
     15},

    // UPDATE
    {"UPDATE t SET nosuch = 1"},
    {"UPDATE t SET a = 1, x = 2 WHERE id = 1"},
    {"UPDATE t SET (a, nosuch) = (1, 2)"},
    {"UPDATE t SET (a, b) = (1, 'x')"},
    {"UPDATE t SET nosuch = u.x FROM u WHERE u.id = t.id"},
    {"UPDATE t SET ar[1] = 2"},
    {"UPDATE v SET b = 'x'"},
    {"UPDATE t SET a = nosuch"},
    {"UPDATE t SET a = 1 WHERE nosuch = 1"},
    {"UPDATE t SET a = 1, -- , nosuch\n  b = 'x' -- nosuch\nWHERE id = 1 -- nosuch"},
    {"UPDATE t SET b = t.b || 'x', a = c + id WHERE t.a > 0 AND ctid IS NOT NULL"},
    {"UPDATE t SET b = t::text WHERE t IS NOT NULL"},
    {"UPDATE t SET a = (SELECT x FROM u WHERE u.id = t.id)"},
    {"UPDATE t SET a = x FROM u WHERE u.id = t.id"},
    {"UPDATE t SET a = 1 WHERE EXISTS (SELECT FROM u WHERE x = a)"},
    {"UPDATE t SET a = (ARRAY[id, c])[1]"},

    // DELETE, and what a copy reads
    {"DELETE FROM t WHERE nosuch = 1"},
    {"DELETE FROM t WHERE a = 1 AND b LIKE 'x%'"},
    {"DELETE FROM t"},
    {"DELETE FROM t USING u WHERE x = a"},
    {"DELETE FROM t WHERE id IN (SELECT x FROM u)"},
    {"INSERT INTO u (id, x) SELECT id, nosuch FROM t"},
    {"INSERT INTO u (id, x) SELECT id, a FROM t WHERE nosuch > 0"},
    {"INSERT INTO u (id, x) SELECT id, a + 1 FROM t WHERE a > 0"},
    {"INSERT INTO u (id, x) SELECT t.id, u.x FROM t JOIN u ON u.id = t.id"},
    {"INSERT INTO u SELECT id FROM t WHERE EXISTS (SELECT FROM part WHERE k = a)"},

    // GRANT, REVOKE
    {"GRANT SELECT (nosuch) ON t TO PUBLIC"},
    {"GRANT SELECT (id, a) ON t TO PUBLIC"},
    {"GRANT SELECT (id), UPDATE (a, nosuch) ON t TO PUBLIC"},
    {"GRANT SELECT (x) ON u, t TO PUBLIC"},
    {"GRANT SELECT (id) ON u, t TO PUBLIC"},
    {"REVOKE SELECT (nosuch) ON t FROM PUBLIC"},
    {"GRANT SELECT (ctid) ON t TO PUBLIC"},
    {"GRANT SELECT (b) ON v TO PUBLIC"},

    // COMMENT
    {"COMMENT ON COLUMN t.nosuch IS 'x'"},
    {"COMMENT ON COLUMN t.a IS 'x'"},
    {"COMMENT ON COLUMN public.t.nosuch IS 'x'"},
    {"COMMENT ON COLUMN v.b IS 'x'"},
    {"COMMENT ON COLUMN mv.b IS 'x'"},
    {"COMMENT ON COLUMN mv.a IS 'x'"},
    {"COMMENT ON COLUMN pair.one IS 'x'"},

    // statistics
    {"CREATE STATISTICS st ON a, nosuch FROM t"},
    {"CREATE STATISTICS st ON a, b FROM t"},
    {"ANALYZE t (a, nosuch)"},
    {"ANALYZE t (a, b)"},

    // ALTER
    {"ALTER TABLE t ALTER nosuch SET STATISTICS 100"},
    {"ALTER TABLE t ALTER nosuch SET (n_distinct = 5)"},
    {"ALTER TABLE t ALTER nosuch RESET (n_distinct)"},
    {"ALTER TABLE t ALTER nosuch SET STORAGE plain"},
    {"ALTER TABLE t ALTER nosuch SET COMPRESSION pglz", 14},
    {"ALTER TABLE t ALTER nosuch SET DEFAULT 1"},
    {"ALTER TABLE t ALTER nosuch DROP DEFAULT"},
    {"ALTER TABLE t ALTER nosuch SET NOT NULL"},
    {"ALTER TABLE t ALTER nosuch DROP NOT NULL"},
    {"ALTER TABLE t ALTER nosuch TYPE bigint"},
    {"ALTER TABLE t ALTER nosuch DROP EXPRESSION"},
    {"ALTER TABLE t ALTER nosuch ADD GENERATED ALWAYS AS IDENTITY"},
    {"ALTER TABLE t ALTER nosuch SET GENERATED ALWAYS"},
    {"ALTER TABLE t ALTER nosuch DROP IDENTITY"},
    {"ALTER TABLE t ALTER nosuch DROP IDENTITY IF EXISTS"},
    {"ALTER TABLE t ALTER nosuch RESTART"},
    {"ALTER TABLE t DROP nosuch"},
    {"ALTER TABLE t DROP IF EXISTS nosuch"},
    {"ALTER TABLE t RENAME nosuch TO other"},
    {"ALTER TABLE t ADD CHECK (nosuch > 0)"},
    {"ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0 AND nosuch > 0) NOT VALID"},
    {"ALTER TABLE t ADD UNIQUE (nosuch)"},
    {"ALTER TABLE t ADD EXCLUDE USING btree (nosuch WITH =)"},
    {"ALTER TABLE t ADD FOREIGN KEY (nosuch) REFERENCES u"},
    {"ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (nosuch)"},
    {"ALTER TABLE t ADD d int CHECK (nosuch > 0)"},
    {"ALTER TABLE t ADD d int CHECK (d > a)"},
    {"ALTER TABLE t ALTER b TYPE int USING nosuch::int"},
    {"ALTER TABLE t ALTER b TYPE int USING length(b) + id"},
    {"ALTER TABLE t ALTER b TYPE int USING length(t.b)"},
    {"ALTER VIEW v ALTER nosuch SET DEFAULT 1"},
    {"ALTER VIEW v RENAME nosuch TO other"},
    {"ALTER VIEW v RENAME COLUMN a TO other"},
    {"ALTER SEQUENCE s OWNED BY t.nosuch"},
    {"ALTER SEQUENCE s OWNED BY t.a"},
    {"ALTER INDEX t_expression ALTER COLUMN 1 SET STATISTICS 10"},

    // others
    {"CREATE INDEX ON t (nosuch)"},
    {"CREATE INDEX ON t (a) WHERE nosuch > 0"},
    {"CREATE INDEX ON t (a) INCLUDE (nosuch)"},
    {"CREATE POLICY own ON t USING (nosuch > 0)"},
    {"CREATE POLICY own ON t USING (a > 0)"},
    {"CREATE POLICY own ON t USING (a IN (SELECT x FROM u WHERE u.id = t.id))"},
    {"CREATE POLICY own ON t FOR INSERT WITH CHECK (nosuch > 0)"},
    {"CREATE POLICY own ON t; ALTER POLICY own ON t USING (nosuch)"},
    {"CREATE RULE r AS ON UPDATE TO u DO ALSO INSERT INTO t (id, nosuch) VALUES (1, 2)"},
    {"CREATE RULE r AS ON UPDATE TO u DO ALSO INSERT INTO t (id, a) VALUES (1, 2)"},
    {"CREATE TRIGGER r BEFORE UPDATE OF nosuch ON t FOR EACH ROW EXECUTE FUNCTION "
     "suppress_redundant_updates_trigger()"},
};

}  // namespace bellows::rules::cases::columns
