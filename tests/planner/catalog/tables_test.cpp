#include "planner/catalog/model.hpp"
#include "planner/catalog/replay.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// Copies share their tables, and no change to one shows in another.
namespace bellows::catalog::tables_test {
namespace {

class SharedTables : public testing::Test {
 protected:
  static Catalog fresh() {
    Catalog catalog;
    replay_text(catalog, R"(
CREATE TYPE mood AS ENUM ('good'); CREATE SCHEMA s;
CREATE TABLE t (id int PRIMARY KEY, m mood);
CREATE TABLE u (id int REFERENCES t, n int);
CREATE VIEW v AS SELECT id FROM t;
CREATE PUBLICATION p FOR TABLE t;)");
    return catalog;
  }

  static Table const* find(Catalog const& catalog, char const* name) {
    return catalog.table(sql::parse_qualified_name(name));
  }

  Catalog one = fresh();
};

TEST_F(SharedTables, CopiesHaveThemInCommonUntilOneIsEdited) {
  Catalog other = one;
  EXPECT_EQ(find(one, "t"), find(other, "t"));
  other.table(sql::parse_qualified_name("t"))->rows = 7;
  EXPECT_NE(find(one, "t"), find(other, "t"));
  EXPECT_EQ(find(one, "u"), find(other, "u"));
  EXPECT_FALSE(find(one, "t")->rows.has_value());
  EXPECT_FALSE(one == other);
}

TEST_F(SharedTables, TheOneThatWasFoundLastIsForgottenWithEachChange) {
  sql::QualifiedName const u = sql::parse_qualified_name("public.u");
  Catalog other = one;
  Table const* const before = find(other, "public.u");
  ASSERT_NE(before, nullptr);
  other.tables.edit(u)->rows = 7;
  EXPECT_EQ(find(other, "public.u")->rows, 7);
  EXPECT_EQ(find(one, "public.u"), before);
  Table another = *find(other, "public.u");
  another.rows = 8;
  other.tables.put(std::move(another));
  EXPECT_EQ(find(other, "public.u")->rows, 8);
  other.tables.erase(u);
  EXPECT_EQ(find(other, "public.u"), nullptr);
  EXPECT_EQ(find(one, "public.u"), before);
  EXPECT_TRUE(one.tables.take(u).has_value());
  EXPECT_EQ(find(one, "public.u"), nullptr);
}

TEST_F(SharedTables, OneThatIsNobodyElsesIsEditedInPlace) {
  Table const* before = find(one, "t");
  EXPECT_EQ(one.table(sql::parse_qualified_name("t")), before);
  { Catalog const gone = one; }
  EXPECT_EQ(one.table(sql::parse_qualified_name("t")), before);
}

TEST_F(SharedTables, ThoseThatHaveChangedSinceACopyAreKnownByName) {
  auto const changed = [&](char const* statements) {
    Catalog other = one;
    replay_text(other, statements);
    std::set<std::string> names;
    for (QualifiedName const& name : differing(one.tables, other.tables)) {
      names.insert(name.name.raw());
    }
    return names;
  };
  using Names = std::set<std::string>;
  EXPECT_EQ(changed("INSERT INTO t VALUES (1)"), Names());
  EXPECT_EQ(changed("ALTER TABLE u ADD x int"), Names{"u"});
  EXPECT_EQ(changed("CREATE TABLE a (); CREATE TABLE z (); CREATE TABLE tt ()"),
            (Names{"a", "tt", "z"}));
  EXPECT_EQ(changed("DROP TABLE u"), Names{"u"});
  EXPECT_EQ(changed("DROP VIEW v"), (Names{"t", "v"}));
}

/// Enough of them that the table of hashes grows.
class ManyTables : public testing::Test {
 protected:
  using Names = std::vector<QualifiedName>;

  ManyTables() {
    for (int i = 0; i < 2'000; ++i) {
      put(tables, std::string(i % 2 == 0 ? "a" : "b") + ".t" + std::to_string(i * 7'919 % 2'000));
    }
  }

