#include "planner/rules/rename_column.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/plan/yaml.hpp"
#include "planner/sql/migration.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace bellows::rules::rename_column_test {
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
  EXPECT_EQ(ids(plan.contract),
            (std::vector<std::string>{"triggers-without-old-name", "old-side-quiet", "swap"}));
  auto const& swap = sql_of(plan.contract.back());
  EXPECT_EQ(std::ranges::count(swap, "ALTER TABLE public.users DROP COLUMN display_name"), 1);
  EXPECT_EQ(std::ranges::count(swap, "ALTER TABLE public.users RENAME COLUMN name TO display_name"),
            1);
}

TEST(RenameColumn, ColumnAndTriggersComeInOneTransaction) {
  plan::Plan const plan = plan_of(users, rename);
  auto const& statements = sql_of(plan.expand.back());
  EXPECT_EQ(statements.size(), 10U) << "column, privileges, four triggers, each ENABLE ALWAYS";
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
           Case{std::string(users) + "CREATE TABLE child () INHERITS (users);", rename,
                "public.child inherits from public.users"},
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

constexpr char const* article = R"(
CREATE TABLE article (id int PRIMARY KEY, title text NOT NULL, body text, tsv tsvector, len int);
CREATE FUNCTION article_len() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.len := length(NEW.title); RETURN NEW; END $$;
CREATE TRIGGER len BEFORE INSERT OR UPDATE ON article FOR EACH ROW EXECUTE FUNCTION article_len();)";

constexpr char const* retitle = "ALTER TABLE article RENAME COLUMN title TO headline;\n";
constexpr char const* new_len =
    "CREATE OR REPLACE FUNCTION article_len() RETURNS trigger LANGUAGE plpgsql AS $$\n"
    "BEGIN NEW.len := length(NEW.headline); RETURN NEW; END $$;\n";

plan::Gate gate_of(plan::Plan const& plan) {
  return std::get<plan::Gate>(plan.contract.front().action);
}

TEST(RenameColumn, FunctionsThatStillSayTheOldNameAreNamedByTheGate) {
  plan::Plan const plan = plan_of(article, retitle);
  EXPECT_NE(plan.contract.front().about.find("public.article_len() of trigger len"),
            std::string::npos)
      << plan.contract.front().about;
  EXPECT_EQ(gate_of(plan).kind, plan::unnamed_gate);
  EXPECT_EQ(gate_of(plan).column.raw(), "title");
  EXPECT_TRUE(gate_of(plan).replaces_functions.empty());
  EXPECT_TRUE(plan::from_yaml(plan::to_yaml(plan)) == plan) << plan::to_yaml(plan);
}

TEST(RenameColumn, NewTextsOfTheFileArePartOfTheSwap) {
  for (std::string const& migration :
       {std::string(retitle) + new_len, std::string(new_len) + retitle}) {
    plan::Plan const plan = plan_of(article, migration);
    EXPECT_EQ(plan.contract.front().about.find("article_len"), std::string::npos);
    ASSERT_EQ(gate_of(plan).replaces_functions.size(), 1U);
    EXPECT_EQ(gate_of(plan).replaces_functions.front().quoted(), "public.article_len");
    auto const& swap = sql_of(plan.contract.back());
    auto const renamed =
        std::ranges::find(swap, "ALTER TABLE public.article RENAME COLUMN title TO headline");
    ASSERT_NE(renamed, swap.end());
    EXPECT_TRUE((renamed + 1)->starts_with("CREATE OR REPLACE FUNCTION public.article_len()"))
        << *(renamed + 1);
    EXPECT_TRUE(plan::from_yaml(plan::to_yaml(plan)) == plan) << plan::to_yaml(plan);
    for (plan::Step const& step : plan.expand) {
      for (std::string const& statement : sql_of(step)) {
        EXPECT_EQ(statement.find("article_len"), std::string::npos) << statement;
      }
    }
  }
}

