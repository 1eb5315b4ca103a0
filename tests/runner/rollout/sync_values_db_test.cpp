#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// The rename over column types of every kind, and over names of every kind: each write is seen by
/// the other side down to the last byte, and the schema in the end is that of a plain rename.
namespace bellows::test {
namespace {

struct TypeCase {
  char const* label;
  char const* before;  // what the type needs
  char const* column;  // type and what follows it
  char const* a;
  char const* b;
  char const* b_again;  // equal to b for the type's "=", or differently spelled, in other bytes
};

constexpr char const* mood = "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');";

void PrintTo(TypeCase const& type, std::ostream* out) {
  *out << type.label;
}

std::vector<TypeCase> const types{
    {"integer", "", "int", "1", "2", "3"},
    {"varchar", "", "varchar(5)", "'a'", "'b'", "'b '"},
    {"char", "", "char(5)", "'a'", "'b'", "'c'"},
    {"numeric", "", "numeric", "1", "1.0", "1.00"},
    {"money", "", "money", "1", "2", "3"},
    {"float", "", "float8", "0", "'0'", "'-0'"},
    {"json", "", "json", "'{\"a\":1}'", "'{\"a\": 2}'", "'{\"a\":  2}'"},
    {"jsonb", "", "jsonb NOT NULL DEFAULT '{}'", "'{\"a\":1}'", "'{\"a\":1.0}'", "'{\"a\":1.00}'"},
    {"xml", "", "xml", "'<a/>'", "'<b/>'", "'<b />'"},
    {"point", "", "point DEFAULT '(1,1)'", "'(0,0)'", "'(1,2)'", "'(1.0000000001,2)'"},
    {"polygon", "", "polygon", "'((0,0),(1,1))'", "'((0,0),(2,2))'", "'((2,2),(0,0))'"},
    {"interval", "", "interval", "'1 day'", "'24 hours'", "'1440 minutes'"},
    {"timestamptz", "", "timestamptz(3) DEFAULT now()", "'2026-01-01'", "'2026-01-02'",
     "'2026-01-03'"},
    {"uuid", "", "uuid DEFAULT gen_random_uuid()", "'00000000-0000-0000-0000-000000000001'",
     "'00000000-0000-0000-0000-000000000002'", "'00000000-0000-0000-0000-000000000003'"},
    {"bytea", "", "bytea", "'\\x00'", "'\\x01'", "'\\x0100'"},
    {"enum", mood, "mood NOT NULL DEFAULT 'ok'", "'sad'", "'happy'", "'ok'"},
    {"array", "", "int[] DEFAULT '{}'", "'{1}'", "'{1,2}'", "'[0:1]={1,2}'"},
    {"enum_array", mood, "mood[] DEFAULT '{ok}'", "'{sad}'", "'{happy}'", "'{happy,NULL}'"},
    {"collation", "", "text COLLATE \"C\" DEFAULT 'c'", "'a'", "'b'", "'B'"},
    {"nondeterministic",
     "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);",
     "text COLLATE ci DEFAULT 'c'", "'a'", "'b'", "'B'"},
    {"domain", "CREATE DOMAIN short AS text CHECK (length(VALUE) < 5);", "short DEFAULT 'none'",
     "'a'", "'b'", "'c'"},
    {"composite", "CREATE TYPE pair AS (x int, y numeric);", "pair DEFAULT '(0,0)'", "'(1,1)'",
     "'(1,2.0)'", "'(1,2.00)'"},
    {"range", "", "int4range DEFAULT 'empty'", "'[1,2)'", "'[1,3)'", "'[1,4)'"},
    {"tsvector", "", "tsvector", "'a'", "'b'", "'b:1'"},
    {"citext", "CREATE EXTENSION citext;", "citext NOT NULL DEFAULT 'Nobody'", "'a'", "'b'", "'B'"},
    {"type_of_another_schema",
     "CREATE SCHEMA \"My Types\"; CREATE TYPE \"My Types\".\"Mood\" AS ENUM ('sad', 'ok', 'up');",
     "\"My Types\".\"Mood\" DEFAULT 'ok'", "'sad'", "'up'", "'ok'"},
};

std::string scene_of(TypeCase const& type) {
  return fmt::format(
      "{} CREATE TABLE users (id int PRIMARY KEY, name {}, visits int NOT NULL DEFAULT 0);"
      "INSERT INTO users (id, name) VALUES (101, {}), (102, {});",
      type.before, type.column, type.a, type.b);
}

class SyncTypes : public testing::TestWithParam<TypeCase> {};

/// Bytes, not values.
constexpr char const* out_of_step =
    "SELECT count(*) FROM users WHERE pg_catalog.record_image_ne(ROW(name), ROW(display_name))";

TEST_P(SyncTypes, EveryWriteIsSeenByTheOtherSideInItsBytes) {
  TypeCase const& type = GetParam();
  if (std::string{type.label} == "citext" &&
      TempDatabase().value("SELECT 1 FROM pg_available_extensions WHERE name = 'citext'").empty()) {
    GTEST_SKIP() << "citext is not installed";
  }
  RenameBench const t(scene_of(type));
  t.expand();
  auto app = t.db.session("application");
  auto const in_step = [&](std::string const& sql) {
    app.run(sql);
    EXPECT_EQ(t.db.value(std::string{out_of_step} + " AND id < 100"), "0") << sql;
  };
  auto const value_of = [&](char const* column, int id) {
    return t.db.value(fmt::format("SELECT {}::text FROM users WHERE id = {}", column, id));
  };
  in_step(fmt::format("INSERT INTO users (id, name) VALUES (1, {})", type.a));
  in_step(fmt::format("INSERT INTO users (id, display_name) VALUES (2, {})", type.a));
  in_step("INSERT INTO users (id) VALUES (3)");
  in_step(fmt::format("UPDATE users SET name = {} WHERE id = 1", type.b));
  in_step(fmt::format("UPDATE users SET name = {} WHERE id = 1", type.b_again));
  in_step(fmt::format("UPDATE users SET display_name = {} WHERE id = 2", type.b));
  in_step(fmt::format("UPDATE users SET display_name = {} WHERE id = 2", type.b_again));
  EXPECT_EQ(value_of("name", 2), value_of("display_name", 1));
  EXPECT_NE(value_of("name", 2), "");
  app.run("UPDATE users SET visits = 1 WHERE id = 101");
  EXPECT_EQ(value_of("display_name", 101), value_of("name", 101));

  t.backfill();
  EXPECT_EQ(t.db.value(out_of_step), "0");
  std::string const values = "SELECT string_agg({0}::text, '~' ORDER BY id) FROM users";
  std::string const before = t.db.value(fmt::format(fmt::runtime(values), "name"));
  t.contract();
  EXPECT_EQ(t.db.value(fmt::format(fmt::runtime(values), "display_name")), before);
  EXPECT_EQ(leftovers(t.db), "");
}

INSTANTIATE_TEST_SUITE_P(All, SyncTypes, testing::ValuesIn(types),
                         [](auto const& each) { return std::string{each.param.label}; });

struct NameCase {
  char const* label;
  std::string schema, table, from, to;
};

void PrintTo(NameCase const& names, std::ostream* out) {
  *out << names.label;
}

std::string const cut(55, 'x');  // two of these with different ends are one name when cut at 63

std::vector<NameCase> const names{
    {"another_schema", "sales", "orders", "name", "label"},
    {"quotes", "My \"Schema\"", "user's table", "old \"name\"", "new'name"},
    {"keywords", "select", "table", "from", "where"},
    {"unicode", "schön", "прайс", "имя", "名前"},
    {"dots_and_dollars", "a.b", "c.d", "$bell$", "e$1"},
    {"braces_and_percent", "{}", "%s", "{0}", "%I"},
    {"newline", "public", "two\nlines", "o\nld", "n\tew"},
    {"backslash", "public", "back\\slash", "o\\ld", "n\\'ew"},
    {"bytes_63", std::string(63, 's'), std::string(63, 't'), std::string(63, 'o'),
     std::string(63, 'n')},
    {"bytes_63_of_two_byte_letters", "public",
     std::string("t") +
         [] {
           std::string name;
           for (int i = 0; i < 31; ++i) {
             name += "ж";
           }
           return name;
         }(),
     "o", "n"},
};

std::string q(std::string const& name) {
  return sql::Identifier(name).quoted();
}

class SyncOddNames : public testing::TestWithParam<NameCase> {};

TEST_P(SyncOddNames, TheWholeRename) {
  NameCase const& c = GetParam();
  std::string const table = q(c.schema) + "." + q(c.table);
  std::string const scene = fmt::format(
      "CREATE SCHEMA IF NOT EXISTS {0}; CREATE TABLE {1} (\"the key\" int PRIMARY KEY, {2} text "
      "NOT NULL DEFAULT 'x' CHECK ({2} <> ''), {3} int); CREATE INDEX ON {1} ({2}, {3});"
      "INSERT INTO {1} (\"the key\", {2}) SELECT g, 'n' || g FROM generate_series(1, 20) g",
      q(c.schema), table, q(c.from), q("third"));
  std::string const rename =
      fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {};\n", table, q(c.from), q(c.to));
  RenameBench const t(scene, rename);
  t.expand();
  auto app = t.db.session("application");
  app.run(fmt::format("INSERT INTO {} (\"the key\", {}) VALUES (31, 'old')", table, q(c.from)));
  app.run(fmt::format("INSERT INTO {} (\"the key\", {}) VALUES (32, 'new')", table, q(c.to)));
  app.run(fmt::format("UPDATE {} SET {} = 'up' WHERE \"the key\" = 1", table, q(c.from)));
  app.run(fmt::format("UPDATE {} SET {} = 'down' WHERE \"the key\" = 2", table, q(c.to)));
  t.backfill();
  EXPECT_EQ(t.db.value(fmt::format("SELECT count(*) FILTER (WHERE {0} = {1}) FROM {2}", q(c.from),
                                   q(c.to), table)),
            "22");
  t.contract();
  EXPECT_EQ(t.db.value(fmt::format("SELECT string_agg({}, ',' ORDER BY \"the key\") FROM {} "
                                   "WHERE \"the key\" < 4 OR \"the key\" > 30",
                                   q(c.to), table)),
            "up,down,n3,old,new");
  EXPECT_EQ(t.schema(), schema_after(scene, rename));
  EXPECT_EQ(leftovers(t.db), "");
}

INSTANTIATE_TEST_SUITE_P(All, SyncOddNames, testing::ValuesIn(names),
                         [](auto const& each) { return std::string{each.param.label}; });

TEST(SyncLongNames, TwoRenamesWhoseNamesCollideWhenCut) {
  std::string const from1 = cut + "_old_a1", from2 = cut + "_old_b2";
  std::string const to1 = cut + "_new_a1", to2 = cut + "_new_b2";
  std::string const scene = fmt::format(
      "CREATE TABLE users (id int PRIMARY KEY, {0} text, {1} text);"
      "CREATE INDEX ON users ({0}); CREATE INDEX ON users ({1});"
      "INSERT INTO users SELECT g, 'a', 'b' FROM generate_series(1, 20) g",
      from1, from2);
  std::string const rename = "ALTER TABLE users RENAME COLUMN {} TO {};\n";
  RenameBench const t(scene, fmt::format(fmt::runtime(rename), from1, to1));
  t.project.migration("20260301090001_second", fmt::format(fmt::runtime(rename), from2, to2));
  t.must({"up", "--to", rename_name});
  t.must({"plan", "20260301090001_second", "--database-url", t.db.conninfo()});
  t.must({"up"});
  auto app = t.db.session("application");
  app.run(fmt::format("UPDATE users SET {} = 'A', {} = 'B' WHERE id = 1", from1, to2));
  app.run(fmt::format("UPDATE users SET {} = 'C' WHERE id = 2", to1));
  EXPECT_EQ(t.db.value(fmt::format("SELECT concat({}, {}, {}, {}) FROM users WHERE id = 1", from1,
                                   to1, from2, to2)),
            "AABB");
  t.contract();
  EXPECT_EQ(t.db.value(fmt::format("SELECT string_agg({0} || {1}, ',' ORDER BY id) FROM users "
                                   "WHERE id < 4",
                                   to1, to2)),
            "AB,Cb,ab");
  EXPECT_EQ(t.schema(), schema_after(scene, fmt::format(fmt::runtime(rename), from1, to1) +
                                                fmt::format(fmt::runtime(rename), from2, to2)));
  EXPECT_EQ(leftovers(t.db), "");
}

}  // namespace
}  // namespace bellows::test
