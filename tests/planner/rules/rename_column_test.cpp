#include "planner/rules/rename_column.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/plan/yaml.hpp"
#include "planner/sql/migration.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace bellows::rules {
namespace {

constexpr char const* users = R"(
CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE, name varchar(100) NOT NULL DEFAULT 'x', made timestamptz);
CREATE INDEX users_name_idx ON users (lower(name), id) WHERE name <> '';)";

std::variant<plan::Plan, plan::NoPlan> planned(std::string const& schema,
                                               std::string const& migration) {
  catalog::Catalog catalog;
  catalog::replay_text(catalog, schema);
  return plan::make_plan(sql::read_migration("m", "m.sql", migration), catalog);
}

plan::Plan plan_of(std::string const& schema, std::string const& migration) {
  auto made = planned(schema, migration);
  if (auto* no = std::get_if<plan::NoPlan>(&made)) {
    throw std::runtime_error(no->reasons.front().reason);
  }
  return std::get<plan::Plan>(made);
}

std::string reason(std::string const& schema, std::string const& migration) {
  auto made = planned(schema, migration);
  auto const* no = std::get_if<plan::NoPlan>(&made);
  return no == nullptr ? "planned" : no->reasons.front().reason;
}

std::vector<std::string> ids(std::vector<plan::Step> const& steps) {
  std::vector<std::string> all;
  for (plan::Step const& step : steps) {
    all.push_back(step.id);
  }
  return all;
}

std::vector<std::string> const& sql_of(plan::Step const& step) {
  return std::get<plan::RunSql>(step.action).statements;
}

constexpr char const* rename = "ALTER TABLE users RENAME COLUMN name TO display_name;";

TEST(RenameColumn, PlainIsACopyThatContractDrops) {
  plan::Plan const plan = plan_of(users, rename);
  EXPECT_EQ(ids(plan.expand), (std::vector<std::string>{"sync-function", "add-column"}));
  EXPECT_EQ(ids(plan.backfill),
            (std::vector<std::string>{"copy", "index-users_name_idx", "verify"}));
  EXPECT_EQ(ids(plan.contract), (std::vector<std::string>{"old-side-quiet", "swap"}));
  auto const& swap = sql_of(plan.contract.back());
  EXPECT_EQ(std::ranges::count(swap, "ALTER TABLE public.users DROP COLUMN display_name"), 1);
  EXPECT_EQ(std::ranges::count(swap, "ALTER TABLE public.users RENAME COLUMN name TO display_name"),
            1);
}

TEST(RenameColumn, ColumnAndTriggersComeInOneTransaction) {
  plan::Plan const plan = plan_of(users, rename);
  auto const& statements = sql_of(plan.expand.back());
  EXPECT_EQ(statements.size(), 5U);
  EXPECT_EQ(statements.front(),
            "ALTER TABLE public.users ADD COLUMN display_name character varying(100)");
}

TEST(RenameColumn, TheBatchFillsOnlyWhatWaitsToBeFilled) {
  plan::Plan const plan = plan_of(users, rename);
  auto const& batch = std::get<plan::Batch>(plan.backfill.front().action);
  EXPECT_EQ(batch.where, "display_name IS NULL AND name IS NOT NULL");
  EXPECT_EQ(std::get<plan::SetColumns>(batch.action).columns.front().second, "name");
  EXPECT_EQ(batch.key, (std::vector<sql::Identifier>{sql::Identifier{"id"}}));
}

TEST(RenameColumn, ConversionKeepsTheNewColumn) {
  plan::Plan const plan =
      plan_of("CREATE TABLE users (id int PRIMARY KEY, name varchar(100) NOT NULL DEFAULT 'x')",
              std::string{"-- bellows: using display_name = initcap(name)\n"
                          "-- bellows: reverse name = display_name\n"} +
                  rename);
  EXPECT_EQ(ids(plan.backfill),
            (std::vector<std::string>{"copy", "verify", "not-null-check", "not-null-proof"}));
  auto const& swap = sql_of(plan.contract.back());
  EXPECT_EQ(
      std::ranges::count(swap, "ALTER TABLE public.users ALTER COLUMN display_name SET NOT NULL"),
      1);
  EXPECT_EQ(std::ranges::count(swap, "ALTER TABLE public.users DROP COLUMN name"), 1);
  EXPECT_TRUE(plan.contract.back().irreversible);
}

TEST(RenameColumn, SameInputSamePlan) {
  EXPECT_TRUE(plan_of(users, rename) == plan_of(users, rename));
}

TEST(RenameColumn, RefusesWithTheReason) {
  struct Case {
    std::string schema;
    std::string migration;
    std::string reason;
  };
  std::string const lossy = "-- bellows: using display_name = initcap(name)\n";
  for (Case const& each : {
           Case{"", rename, "the definition of users is not known here"},
           Case{"CREATE TABLE users (id int PRIMARY KEY)", rename, "users has no column name"},
           Case{"CREATE TABLE users (id int PRIMARY KEY, name text, display_name text)", rename,
                "has a column display_name already"},
           Case{"CREATE TABLE users (id int PRIMARY KEY, a text, name text GENERATED ALWAYS AS (a) "
                "STORED)",
                rename, "is a generated column"},
           Case{"CREATE TABLE users (id int PRIMARY KEY, name text) PARTITION BY LIST (id)", rename,
                "is partitioned"},
           Case{users, lossy + rename, "nothing says how the old application"},
           Case{users, "-- bellows: using other = name\n" + std::string{rename},
                "`using` sets other"},
           Case{users, lossy + "-- bellows: reverse name = random()::text\n" + rename, "volatile"},
           Case{users, lossy + "-- bellows: reverse name = email\n" + rename,
                "may only read display_name"},
           Case{"CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE)",
                lossy + "-- bellows: reverse name = display_name\n" + rename,
                "constraint users_name_key hangs on name"},
           Case{users, std::string{"-- bellows: key made\n"} + rename,
                "have no unique index over just them"},
       }) {
    EXPECT_NE(reason(each.schema, each.migration).find(each.reason), std::string::npos)
        << each.schema << "\n"
        << each.migration << "\n→ " << reason(each.schema, each.migration);
  }
}

TEST(RenameColumn, WithoutAKeyTheBackfillGoesByPages) {
  plan::Plan const none = plan_of("CREATE TABLE users (id int, name text)", rename);
  EXPECT_TRUE(std::get<plan::Batch>(none.backfill.front().action).key.empty());
  EXPECT_NE(none.backfill.front().about.find("page by page"), std::string::npos);
  EXPECT_TRUE(plan::from_yaml(plan::to_yaml(none)) == none) << plan::to_yaml(none);
  plan::Plan const nullable = plan_of("CREATE TABLE users (id int UNIQUE, name text)", rename);
  EXPECT_EQ(std::get<plan::Batch>(nullable.backfill.front().action).key.front().raw(), "id");
}

TEST(RenameColumn, ANewTableIsNobodysBusiness) {
  plan::Plan const plan =
      plan_of("", "CREATE TABLE users (id int PRIMARY KEY, name text);\n" + std::string{rename});
  EXPECT_TRUE(plan.single_phase());
}

TEST(RenameColumn, WantsAFileOfItsOwn) {
  EXPECT_NE(reason(users, std::string{rename} + "\nALTER TABLE users ADD COLUMN a int;")
                .find("split into phases"),
            std::string::npos);
}

}  // namespace
}  // namespace bellows::rules