TEST(RenameColumn, TriggersWithOtherArgumentsArePartOfTheSwapToo) {
  std::string const schema =
      std::string(article) +
      "CREATE TRIGGER tsv BEFORE INSERT OR UPDATE ON article FOR EACH ROW "
      "EXECUTE FUNCTION tsvector_update_trigger(tsv, 'pg_catalog.simple', title);";
  std::string const again =
      "DROP TRIGGER tsv ON article;\nCREATE TRIGGER tsv BEFORE INSERT OR UPDATE ON article FOR "
      "EACH "
      "ROW EXECUTE FUNCTION tsvector_update_trigger(tsv, 'pg_catalog.simple', headline);\n";
  plan::Plan const plan = plan_of(schema, std::string(retitle) + new_len + again);
  EXPECT_EQ(gate_of(plan).replaces_triggers.front().raw(), "tsv");
  auto const& swap = sql_of(plan.contract.back());
  EXPECT_EQ(std::ranges::count(swap, "DROP TRIGGER tsv ON public.article"), 1);
  EXPECT_NE(
      plan_of(schema, std::string(retitle) + new_len).contract.front().about.find("trigger tsv"),
      std::string::npos);
  EXPECT_NE(reason(schema, std::string(retitle) + "CREATE OR REPLACE TRIGGER tsv BEFORE INSERT ON "
                                                  "article FOR EACH ROW EXECUTE FUNCTION "
                                                  "tsvector_update_trigger(tsv, 'simple', title);")
                .find("the new trigger tsv still says title"),
            std::string::npos);
}

TEST(RenameColumn, ANewTextThatStillSaysTheOldNameIsRefused) {
  std::string text = new_len;
  text.replace(text.find("NEW.headline"), 12, "NEW.title");
  EXPECT_NE(reason(article, std::string(retitle) + text).find("still says title"),
            std::string::npos);
}

TEST(RenameColumn, WhereTriggersGoByTheSetListTheBackfillSetsAnotherColumn) {
  std::string const listed =
      std::string(article) +
      "CREATE TRIGGER listed BEFORE UPDATE OF title ON article FOR EACH ROW EXECUTE FUNCTION "
      "article_len();";
  auto const set_by = [](plan::Plan const& plan) {
    auto const& batch = std::get<plan::Batch>(plan.backfill.front().action);
    auto const& [column, value] = std::get<plan::SetColumns>(batch.action).columns.front();
    return column.raw() + " = " + value;
  };
  EXPECT_EQ(set_by(plan_of(article, retitle)), "headline = title");
  EXPECT_EQ(set_by(plan_of(listed, retitle)), "body = body");
}

TEST(RenameColumn, TriggersThatFireOutsideOfOursAreRefused) {
  for (auto const& [name, place] :
       {std::pair{"!a", "before"}, {"~z", "after"}, {"\xC3\xBC", "after"}}) {
    std::string const scene =
        std::string(article) + "CREATE TRIGGER \"" + name +
        "\" BEFORE UPDATE ON article FOR EACH ROW EXECUTE FUNCTION article_len();";
    EXPECT_NE(reason(scene, retitle).find(std::string("would fire ") + place), std::string::npos)
        << name << reason(scene, retitle);
  }
}

TEST(RenameColumn, ATriggerThatLooksAtBothNamesIsRefused) {
  std::string const both =
      std::string(article) +
      "CREATE FUNCTION looks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.title <> "
      "OLD.title "
      "AND NEW.headline = OLD.headline THEN NEW.headline := NEW.title; END IF; RETURN NEW; END $$;"
      "CREATE TRIGGER looks BEFORE UPDATE ON article FOR EACH ROW EXECUTE FUNCTION looks();";
  EXPECT_NE(reason(both, retitle).find("looks at title and headline of the row"),
            std::string::npos);
}

TEST(RenameColumn, WantsAFileOfItsOwn) {
  EXPECT_NE(reason(users, std::string{rename} + "\nALTER TABLE users ADD COLUMN a int;")
                .find("split into phases"),
            std::string::npos);
}

}  // namespace
}  // namespace bellows::rules::rename_column_test