  static void put(Tables& into, std::string const& name) {
    Table table;
    table.name = sql::parse_qualified_name(name);
    into.put(std::move(table));
  }

  static Names names_of(Tables const& all) {
    Names names;
    for (auto const& [name, table] : all) {
      names.push_back(name);
      EXPECT_EQ(all.find(name), &table);
    }
    EXPECT_EQ(names.size(), all.size());
    EXPECT_TRUE(std::ranges::is_sorted(names));
    return names;
  }

  static bool has(Names const& names, char const* name) {
    return std::ranges::binary_search(names, sql::parse_qualified_name(name));
  }

  Tables tables;
};

TEST_F(ManyTables, AreGoneThroughInTheOrderOfTheirNames) {
  EXPECT_EQ(names_of(tables).size(), 2'000U);
  put(tables, "a.t1000a");
  put(tables, "a.t2");  // again
  tables.erase(sql::parse_qualified_name("a.t4"));
  EXPECT_EQ(tables.take(sql::parse_qualified_name("a.t6"))->name.name.raw(), "t6");
  EXPECT_FALSE(tables.take(sql::parse_qualified_name("a.t6")));
  tables.erase_schema("b");
  Names const names = names_of(tables);
  EXPECT_EQ(names.size(), 999U);
  EXPECT_TRUE(has(names, "a.t1000a") && has(names, "a.t2"));
  EXPECT_FALSE(has(names, "a.t4") || has(names, "a.t6") || has(names, "b.t1"));
}

TEST_F(ManyTables, ACopyGoesThroughItsOwn) {
  Names const before = names_of(tables);
  Tables copy = tables;
  put(copy, "c.t");
  copy.erase(sql::parse_qualified_name("a.t2"));
  copy.edit(sql::parse_qualified_name("a.t8"))->rows = 7;
  EXPECT_EQ(names_of(tables), before);
  Names const after = names_of(copy);
  EXPECT_TRUE(has(after, "c.t"));
  EXPECT_FALSE(has(after, "a.t2"));
  EXPECT_EQ(differing(tables, copy),
            (Names{sql::parse_qualified_name("a.t2"), sql::parse_qualified_name("a.t8"),
                   sql::parse_qualified_name("c.t")}));
}

TEST_F(ManyTables, AreEditedWhileTheyAreGoneThrough) {
  Tables const kept = tables;
  int seen = 0;
  for (auto const& [name, table] : tables) {
    tables.edit(name)->rows = ++seen;
  }
  EXPECT_EQ(seen, 2'000);
  EXPECT_EQ(tables.begin()->second.rows, 1);
  EXPECT_FALSE(kept.begin()->second.rows);
}

TEST_F(SharedTables, NoStatementChangesTheOtherCopy) {
  for (char const* statement :
       {"ALTER TABLE t ADD COLUMN x int", "ALTER TABLE t RENAME COLUMN id TO key",
        "ALTER TABLE t RENAME TO tt", "ALTER TABLE t SET SCHEMA s", "DROP TABLE t CASCADE",
        "DROP VIEW v", "ALTER VIEW v RENAME TO w", "DROP TYPE mood CASCADE",
        "ALTER TYPE mood RENAME TO temper", "ALTER PUBLICATION p RENAME TO q", "DROP PUBLICATION p",
        "ALTER SCHEMA public RENAME TO old", "DROP SCHEMA public CASCADE",
        "CREATE INDEX i ON u (n)", "CREATE TRIGGER g BEFORE UPDATE ON u EXECUTE FUNCTION f()",
        "ALTER TABLE u DROP COLUMN n", "CREATE TABLE w () INHERITS (t)"}) {
    Catalog changed = one;
    replay_text(changed, statement);
    EXPECT_TRUE(one == fresh()) << statement;
    EXPECT_FALSE(changed == one) << statement;
  }
}

}  // namespace
}  // namespace bellows::catalog::tables_test
