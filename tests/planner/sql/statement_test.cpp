#include "planner/sql/statement.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace bellows::sql {
namespace {

template <typename Body>
Body body(std::string_view text) {
  Statement const statement = parse_one(text);
  auto const* found = std::get_if<Body>(&statement.body);
  if (found == nullptr) {
    throw std::runtime_error("another kind of statement: " + statement.kind);
  }
  return *found;
}

TEST(Parse, SaysWhatAStatementIs) {
  struct Case {
    char const* text;
    char const* kind;
  };
  for (auto const& [text, kind] : {
           Case{"create table t (a int)", "CREATE TABLE"},
           Case{"alter table t rename column a to b", "ALTER TABLE RENAME COLUMN"},
           Case{"alter view v rename column a to b", "ALTER VIEW RENAME COLUMN"},
           Case{"alter table t add column a int", "ALTER TABLE ADD COLUMN"},
           Case{"alter table t add a int, add b int", "ALTER TABLE"},
           Case{"alter table t add constraint c check (a > 0) not valid",
                "ALTER TABLE ADD CHECK NOT VALID"},
           Case{"alter table t add primary key using index i",
                "ALTER TABLE ADD PRIMARY KEY USING INDEX"},
           Case{"create index concurrently i on t (a)", "CREATE INDEX CONCURRENTLY"},
           Case{"create unique index i on t (a)", "CREATE INDEX"},
           Case{"drop index concurrently i", "DROP INDEX CONCURRENTLY"},
           Case{"drop table a, b", "DROP TABLE"},
           Case{"update t set a = 1", "UPDATE"},
           Case{"alter table t rename to u", "ALTER TABLE RENAME TO"},
           Case{"alter table t set schema s", "ALTER TABLE SET SCHEMA"},
           Case{"create extension citext", "CREATE EXTENSION"},
           Case{"comment on column t.a is 'x'", "COMMENT ON COLUMN"},
           Case{"alter type e add value 'x'", "ALTER TYPE ADD VALUE"},
           Case{"select 1 into t", "CREATE TABLE AS"},
           Case{"vacuum (full) t", "VACUUM FULL"},
           Case{"vacuum (full false) t", "VACUUM"},
           Case{"reindex (concurrently) table t", "REINDEX TABLE CONCURRENTLY"},
           Case{"begin", "BEGIN"},
       }) {
    EXPECT_EQ(parse_one(text).kind, kind) << text;
  }
}

TEST(Parse, TypesReadAsFormatTypePrintsThem) {
  struct Case {
    char const* written;
    char const* printed;
  };
  for (auto const& [written, printed] : {
           Case{"int", "integer"},
           Case{"int4", "integer"},
           Case{"bigserial", "bigint"},
           Case{"varchar(100)", "character varying(100)"},
           Case{"varchar", "character varying"},
           Case{"char(3)", "character(3)"},
           Case{"char", "character(1)"},
           Case{"\"char\"", "\"char\""},
           Case{"bpchar", "bpchar"},
           Case{"bit", "bit(1)"},
           Case{"bit varying(5)", "bit varying(5)"},
           Case{"numeric(10)", "numeric(10,0)"},
           Case{"decimal(10,2)", "numeric(10,2)"},
           Case{"timestamp", "timestamp without time zone"},
           Case{"timestamptz(3)", "timestamp(3) with time zone"},
           Case{"time", "time without time zone"},
           Case{"interval", "interval"},
           Case{"interval(3)", "interval(3)"},
           Case{"interval year to month", "interval year to month"},
           Case{"interval day to second(3)", "interval day to second(3)"},
           Case{"float", "double precision"},
           Case{"float(4)", "real"},
           Case{"bool", "boolean"},
           Case{"text[]", "text[]"},
           Case{"int[3][3]", "integer[]"},
           Case{"pg_catalog.int8", "bigint"},
           Case{"public.citext", "public.citext"},
           Case{"s.\"My Type\"[]", "s.\"My Type\"[]"},
           Case{"geometry(Point,4326)", "geometry(point,4326)"},
           Case{"jsonb", "jsonb"},
       }) {
    auto const table = body<CreateTable>("CREATE TABLE t (c " + std::string(written) + ")");
    EXPECT_EQ(table.columns.at(0).type.text, printed) << written;
  }
  EXPECT_TRUE(body<CreateTable>("CREATE TABLE t (c serial)").columns[0].type.serial);
}

TEST(Parse, ConstraintsAreThoseOfTheTable) {
  auto const table = body<CreateTable>(
      "CREATE TABLE t (id int CONSTRAINT pk PRIMARY KEY, b int DEFAULT my() REFERENCES s.u (x) ON"
      " DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, c uuid DEFAULT gen_random_uuid(), CHECK (b >"
      " id), UNIQUE (b, c))");
  auto const& key = table.columns[0].constraints.at(0);
  EXPECT_EQ(key.name.raw(), "pk");
  EXPECT_EQ(key.text, "PRIMARY KEY (id)");
  auto const& made = table.columns[1].constraints.at(0);
  EXPECT_EQ(made.expression, "my()");
  EXPECT_TRUE(made.calls_unknown);
  EXPECT_FALSE(made.calls_volatile);
  auto const& reference = table.columns[1].constraints.at(1);
  EXPECT_EQ(reference.text,
            "FOREIGN KEY (b) REFERENCES s.u (x) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED");
  EXPECT_EQ(reference.references.display(), "s.u");
  EXPECT_TRUE(table.columns[2].constraints.at(0).calls_volatile);
  EXPECT_EQ(table.constraints.at(0).text, "CHECK (b > id)");
  EXPECT_EQ(table.constraints.at(0).columns, (std::vector{Identifier("b"), Identifier("id")}));
  EXPECT_EQ(table.constraints.at(1).text, "UNIQUE (b, c)");
}

TEST(Parse, AnUpdateIsSimpleWhenItCanBeCutIntoBatches) {
  auto const update = body<Update>(
      "UPDATE s.t SET a = f(b, ',') , \"B\" = (a = 1) /* , */ , c=CASE WHEN x THEN 1 END WHERE a IN"
      " (1, 2) AND b <> 'where'");
  EXPECT_TRUE(update.simple);
  ASSERT_EQ(update.set.size(), 3U);
  EXPECT_EQ(update.set[0].expression, "f(b, ',')");
  EXPECT_EQ(update.set[1].column.raw(), "B");
  EXPECT_EQ(update.set[2].expression, "CASE WHEN x THEN 1 END");
  EXPECT_EQ(update.where, "a IN (1, 2) AND b <> 'where'");
  EXPECT_EQ(body<Update>("UPDATE t SET a = 1").where, "");
  for (char const* text : {
           "UPDATE t SET a = 1 FROM u",
           "UPDATE t SET a = (SELECT 1)",
           "UPDATE t SET (a, b) = (1, 2)",
           "UPDATE t SET a = 1 RETURNING a",
           "WITH x AS (SELECT 1) UPDATE t SET a = 1",
           "UPDATE ONLY t SET a = 1",
           "UPDATE t SET a[1] = 2",
           "UPDATE t SET a = DEFAULT",
           "UPDATE t u SET a = 1",
           "UPDATE t SET a = 1 WHERE b IN (SELECT 1)",
           "UPDATE t SET a = $1",
       }) {
    EXPECT_FALSE(body<Update>(text).simple) << text;
  }
}

TEST(Parse, DataStatementsSayWhomTheyTouch) {
  auto const insert = body<DataStatement>(
      "WITH gone AS (DELETE FROM d RETURNING *) INSERT INTO a SELECT * FROM gone, s.y");
  EXPECT_EQ(insert.kind, "INSERT");
  EXPECT_EQ(insert.writes.size(), 2U);
  EXPECT_EQ(insert.reads, (std::vector{QualifiedName{Identifier("s"), Identifier("y")}}));
  EXPECT_TRUE(body<DataStatement>("SELECT my_function()").opaque);
  EXPECT_TRUE(body<DataStatement>("DO $$ BEGIN END $$").opaque);
  EXPECT_FALSE(body<DataStatement>("SELECT set_config('a', 'b', false), now()").opaque);
}

TEST(Parse, WhatTheGrammarRefusesIsUnparsedAlone) {
  Statement const statement = parse_one("ALTER TABLE t MERGE PARTITIONS (a, b) INTO c");
  auto const& unparsed = std::get<Unparsed>(statement.body);
  EXPECT_EQ(unparsed.at.offset, 14U);
  EXPECT_NE(unparsed.message.find("syntax error"), std::string::npos);
  EXPECT_TRUE(std::holds_alternative<Unparsed>(parse_one("SELECT 'open").body));
  EXPECT_TRUE(std::holds_alternative<Unparsed>(parse_one("").body));
  EXPECT_TRUE(std::holds_alternative<Unparsed>(parse_one("SELECT 1; SELECT 2").body));
}

TEST(Parse, PositionsCountCharacters) {
  auto const unparsed = std::get<Unparsed>(parse_one("SELECT 'üü' FRM x y").body);
  EXPECT_EQ(unparsed.at.line, 1);
  EXPECT_EQ(unparsed.at.column, 17);
}

std::string repeated(std::string_view unit, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) {
    text += unit;
  }
  return text;
}

