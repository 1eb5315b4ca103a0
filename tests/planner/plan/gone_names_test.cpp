#include "planner/plan/gone_names.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// What an application that is older than a plan may miss once it is carried out.
namespace bellows::plan::gone_names_test {
namespace {

std::string names_of(std::vector<std::string> statements) {
  Plan plan;
  Step step;
  step.action = RunSql{.statements = std::move(statements)};
  plan.contract.push_back(std::move(step));
  std::string text;
  for (GoneName const& gone : gone_names(plan)) {
    text += (text.empty() ? "" : " ") + gone.relation.display() +
            (gone.column ? "." + gone.column->quoted() : "");
  }
  return text;
}

TEST(GoneNames, AreWhatIsDroppedOrRenamed) {
  EXPECT_EQ(names_of({"ALTER TABLE a.t RENAME COLUMN x TO y"}), "a.t.x");
  EXPECT_EQ(names_of({"ALTER TABLE t DROP COLUMN x, ADD COLUMN z int, DROP COLUMN \"Y\""}),
            "t.x t.\"Y\"");
  EXPECT_EQ(names_of({"DROP TABLE a, b", "ALTER VIEW v RENAME TO w"}), "a b v");
  EXPECT_EQ(names_of({"ALTER TABLE t SET SCHEMA archive"}), "t");
  EXPECT_EQ(names_of({"DROP INDEX i", "DROP TRIGGER x ON t", "ALTER INDEX i RENAME TO j",
                      "ALTER TABLE t RENAME CONSTRAINT c TO d", "CREATE TABLE n (id int)",
                      "ALTER TABLE t ALTER COLUMN x DROP NOT NULL"}),
            "");
}

TEST(GoneNames, AreNoneThatTheStatementsHaveMade) {
  EXPECT_EQ(names_of({"ALTER TABLE t ADD COLUMN y text", "ALTER TABLE t DROP COLUMN y",
                      "ALTER TABLE t RENAME COLUMN x TO y"}),
            "t.x");
  EXPECT_EQ(names_of({"CREATE TABLE n (id int)", "ALTER TABLE n RENAME TO m", "DROP TABLE m"}), "");
  EXPECT_EQ(
      names_of({"ALTER TABLE t ADD COLUMN IF NOT EXISTS y text", "ALTER TABLE t DROP COLUMN y"}),
      "t.y")
      << "it may have been there";
}

}  // namespace
}  // namespace bellows::plan::gone_names_test
