#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/said.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

/// What `check`, `plan`, `plan --check`, the dry run and `up` say of one and the same: the first
/// ones are gates of a pull request, and must not be open where `up` is closed.
namespace bellows::test::gates_db_test {
namespace {

using Words = std::vector<std::string>;

constexpr char const* converting =
    "-- bellows: using amount_cents = amount * 100\n"
    "-- bellows: reverse amount = amount_cents / 100\n"
    "ALTER TABLE orders RENAME COLUMN amount TO amount_cents;\n";

class Gates : public testing::Test {
 protected:
  Ran run(Words const& words) const { return project.run(words); }
  Words here(Words words) const {
    words.insert(words.end(), {"--database-url", db.conninfo()});
    return words;
  }
  std::string everything() const {
    return db.value(
        "SELECT string_agg(c.oid::regclass::text || '.' || coalesce(a.attname, ''), ' ' ORDER BY "
        "c.oid, a.attnum) FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND "
        "a.attnum > 0 WHERE c.relnamespace = 'public'::regnamespace");
  }
  std::string begun() const {
    return db.value(
        "SELECT CASE WHEN to_regclass('bellows.migrations') IS NULL THEN '0' ELSE (xpath('//n', "
        "query_to_xml('SELECT count(*) AS n FROM bellows.migrations', false, true, "
        "'')))[1]::text END");
  }
  void expect_nothing_begun() const { EXPECT_NE(begun().find('0'), std::string::npos) << begun(); }

