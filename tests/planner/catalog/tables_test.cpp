#include "planner/catalog/differing.hpp"
#include "planner/catalog/model.hpp"
#include "planner/catalog/replay.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

/// Copies share their tables, and no change to one shows in another.
namespace bellows::catalog {
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
}  // namespace bellows::catalog