TEST(Parse, SurvivesDeepNesting) {
  for (char const* unit : {"NOT ", "- ", "(", "a + ", "f(", "CASE WHEN ", "ARRAY[", "a::int = "}) {
    for (int times : {1000, 5000, 50000}) {
      Statement const select = parse_one("SELECT " + repeated(unit, times) + "1");
      EXPECT_TRUE(times < 5000 || select.kind == "UNKNOWN") << unit;
      parse_one("ALTER TABLE t ADD CHECK (" + repeated(unit, times) + "1)");
    }
  }
  EXPECT_EQ(parse_one(repeated("SELECT 1, 2 UNION ", 50000) + "SELECT 1, 2").kind, "UNKNOWN");
}

TEST(Parse, ReadsLongLists) {
  EXPECT_EQ(parse_one("INSERT INTO t VALUES (0)" + repeated(", (1 + 2, 'x')", 5000)).kind,
            "INSERT");
  EXPECT_EQ(parse_one("UPDATE t SET a = 1 WHERE a = 1" + repeated(" OR a = 1", 5000)).kind,
            "UPDATE");
  EXPECT_EQ(parse_one("SELECT CASE" + repeated(" WHEN a = 1 THEN 2", 5000) + " END").kind,
            "SELECT");
}

struct IndexCase {
  char const* text;
  char const* renamed;
};