  TempDatabase db;
  Project project{db.conninfo()};
};

struct BuiltOn {
  char const* object;
  char const* name;
};

class BuiltOnOldColumn : public Gates, public testing::WithParamInterface<BuiltOn> {};

/// The plan was made where nothing was built on the column, and here something is.
TEST_P(BuiltOnOldColumn, ClosesAllOfThem) {
  db.run("CREATE TABLE orders (id int PRIMARY KEY, amount int); INSERT INTO orders VALUES (1, 2)");
  project.migration("1_rename", converting);
  ASSERT_EQ(run(here({"plan"})).code, 0);
  db.run(GetParam().object);
  std::string const before = everything();
  std::string const name = GetParam().name;
  expect_says(run(here({"check"})), 5, {name + " is built on amount"});
  expect_says(run(here({"plan", "--check"})), 5, {name + " is built on amount"});
  expect_says(run(here({"plan", "--overwrite"})), 5, {name + " is built on amount"});
  Ran const dry = run({"up", "--dry-run"});
  Ran const real = run({"up"});
  EXPECT_EQ(dry.code, real.code);
  expect_says(real, 5, {name + " is built on amount"});
  EXPECT_EQ(everything(), before);
  expect_nothing_begun();
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, BuiltOnOldColumn,
    testing::Values(BuiltOn{"CREATE VIEW dear AS SELECT id FROM orders WHERE amount > 9",
                            "view public.dear"},
                    BuiltOn{"CREATE POLICY own ON orders USING (amount > 0)", "policy own"},
                    BuiltOn{"CREATE RULE quiet AS ON UPDATE TO orders WHERE OLD.amount > 9 DO "
                            "NOTHING",
                            "rule quiet"},
                    BuiltOn{"ALTER TABLE orders ADD COLUMN twice int GENERATED ALWAYS AS (amount "
                            "* 2) STORED",
                            "generated column twice"}));

/// What a step of expand asks under its lock is asked before the first step as well.
TEST_F(Gates, ARequirementOfALaterStepIsAskedBeforeTheFirst) {
  db.run(
      "CREATE TABLE orders (id int PRIMARY KEY, amount int); INSERT INTO orders VALUES (1, 2);"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
  project.migration("1_rename", converting);
  ASSERT_EQ(run(here({"plan"})).code, 0);
  db.run(
      "CREATE TRIGGER of_it BEFORE UPDATE OF amount ON orders FOR EACH ROW EXECUTE FUNCTION f()");
  std::string const before = everything();
  Words const words{"has a trigger UPDATE OF amount", "nothing was begun"};
  expect_says(run({"up", "--dry-run"}), 6, words);
  expect_says(run(here({"plan", "--check"})), 5, {"has a trigger UPDATE OF amount"});
  expect_says(run({"up"}), 6, words);
  EXPECT_EQ(everything(), before);
  expect_nothing_begun();
}

/// A trigger that lists the column follows it by itself.
TEST_F(Gates, AnUpdateListIsNothingThatIsBuiltOnIt) {
  db.run(
      "CREATE TABLE orders (id int PRIMARY KEY, amount int); INSERT INTO orders VALUES (1, 2);"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
      "CREATE TRIGGER of_it BEFORE UPDATE OF amount ON orders FOR EACH ROW EXECUTE FUNCTION f()");
  project.migration("1_rename", converting);
  EXPECT_EQ(run(here({"plan"})).code, 0);
  EXPECT_EQ(run({"up"}).code, 0);
}

TEST_F(Gates, APublishedColumnWantsAWordOfItsAuthor) {
  Project const files("");
  std::string const table = "CREATE TABLE orders (id int PRIMARY KEY, amount int);\n";
  files.migration("1_orders", table);
  files.migration("2_publish", "CREATE PUBLICATION p FOR TABLE orders;\n");
  files.migration("3_sum", "ALTER TABLE orders ADD COLUMN sum int;\n");
  files.migration("4_rename", "ALTER TABLE orders RENAME COLUMN amount TO total;\n");
  ASSERT_EQ(files.run({"plan"}).code, 0);
  expect_says(
      files.run({"plan", "--check"}), 5,
      {"migrations/3_sum.sql:1:1: up refuses it [published-column]",
       "migrations/4_rename.sql:1:1: up refuses it [published-column]", "subscriber ready"});
  files.migration("3_sum", "-- bellows: subscriber none\nALTER TABLE orders ADD COLUMN sum int;\n");
  files.migration(
      "4_rename",
      "-- bellows: subscriber none\nALTER TABLE orders RENAME COLUMN amount TO total;\n");
  ASSERT_EQ(files.run({"plan", "--overwrite"}).code, 0);
  EXPECT_EQ(files.run({"plan", "--check"}).code, 0);
}

TEST_F(Gates, WhatAnotherToolHasRunIsRefusedByThePlansCheck) {
  db.run(
      "CREATE TABLE pgmigrations (id int, name text, run_on timestamp);"
      "INSERT INTO pgmigrations VALUES (1, '1_a', now())");
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  expect_says(run(here({"plan", "--check"})), 11, {"1_a has run here already, by node-pg-migrate"});
  EXPECT_EQ(run({"up"}).code, 11);
}

TEST_F(Gates, AFileThatWasChangedAfterItRanIsRefusedByThePlansCheck) {
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  ASSERT_EQ(run({"up"}).code, 0);
  EXPECT_EQ(run(here({"plan", "--check"})).code, 0);
  project.migration("1_a", "CREATE TABLE a (id bigint);\n");
  expect_says(run(here({"plan", "--check"})), 5, {"1_a.sql was changed after it ran"});
  project.migration("2_b", "CREATE TABLE b (id int);\n");
  expect_says(run(here({"plan", "--check"})), 5, {"1_a.sql was changed after it ran"});
  EXPECT_EQ(run({"up"}).code, 5);
}

TEST_F(Gates, WhatIsBuiltOnACopyThatIsYetToComeIsRefused) {
  db.run("CREATE TABLE orders (id int PRIMARY KEY, amount int); INSERT INTO orders VALUES (1, 2)");
  project.migration("1_rename", "ALTER TABLE orders RENAME COLUMN amount TO total;\n");
  ASSERT_EQ(run(here({"plan"})).code, 0);
  project.migration("2_index", "CREATE INDEX CONCURRENTLY i ON orders (total);\n");
  Words const words{"2_index builds on a copy: orders.total (index i)",
                    "once 1_rename is contracted"};
  expect_says(run(here({"plan"})), 11, words);
  expect_says(run(here({"plan", "--check"})), 11, words);
  EXPECT_EQ(run({"up", "--dry-run"}).code, 11);
  EXPECT_EQ(run({"up", "--to", "1_rename"}).code, 0);
  EXPECT_EQ(run({"contract", "--quiet-period", "0"}).code, 0);
  EXPECT_EQ(run(here({"plan", "--check"})).code, 0);
  EXPECT_EQ(run({"up"}).code, 0);
}

TEST_F(Gates, APlanThatCannotBeReadIsMadeAnewByOverwriting) {
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  std::filesystem::create_directories(project.directory() / "plans");
  std::string const garbage =
      "echo '{' > '" + (project.directory() / "plans/1_a.yaml").string() + "'";
  ASSERT_EQ(std::system(garbage.c_str()), 0);
  Ran const ran = run({"plan", "--check"});
  expect_says(ran, 5, {"can't be read", "bellows plan 1_a --overwrite"});
  EXPECT_EQ(ran.answer.find("next: bellows plan, review"), std::string::npos) << ran.answer;
}

/// Only the index is new; the plan that it makes stale was committed long ago.
TEST_F(Gates, APlanBehindWhatHasChangedIsCheckedAsWell) {
  Project const files("");
  files.migration("1_orders",
                  "CREATE TABLE orders (id int PRIMARY KEY, amount int);\n"
                  "CREATE TABLE other (id int PRIMARY KEY, name text);\n");
  files.migration("3_rename", "ALTER TABLE orders RENAME COLUMN amount TO total;\n");
  files.migration("4_rename", "ALTER TABLE other RENAME COLUMN name TO label;\n");
  ASSERT_EQ(files.run({"plan"}).code, 0);
  std::string const commit = "cd '" + files.directory().string() +
                             "' && git init -q && git add . && git -c user.name=a -c user.email=b "
                             "commit -qm 1";
  ASSERT_EQ(std::system(commit.c_str()), 0);
  Words const check{"plan", "--check", "--changed-since", "HEAD"};
  files.migration("2_more", "CREATE TABLE more (id int);\n");
  expect_says(files.run(check), 0, {"plans: 0 current, 1 not needed"});
  files.migration("2_more", "CREATE INDEX CONCURRENTLY by_amount ON orders (amount);\n");
  Ran const stale = files.run(check);
  expect_says(stale, 5, {"plans/3_rename.yaml is stale"});
  EXPECT_EQ(stale.answer.find("4_rename"), std::string::npos) << stale.answer;
  ASSERT_EQ(files.run({"plan"}).code, 0);
  EXPECT_EQ(files.run(check).code, 0);
}

}  // namespace
}  // namespace bellows::test::gates_db_test
