#include "planner/catalog/model.hpp"

#include "planner/catalog/replay.hpp"

#include <gtest/gtest.h>

namespace bellows::catalog::model_test {
namespace {

std::string key_of(std::string const& ddl) {
  Catalog catalog;
  replay_text(catalog, ddl);
  auto const key = best_key(catalog.tables.begin()->second);
  if (!key) {
    return "none";
  }
  std::string text = key->index.raw() + ":";
  for (Column const& column : key->columns) {
    text += " " + column.name.raw();
  }
  return text;
}

TEST(BestKey, IdentifiesEveryRow) {
  EXPECT_EQ(key_of("CREATE TABLE t (a int PRIMARY KEY, b int NOT NULL UNIQUE)"), "t_pkey: a");
  EXPECT_EQ(key_of("CREATE TABLE t (a int NOT NULL, b int NOT NULL, c int NOT NULL UNIQUE,"
                   " UNIQUE (a, b))"),
            "t_c_key: c");
  EXPECT_EQ(key_of("CREATE TABLE t (a int, b int, PRIMARY KEY (b, a))"), "t_pkey: b a");
  EXPECT_EQ(
      key_of("CREATE TABLE t (a int NOT NULL, b int); CREATE UNIQUE INDEX u ON t (a) INCLUDE (b)"),
      "u: a");
}

TEST(BestKey, IsNotMadeOfNullsPartsOrExpressions) {
  EXPECT_EQ(key_of("CREATE TABLE t (a int UNIQUE)"), "none");
  EXPECT_EQ(key_of("CREATE TABLE t (a int NOT NULL); CREATE INDEX u ON t (a)"), "none");
  EXPECT_EQ(key_of("CREATE TABLE t (a int NOT NULL); CREATE UNIQUE INDEX u ON t (a) WHERE a > 0"),
            "none");
  EXPECT_EQ(key_of("CREATE TABLE t (a int NOT NULL); CREATE UNIQUE INDEX u ON t (a, (a + 1))"),
            "none");
}

TEST(BestKey, IsNotAnInvalidIndex) {
  Catalog catalog;
  replay_text(catalog, "CREATE TABLE t (a int PRIMARY KEY)");
  Table& table = *catalog.tables.edit(catalog.tables.begin()->first);
  table.indexes[0].valid = false;
  EXPECT_FALSE(best_key(table).has_value());
}

}  // namespace
}  // namespace bellows::catalog::model_test