TEST(IndexForColumn, KeepsEverythingButTheColumn) {
  Identifier const name("name"), to("display name"), index("New Index");
  for (auto const& [text, renamed] : {
           IndexCase{"CREATE INDEX i ON public.users USING btree (name)",
                     "CREATE INDEX CONCURRENTLY \"New Index\" ON public.users USING btree "
                     "(\"display name\")"},
           IndexCase{"CREATE UNIQUE INDEX i ON public.users USING btree (name DESC NULLS LAST, id)",
                     "CREATE UNIQUE INDEX CONCURRENTLY \"New Index\" ON public.users USING btree "
                     "(\"display name\" DESC NULLS LAST, id)"},
           IndexCase{"CREATE INDEX i ON public.users USING btree (name COLLATE \"C\" "
                     "varchar_pattern_ops)",
                     "CREATE INDEX CONCURRENTLY \"New Index\" ON public.users USING btree "
                     "(\"display name\" COLLATE \"C\" varchar_pattern_ops)"},
           IndexCase{
               "CREATE INDEX i ON public.users USING btree (lower((name)::text), ((name)::text))",
               "CREATE INDEX CONCURRENTLY \"New Index\" ON public.users USING btree "
               "(lower((\"display name\")::text), ((\"display name\")::text))"},
           IndexCase{"CREATE INDEX i ON public.users USING gin (name gin_trgm_ops) WITH "
                     "(fastupdate='off')",
                     "CREATE INDEX CONCURRENTLY \"New Index\" ON public.users USING gin (\"display "
                     "name\" gin_trgm_ops) WITH (fastupdate='off')"},
           IndexCase{"CREATE INDEX i ON public.users USING btree (id) INCLUDE (name, email)",
                     "CREATE INDEX CONCURRENTLY \"New Index\" ON public.users USING btree (id) "
                     "INCLUDE (\"display name\", email)"},
           IndexCase{"CREATE UNIQUE INDEX i ON public.users USING btree (name) NULLS NOT DISTINCT "
                     "TABLESPACE \"Odd Space\" WHERE ((name)::text <> 'name'::text)",
                     "CREATE UNIQUE INDEX CONCURRENTLY \"New Index\" ON public.users USING btree "
                     "(\"display name\") NULLS NOT DISTINCT TABLESPACE \"Odd Space\" WHERE "
                     "((\"display name\")::text <> 'name'::text)"},
           IndexCase{
               "CREATE INDEX i ON public.name USING btree (id, name(id))",
               "CREATE INDEX CONCURRENTLY \"New Index\" ON public.name USING btree (id, name(id))"},
           IndexCase{"CREATE INDEX i ON s.\"name\" USING btree ((('name'::text || \"name\")))",
                     "CREATE INDEX CONCURRENTLY \"New Index\" ON s.\"name\" USING btree "
                     "((('name'::text || \"display name\")))"},
       }) {
    EXPECT_EQ(index_for_column(text, name, to, index), renamed) << text;
  }
  EXPECT_THROW(index_for_column("DROP INDEX i", name, to, index), std::invalid_argument);
}

TEST(ConstraintForColumn, RenamesKeysExpressionsAndReferences) {
  Identifier const a("a"), to("B b");
  EXPECT_EQ(constraint_for_column("CHECK ((a > 0))", a, to), "CHECK (\"B b\" > 0)");
  EXPECT_EQ(constraint_for_column("UNIQUE (a, c)", a, to), "UNIQUE (\"B b\", c)");
  EXPECT_EQ(constraint_for_column("FOREIGN KEY (a) REFERENCES t(a)", a, to),
            "FOREIGN KEY (\"B b\") REFERENCES t (a)");
  EXPECT_EQ(constraint_for_column("FOREIGN KEY (a) REFERENCES t(a)", a, to, true),
            "FOREIGN KEY (a) REFERENCES t (\"B b\")");
}

}  // namespace
}  // namespace bellows::sql
