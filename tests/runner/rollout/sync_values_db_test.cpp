#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// The rename over column types of every kind, and over names of every kind: each write is seen by
/// the other side down to the last byte, and the schema in the end is that of a plain rename.
namespace bellows::test::sync_values_db_test {
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
    {"enum_array", "", "mood[] DEFAULT '{ok}'", "'{sad}'", "'{happy}'", "'{happy,NULL}'"},
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

/// Bytes, not values.
constexpr char const* out_of_step =
    "SELECT count(*) FROM {} WHERE pg_catalog.record_image_ne(ROW(name), ROW(display_name))";
constexpr char const* all_values = "SELECT string_agg({}::text, '~' ORDER BY id) FROM {}";

/// One type, in a table and a migration of its own; all of them share a database.
class TypeRun {
 public:
  TypeRun(RenameBench const& bench, TypeCase const& type, std::size_t number)
      : bench_(bench),
        type_(type),
        table_(fmt::format("users_{}", type.label)),
        migration_(fmt::format("{}_{}", 20260301090000 + number, type.label)) {
    bench.db.run(fmt::format(
        "{0} CREATE TABLE {1} (id int PRIMARY KEY, name {2}, visits int NOT NULL DEFAULT 0);"
        "INSERT INTO {1} (id, name) VALUES (101, {3}), (102, {4});",
        type.before, table_, type.column, type.a, type.b));
    bench.project.migration(
        migration_, fmt::format("ALTER TABLE {} RENAME COLUMN name TO display_name;\n", table_));
  }

  std::string const& migration() const { return migration_; }

  void write_by_both() const {
    auto app = bench_.db.session("application");
    auto const in_step = [&](std::string const& sql) {
      app.run(sql);
      EXPECT_EQ(differing(" AND id < 100"), "0") << sql;
    };
    auto const insert = [&](int id, char const* column) {
      in_step(fmt::format("INSERT INTO {} (id, {}) VALUES ({}, {})", table_, column, id, type_.a));
    };
    auto const update = [&](int id, char const* column, char const* value) {
      in_step(fmt::format("UPDATE {} SET {} = {} WHERE id = {}", table_, column, value, id));
    };
    insert(1, "name");
    insert(2, "display_name");
    in_step(fmt::format("INSERT INTO {} (id) VALUES (3)", table_));
    update(1, "name", type_.b);
    update(1, "name", type_.b_again);
    update(2, "display_name", type_.b);
    update(2, "display_name", type_.b_again);
    EXPECT_EQ(value_of("name", 2), value_of("display_name", 1));
    EXPECT_NE(value_of("name", 2), "");
    app.run(fmt::format("UPDATE {} SET visits = 1 WHERE id = 101", table_));
    EXPECT_EQ(value_of("display_name", 101), value_of("name", 101));
  }

  void note_what_is_backfilled() {
    EXPECT_EQ(differing(""), "0");
    before_ = values("name");
  }
  void expect_contracted() const { EXPECT_EQ(values("display_name"), before_); }

 private:
  std::string differing(char const* which) const {
    return bench_.db.value(fmt::format(fmt::runtime(out_of_step), table_) + which);
  }
  std::string values(char const* column) const {
    return bench_.db.value(fmt::format(fmt::runtime(all_values), column, table_));
  }
  std::string value_of(char const* column, int id) const {
    return bench_.db.value(
        fmt::format("SELECT {}::text FROM {} WHERE id = {}", column, table_, id));
  }

  RenameBench const& bench_;
  TypeCase const& type_;
  std::string table_;
  std::string migration_;
  std::string before_;
};

TEST(SyncTypes, EveryWriteIsSeenByTheOtherSideInItsBytes) {
  RenameBench const t(users_table);
  t.must({"up"});
  std::vector<TypeRun> runs;
  for (TypeCase const& type : types) {
    runs.emplace_back(t, type, runs.size() + 1);
  }
  t.must({"plan", "--database-url", t.db.conninfo()});
  for (TypeRun const& run : runs) {
    SCOPED_TRACE(run.migration());
    t.must({"expand", run.migration()});
    run.write_by_both();
  }
  t.must({"up"});
  for (TypeRun& run : runs) {
    SCOPED_TRACE(run.migration());
    run.note_what_is_backfilled();
  }
  t.contract();
  for (TypeRun const& run : runs) {
    SCOPED_TRACE(run.migration());
    run.expect_contracted();
  }
  EXPECT_EQ(leftovers(t.db), "");
}

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
}  // namespace bellows::test::sync_values_db_test
