#pragma once

#include <span>
#include <string_view>

/// What the statements are tried on. Each schema has the first fragment and some of the others;
/// none needs another one than that. PostgreSQL 15's grammar and older, but for `since`.
namespace bellows::agree {

struct Fragment {
  int since;  // server version
  int until;
  std::span<std::string_view const> statements;
};

inline constexpr int ever = 999;

inline constexpr std::string_view common[] = {
    "CREATE SCHEMA aside",
    "CREATE TYPE mood AS ENUM ('good', 'bad', 'so so')",
    "CREATE TYPE rarely AS ENUM ('x')",
    "CREATE TYPE address AS (street text, zip int)",
    "CREATE DOMAIN positive AS int CONSTRAINT positive_check CHECK (VALUE > 0)",
    "CREATE DOMAIN plain_int AS int",
    "CREATE DOMAIN short_text AS varchar(20) NOT NULL",
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2'",
    "CREATE FUNCTION lonely_function(a text, b int) RETURNS text LANGUAGE sql AS 'SELECT a'",
    "CREATE SEQUENCE counter",
    "CREATE TABLE customers (id serial PRIMARY KEY, email varchar(100) NOT NULL, name text,"
    " born date, score numeric(8,2) DEFAULT 0, state mood DEFAULT 'good', tags text[], data jsonb,"
    " CONSTRAINT customers_email_key UNIQUE (email), CONSTRAINT score_check CHECK (score >= 0))",
    "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " customer_id int NOT NULL REFERENCES customers ON DELETE CASCADE, placed_at timestamptz"
    " DEFAULT now(), total numeric(10,2), note text, code varchar(10), quantity int DEFAULT 1,"
    " doubled int GENERATED ALWAYS AS (quantity * 2) STORED, CONSTRAINT quantity_check"
    " CHECK (quantity > 0))",
    "CREATE INDEX orders_customer ON orders (customer_id)",
    "CREATE UNIQUE INDEX orders_code ON orders (code)",
    "CREATE INDEX orders_note_lower ON orders (lower(note)) WHERE total > 0",
    "CREATE TABLE lines (order_id bigint REFERENCES orders, line int, product text, amount int,"
    " price numeric, PRIMARY KEY (order_id, line))",
    "INSERT INTO customers (email, name, score) SELECT 'e' || i, 'n' || i, i FROM"
    " generate_series(1, 20) i",
    "INSERT INTO orders (customer_id, total, note, code) SELECT i, i, 'note', 'c' || i FROM"
    " generate_series(1, 20) i",
    "INSERT INTO lines SELECT 1, i, 'p', i, i FROM generate_series(1, 20) i",
};

inline constexpr std::string_view keys[] = {
    "CREATE TABLE referred (a int PRIMARY KEY, b int NOT NULL, c text UNIQUE, d int, e int,"
    " UNIQUE (b, d))",
    "CREATE UNIQUE INDEX referred_a_again ON referred (a)",
    "CREATE UNIQUE INDEX referred_b ON referred (b)",
    "CREATE UNIQUE INDEX referred_d_partial ON referred (d) WHERE d > 0",
    "CREATE UNIQUE INDEX referred_e_desc ON referred (e DESC)",
    "CREATE UNIQUE INDEX referred_expr ON referred (abs(e))",
    "CREATE UNIQUE INDEX referred_include ON referred (b) INCLUDE (e)",
    "CREATE TABLE referring (id int PRIMARY KEY, a int REFERENCES referred, b int, c text, d int,"
    " CONSTRAINT referring_b FOREIGN KEY (b) REFERENCES referred (b) DEFERRABLE INITIALLY"
    " DEFERRED, CONSTRAINT referring_bd FOREIGN KEY (b, d) REFERENCES referred (b, d))",
    "ALTER TABLE referring ADD CONSTRAINT referring_c FOREIGN KEY (c) REFERENCES referred (c)"
    " NOT VALID",
    "ALTER TABLE referring ADD CONSTRAINT later CHECK (d > 0) NOT VALID",
    "CREATE TABLE deferred_key (id int, n int, CONSTRAINT deferred_pk PRIMARY KEY (id) DEFERRABLE"
    " INITIALLY DEFERRED, CONSTRAINT deferred_unique UNIQUE (n) DEFERRABLE)",
    "CREATE TABLE self (id int PRIMARY KEY, parent_id int REFERENCES self, label text)",
    "INSERT INTO referred SELECT i, i, 'c' || i, i, i FROM generate_series(1, 10) i",
    "INSERT INTO referring SELECT i, i, i, 'c' || i, i FROM generate_series(1, 10) i",
};

inline constexpr std::string_view partitions[] = {
    "CREATE TABLE measure (day date NOT NULL, value int, place text, CONSTRAINT value_check CHECK"
    " (value > 0)) PARTITION BY RANGE (day)",
    "CREATE TABLE measure_1 PARTITION OF measure FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
    "CREATE TABLE measure_2 PARTITION OF measure FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')"
    " PARTITION BY LIST (place)",
    "CREATE TABLE measure_2_x PARTITION OF measure_2 FOR VALUES IN ('x')",
    "CREATE INDEX measure_value ON measure (value)",
    "CREATE TABLE measure_loose (day date NOT NULL, value int, place text, CONSTRAINT value_check"
    " CHECK (value > 0))",
    "CREATE TABLE measure_proven (day date NOT NULL, value int, place text, CONSTRAINT value_check"
    " CHECK (value > 0), CHECK (day >= '2026-05-01' AND day < '2026-06-01'))",
    "CREATE TABLE measure_bare (day date, value int, place text)",
    "CREATE TABLE measure_short (day date NOT NULL)",
    "INSERT INTO measure SELECT '2026-01-01'::date + i, i + 1, 'x' FROM generate_series(0, 40) i",
    "INSERT INTO measure_loose VALUES ('2026-05-05', 1, 'x')",
    "INSERT INTO measure_proven VALUES ('2026-05-05', 1, 'x')",
};

inline constexpr std::string_view zones[] = {
    "CREATE TABLE zones (id int NOT NULL, zone text NOT NULL, n int, PRIMARY KEY (id, zone),"
    " UNIQUE (zone, id)) PARTITION BY LIST (zone)",
    "CREATE TABLE zones_a PARTITION OF zones FOR VALUES IN ('a')",
    "CREATE TABLE zones_rest PARTITION OF zones DEFAULT",
    "CREATE TABLE zones_user (id int, zone text, note text, FOREIGN KEY (id, zone) REFERENCES"
    " zones)",
    "CREATE TABLE zones_b (id int NOT NULL, zone text NOT NULL, n int)",
    "CREATE TABLE hashed (id int, v text) PARTITION BY HASH (id)",
    "CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
    "CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
    "CREATE INDEX hashed_v ON ONLY hashed (v)",
    "CREATE INDEX hashed_0_v ON hashed_0 (v)",
    "ALTER INDEX hashed_v ATTACH PARTITION hashed_0_v",
    "CREATE INDEX hashed_1_v ON hashed_1 (v)",
    "CREATE TABLE by_expression (a int, b text) PARTITION BY RANGE (abs(a))",
    "CREATE TABLE by_expression_1 PARTITION OF by_expression FOR VALUES FROM (0) TO (10)",
    "CREATE TABLE empty_parent (a int, b text) PARTITION BY RANGE (a)",
    "INSERT INTO zones VALUES (1, 'a', 1), (2, 'z', 2)",
};

inline constexpr std::string_view inheritance[] = {
    "CREATE TABLE base (id int NOT NULL, kind text, n int CONSTRAINT base_n CHECK (n > 0),"
    " CONSTRAINT alone CHECK (id > 0) NO INHERIT)",
    "CREATE TABLE other_base (kind text, w int)",
    "CREATE TABLE derived (own int, CONSTRAINT own_check CHECK (own > 0)) INHERITS (base)",
    "CREATE TABLE merged (extra text) INHERITS (base, other_base)",
    "CREATE TABLE adoptable (id int NOT NULL, kind text, n int CONSTRAINT base_n CHECK (n > 0))",
    "CREATE TABLE grandchild () INHERITS (derived)",
    "INSERT INTO derived VALUES (1, 'k', 1, 1)",
};

inline constexpr std::string_view typed[] = {
    "CREATE TYPE shape AS (id int, label text)",
    "CREATE TABLE shaped OF shape (PRIMARY KEY (id))",
    "CREATE TABLE has_address (id int PRIMARY KEY, home address, mood mood, moods mood[])",
    "CREATE TABLE domained (id int, p positive, q plain_int, s short_text DEFAULT 's')",
    "CREATE INDEX domained_p ON domained (p)",
    "CREATE VIEW moods AS SELECT id, mood FROM has_address WHERE mood = 'good'",
    "ALTER DOMAIN plain_int ADD CONSTRAINT plain_later CHECK (VALUE < 1000) NOT VALID",
    "INSERT INTO domained VALUES (1, 1, 1, 's')",
    "INSERT INTO has_address VALUES (1, ROW('s', 1), 'good', '{}')",
};

inline constexpr std::string_view views[] = {
    "CREATE VIEW customer_names AS SELECT id, name, email FROM customers",
    "CREATE VIEW short_names AS SELECT id, left(name, 3) AS short FROM customer_names",
    "CREATE VIEW order_totals AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY"
    " customer_id",
    "CREATE MATERIALIZED VIEW order_counts AS SELECT customer_id, count(*) AS n FROM orders GROUP"
    " BY customer_id",
    "CREATE UNIQUE INDEX order_counts_key ON order_counts (customer_id)",
    "CREATE MATERIALIZED VIEW unfilled AS SELECT id, note FROM orders WITH NO DATA",
    "CREATE RULE no_delete AS ON DELETE TO customer_names DO INSTEAD NOTHING",
};

inline constexpr std::string_view rules[] = {
    "CREATE TABLE ruled (a int, b int, c text)",
    "CREATE RULE keep AS ON DELETE TO ruled WHERE OLD.a > 0 DO INSTEAD NOTHING",
    "CREATE TABLE guarded (id int PRIMARY KEY, owner text, secret text, level int)",
    "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY owners ON guarded USING (owner = CURRENT_USER)",
    "CREATE POLICY \"High Ones\" ON guarded FOR SELECT USING (level > 3)",
    "CREATE TABLE triggered (id int PRIMARY KEY, a int, b int, c text)",
    "CREATE TRIGGER on_a BEFORE UPDATE OF a ON triggered FOR EACH ROW EXECUTE FUNCTION touch()",
    "CREATE TRIGGER when_b BEFORE UPDATE ON triggered FOR EACH ROW WHEN (NEW.b > 0) EXECUTE"
    " FUNCTION touch()",
    "CREATE CONSTRAINT TRIGGER at_end AFTER INSERT ON triggered DEFERRABLE INITIALLY DEFERRED FOR"
    " EACH ROW EXECUTE FUNCTION touch()",
    "CREATE TRIGGER by_statement AFTER DELETE ON triggered FOR EACH STATEMENT EXECUTE FUNCTION"
    " touch()",
    "INSERT INTO triggered VALUES (1, 1, 1, 'c')",
};

inline constexpr std::string_view functions_14[] = {
    "CREATE FUNCTION atomic_total(bigint) RETURNS numeric LANGUAGE sql BEGIN ATOMIC SELECT"
    " sum(price) FROM lines WHERE order_id = $1; END",
    "CREATE FUNCTION atomic_one() RETURNS int LANGUAGE sql RETURN (SELECT max(amount) FROM lines)",
};

inline constexpr std::string_view functions[] = {
    "CREATE TABLE computed (id int DEFAULT twice(1), n int, dbl int GENERATED ALWAYS AS (twice(n))"
    " STORED, CONSTRAINT twice_check CHECK (twice(n) > 0))",
    "CREATE INDEX computed_twice ON computed (twice(id))",
    "CREATE PROCEDURE run_it() LANGUAGE sql AS 'SELECT 1'",
    "CREATE AGGREGATE total_of (int) (SFUNC = int4pl, STYPE = int)",
    "CREATE VIEW twices AS SELECT twice(id) AS t FROM customers",
};

inline constexpr std::string_view sequences[] = {
    "CREATE SEQUENCE owned_seq",
    "CREATE TABLE numbered (id smallserial, n int GENERATED BY DEFAULT AS IDENTITY, k int DEFAULT"
    " nextval('owned_seq'), note text)",
    "ALTER SEQUENCE owned_seq OWNED BY numbered.k",
    "CREATE TABLE borrows (k bigint DEFAULT nextval('counter'), m int)",
    "CREATE TABLE many_sequences (a serial, b bigserial, c int GENERATED ALWAYS AS IDENTITY (START"
    " 10))",
};

inline constexpr std::string_view published[] = {
    "CREATE TABLE news (id int PRIMARY KEY, title text, body text, hidden int)",
    "CREATE TABLE unkeyed (a int NOT NULL, b text)",
    "CREATE UNIQUE INDEX unkeyed_a ON unkeyed (a)",
    "ALTER TABLE unkeyed REPLICA IDENTITY USING INDEX unkeyed_a",
    "CREATE TABLE fully (a int, b text)",
    "ALTER TABLE fully REPLICA IDENTITY FULL",
    "CREATE PUBLICATION some_news FOR TABLE unkeyed, fully",
};

inline constexpr std::string_view published_15[] = {
    "CREATE TABLE listed (id int PRIMARY KEY, title text, body text, hidden int)",
    "CREATE PUBLICATION list_of FOR TABLE listed (id, title)",
    "CREATE PUBLICATION filter_of FOR TABLE listed WHERE (id > 3)",
    "CREATE PUBLICATION all_aside FOR TABLES IN SCHEMA aside",
};

inline constexpr std::string_view indexes[] = {
    "CREATE TABLE indexed (a int, b text, c int NOT NULL, d jsonb, e int[], f varchar(30), g"
    " timestamptz, h boolean)",
    "CREATE INDEX indexed_hash ON indexed USING hash (b)",
    "CREATE INDEX indexed_brin ON indexed USING brin (g)",
    "CREATE INDEX indexed_gin ON indexed USING gin (d)",
    "CREATE INDEX indexed_desc ON indexed (a DESC NULLS LAST)",
    "CREATE UNIQUE INDEX indexed_c ON indexed (c)",
    "CREATE UNIQUE INDEX indexed_partial ON indexed (a) WHERE h",
    "CREATE UNIQUE INDEX indexed_lower ON indexed (lower(b))",
    "CREATE UNIQUE INDEX indexed_pattern ON indexed (b text_pattern_ops)",
    "CREATE UNIQUE INDEX indexed_two ON indexed (c, f) INCLUDE (b)",
    "CREATE INDEX indexed_collated ON indexed (f COLLATE \"C\")",
    "CREATE TABLE excluded (r int4range, n int, CONSTRAINT no_overlap EXCLUDE USING gist (r WITH"
    " &&))",
    "CREATE STATISTICS indexed_stats ON a, c FROM indexed",
    "INSERT INTO indexed SELECT i, 'b' || i, i, '{}', '{1}', 'f', now(), true FROM"
    " generate_series(1, 10) i",
    "CLUSTER indexed USING indexed_c",
};

inline constexpr std::string_view indexes_15[] = {
    "CREATE TABLE nulls (a int, b int)",
    "CREATE UNIQUE INDEX nulls_a ON nulls (a) NULLS NOT DISTINCT",
    "ALTER TABLE nulls ADD CONSTRAINT nulls_b UNIQUE NULLS NOT DISTINCT (b)",
};

inline constexpr std::string_view named[] = {
    "CREATE SCHEMA \"Mixed Case\"",
    "CREATE TABLE \"Mixed Case\".\"Table\" (\"Id\" int PRIMARY KEY, \"select\" text, \"a \"\"b\"\""
    "\" int)",
    "CREATE VIEW \"Mixed Case\".\"View\" AS SELECT \"Id\", \"select\" FROM \"Mixed "
    "Case\".\"Table\"",
    "CREATE INDEX \"An Index\" ON \"Mixed Case\".\"Table\" (\"select\")",
    "CREATE TABLE aside.users (id int PRIMARY KEY, name text, \"Role\" text)",
    "CREATE TABLE aside.sessions (id int PRIMARY KEY, user_id int REFERENCES aside.users ON DELETE"
    " SET NULL, started timestamp)",
    "CREATE TYPE aside.color AS ENUM ('red', 'green')",
    "CREATE TABLE aside.painted (id int, color aside.color DEFAULT 'red')",
    "CREATE UNLOGGED TABLE light (id int PRIMARY KEY, v text)",
    "CREATE TABLE light_free (id int, light_id int)",
    "CREATE TABLE wide (a smallint, b bigint, c real, d double precision, e char(5), f bytea, g"
    " uuid, h inet, i interval, j time, k xml, l bit(8), m money, n timestamp, o timestamptz,"
    " p numeric, q text, r varchar, s boolean, t date)",
    "INSERT INTO wide (a, b, q) VALUES (1, 1, 'q')",
};

inline constexpr std::string_view not_null_18[] = {
    "CREATE TABLE firm (id int CONSTRAINT firm_id NOT NULL, loose int, v int GENERATED ALWAYS AS"
    " (id * 2) VIRTUAL)",
    "INSERT INTO firm (id, loose) VALUES (1, 1)",
    "ALTER TABLE firm ADD CONSTRAINT firm_loose NOT NULL loose NOT VALID",
    "CREATE TABLE ruler (id int PRIMARY KEY)",
    "CREATE TABLE unruled (id int, ruler_id int, CONSTRAINT unenforced CHECK (id > 0) NOT "
    "ENFORCED)",
    "ALTER TABLE unruled ADD CONSTRAINT ruled_later FOREIGN KEY (ruler_id) REFERENCES ruler NOT"
    " ENFORCED",
};

inline constexpr Fragment fragments[] = {
    {0, ever, common},        {0, ever, keys},      {0, ever, partitions},  {0, ever, zones},
    {0, ever, inheritance},   {0, ever, typed},     {0, ever, views},       {0, ever, rules},
    {14, ever, functions_14}, {0, ever, functions}, {0, ever, sequences},   {0, ever, published},
    {15, ever, published_15}, {0, ever, indexes},   {15, ever, indexes_15}, {0, ever, named},
    {18, ever, not_null_18},
};

}  // namespace bellows::agree
