#include "planner/plan/in_short.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/plan/yaml.hpp"

#include <gtest/gtest.h>

/// The line on top of a plan's file.
namespace bellows::plan::in_short_test {
namespace {

Plan plan_of(std::string const& statement) {
  catalog::Catalog catalog;
  catalog::replay_text(catalog,
                       "CREATE TABLE users (id int PRIMARY KEY, name text, role text);"
                       "CREATE TABLE \"Old ones\" (id int PRIMARY KEY, name text);"
                       "CREATE TABLE t (id int PRIMARY KEY, \"a\nb\" text);");
  auto made = make_plan(sql::read_migration("m", "m.sql", statement), catalog);
  auto* const plan = std::get_if<Plan>(&made);
  return plan == nullptr ? Plan{} : std::move(*plan);
}

std::string told(std::string const& statement) {
  return in_short(plan_of(statement));
}

TEST(InShort, SaysWhatTheSwapDropsAndRenames) {
  EXPECT_EQ(told("ALTER TABLE users RENAME COLUMN name TO label"),
            "contract drops public.users.label, the copy, renames public.users.name to label; "
            "whatever still says name fails from then on, and there is no way back");
  EXPECT_EQ(told("-- bellows: using label = upper(name)\n-- bellows: reverse name = lower(label)\n"
                 "ALTER TABLE users RENAME COLUMN name TO label"),
            "contract drops public.users.name with its values; whatever still says name fails from "
            "then on, and there is no way back");
}

TEST(InShort, SaysWhatBatchesCannotTakeBack) {
  EXPECT_EQ(told("UPDATE users SET role = 'x'"),
            "backfill writes role of public.users in batches, and there is no way back once one is "
            "committed");
  EXPECT_EQ(told("DELETE FROM users WHERE role = 'x'"),
            "backfill deletes rows of public.users in batches, and there is no way back once one "
            "is committed");
  EXPECT_EQ(told("INSERT INTO \"Old ones\" (id, name) SELECT id, name FROM users"),
            "backfill copies rows of public.users to public.\"Old ones\" in batches, and there is "
            "no way back once one is committed");
}

TEST(InShort, OfWhatRunsInOneGo) {
  EXPECT_EQ(told("ALTER TABLE users ADD COLUMN a int"), "drops and renames nothing");
  EXPECT_EQ(told("-- bellows: allow drop-column because it is unused\n"
                 "ALTER TABLE users DROP COLUMN role;"),
            "expand drops users.role with its values; whatever still says role fails from then on");
  EXPECT_EQ(told("-- bellows: allow drop-table because it is unused\nDROP TABLE users"),
            "expand drops TABLE users");
  EXPECT_EQ(told("-- bellows: allow drop-table because it is unused\n"
                 "Drop/* it */taBle users"),
            "expand drops TABLE users");
}

// A name may have a line end in it, and what stands behind that would be YAML.
TEST(InShort, IsOneLineWhateverTheNames) {
  Plan const plan = plan_of(
      "ALTER TABLE t RENAME COLUMN \"a\nb\" TO \"c\xE2\x80\xA8"
      "d\"");
  ASSERT_FALSE(plan.contract.empty());
  std::string const line = in_short(plan);
  EXPECT_NE(line.find("renames public.t.\"a?b\" to \"c?d\""), std::string::npos) << line;
  EXPECT_EQ(to_yaml(plan).find("# In short: " + line + "\nbellows: 1\n"), 0U);
  EXPECT_TRUE(from_yaml(to_yaml(plan)) == plan);
}

}  // namespace
}  // namespace bellows::plan::in_short_test
