#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/said.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

/// A later migration that builds on a rename's new name, in the same release and in the next one.
namespace bellows::test::copies_db_test {
namespace {

constexpr char const* index_name = "20260302090000_index";

class OnACopy : public testing::Test {
 protected:
  Ran run(std::vector<std::string> const& words) const { return t.project.run(words); }
  std::string state() const {
    return t.db.value(std::string("SELECT state FROM bellows.migrations WHERE name = '") +
                      rename_name + "'");
  }

  /// By the files alone: a database that has the rename still before it refuses that.
  void plan_behind(std::string const& name) const {
    auto const old = t.project.directory() / "old";
    std::filesystem::create_directories(old);
    std::ofstream(old / "1_users.sql") << users_table << '\n';
    t.must({"plan", name, "--catalog", "old"});
  }

  RenameBench t{std::string(users_table) + "INSERT INTO users VALUES (1, 'ann')"};
};

TEST_F(OnACopy, InTheSameReleaseIsRefusedAndThenContractPasses) {
  t.project.migration(index_name,
                      "CREATE INDEX CONCURRENTLY by_display_name ON users (display_name);");
  expect_says(run({"up", "--release", "1"}), 11,
              {std::string(index_name) + " builds on users.display_name",
               "with index by_display_name it never could", "nothing was begun",
               std::string("bellows up --to ") + rename_name,
               std::string("bellows contract ") + rename_name});
  EXPECT_EQ(t.db.value("SELECT to_regclass('bellows.migrations')"), "");
  t.must({"up", "--release", "1", "--to", rename_name});
  expect_says(run({"up", "--release", "1"}), 11,
              {std::string(index_name) + " builds on users.display_name",
               "with index by_display_name it never could", "nothing of it was begun",
               std::string("bellows contract ") + rename_name});
  EXPECT_EQ(state(), "backfilled");
  EXPECT_EQ(t.db.value("SELECT to_regclass('by_display_name')"), "");
  expect_says(run({"expand", index_name}), 11, {"builds on users.display_name"});
  expect_says(run({"up", "--dry-run", "--release", "1"}), 11, {"builds on users.display_name"});
  expect_says(run({"up", "--release", "2", "--quiet-period", "0"}), 0,
              {std::string("contracted: ") + rename_name});
  EXPECT_EQ(state(), "contracted");
  EXPECT_EQ(t.db.value("SELECT pg_get_indexdef('by_display_name'::regclass, 1, true)"),
            "display_name");
}

TEST_F(OnACopy, WhatIsSetThereWouldBeLost) {
  t.project.migration(index_name, "ALTER TABLE users ALTER display_name SET DEFAULT 'nobody';");
  expect_says(run({"up"}), 11, {"a change of the column itself"});
}

TEST_F(OnACopy, IsRefusedWhenPlannedForTheDatabase) {
  t.project.migration(index_name, "CREATE INDEX CONCURRENTLY i ON users (display_name);");
  t.must({"up", "--to", rename_name});
  expect_says(run({"plan", index_name, "--database-url", t.db.conninfo()}), 11,
              {"builds on users.display_name"});
  expect_says(run({"plan", "--check", "--database-url", t.db.conninfo()}), 11,
              {std::string("migrations/") + index_name + ".sql: no plan: ",
               "builds on users.display_name"});
}

TEST_F(OnACopy, IsTheOnlyOneThatIsNotPlannedForTheDatabase) {
  t.project.migration(index_name, "CREATE INDEX CONCURRENTLY i ON users (display_name);");
  t.project.migration("20260303090000_fill", "UPDATE users SET visits = 1;");
  t.must({"up", "--to", rename_name});
  expect_says(run({"plan", "--database-url", t.db.conninfo()}), 11,
              {std::string("migrations/") + index_name + ".sql: no plan: ",
               "builds on users.display_name", "plans/20260303090000_fill.yaml\n"});
}

/// Both are to begin: the dry run says where `up` would end.
TEST_F(OnACopy, IsToldByADryRunBeforeTheCopyIsThere) {
  t.project.migration(index_name, "CREATE INDEX CONCURRENTLY i ON users (display_name);");
  t.project.migration("20260303090000_more", "CREATE TABLE more (id int);");
  Ran const dry = run({"up", "--dry-run"});
  expect_says(dry, 11,
              {"up would end here, before its first step: ", index_name, "users.display_name"});
  EXPECT_EQ(dry.answer.find("CREATE TABLE more"), std::string::npos) << dry.answer;
  EXPECT_EQ(run({"up"}).code, 11);
}

TEST_F(OnACopy, IsNoneOfADryRunThatContractsItFirst) {
  t.must({"up", "--release", "1"});
  t.project.migration(index_name,
                      "CREATE INDEX CONCURRENTLY by_display_name ON users (display_name);");
  expect_says(run({"up", "--release", "2", "--dry-run", "--quiet-period", "0"}), 0,
              {"would be contracted", std::string(index_name) + " would run after that:"});
  expect_says(
      run({"up", "--release", "2", "--dry-run", "--quiet-period", "60", "--gate-wait", "0"}), 11,
      {"is closed by now", "up would end here, before its first step: ", "users.display_name"});
  expect_says(run({"up", "--release", "1", "--dry-run"}), 11, {"users.display_name"});
  expect_says(run({"up", "--release", "2", "--quiet-period", "0"}), 0,
              {std::string("contracted: ") + rename_name});
}

TEST_F(OnACopy, IsSaidWhenPlannedWithoutOne) {
  Project const files("");
  files.migration("1_t", users_table);
  files.migration("2_rename", rename_sql);
  ASSERT_EQ(files.run({"plan"}).code, 0);
  files.migration("3_index", "CREATE INDEX CONCURRENTLY i ON users (display_name);");
  expect_says(files.run({"plan", "3_index"}), 0,
              {"users.display_name (index i) can begin only once 2_rename is contracted"});
}

/// Planned for the schema that the first one leaves.
TEST_F(OnACopy, ASecondRenameWaitsForTheFirst) {
  constexpr char const* again = "20260302090000_again";
  t.project.migration(again, "ALTER TABLE users RENAME COLUMN display_name TO full_name;");
  plan_behind(again);
  t.must({"up", "--release", "1", "--to", rename_name});
  std::string const before = t.schema();
  for (std::vector<std::string> const& command :
       {std::vector<std::string>{"up", "--release", "1"},
        {"up", "--release", "1", "--dry-run"},
        {"expand", again},
        {"plan", again, "--overwrite", "--database-url", t.db.conninfo()}}) {
    Ran const ran = run(command);
    expect_says(ran, 11, {"builds on users.display_name", rename_name});
    for (std::string const wrong : {"stale plan", "ALTER TRIGGER"}) {
      EXPECT_EQ((ran.said + ran.answer).find(wrong), std::string::npos) << ran.said << ran.answer;
    }
  }
  Ran const status = run({"status"});
  expect_says(status, 0, {"builds on users.display_name"});
  EXPECT_EQ(status.answer.find("stale plan"), std::string::npos) << status.answer;
  EXPECT_EQ(t.schema(), before);
  t.must({"up", "--release", "2", "--quiet-period", "0"});
  t.must({"up", "--release", "3", "--quiet-period", "0"});
  EXPECT_EQ(t.db.value("SELECT full_name FROM users"), "ann");
}

TEST_F(OnACopy, ASecondRenameBehindAnotherIsToldAsWell) {
  t.project.migration("20260302080000_more", "CREATE TABLE more (id int);");
  t.project.migration(index_name, "ALTER TABLE users RENAME COLUMN display_name TO full_name;");
  plan_behind(index_name);
  t.must({"up", "--to", rename_name});
  for (std::vector<std::string> const& command :
       {std::vector<std::string>{"status"}, {"up", "--dry-run"}}) {
    Ran const ran = run(command);
    EXPECT_EQ((ran.said + ran.answer).find("stale plan"), std::string::npos)
        << ran.said << ran.answer;
    EXPECT_NE((ran.said + ran.answer).find("builds on users.display_name"), std::string::npos)
        << ran.said << ran.answer;
  }
}

/// The triggers of a rename that is under way are its own: nobody is told to rename them.
TEST_F(OnACopy, CheckNamesTheRenameThatIsUnderWay) {
  t.must({"up", "--release", "1"});
  t.project.migration(index_name, "ALTER TABLE users RENAME COLUMN display_name TO full_name;");
  Ran const ran = run({"check", "--database-url", t.db.conninfo(),
                       std::string("migrations/") + index_name + ".sql"});
  EXPECT_EQ(ran.code, 5);
  EXPECT_NE(ran.answer.find("another rename of users is under way"), std::string::npos)
      << ran.answer;
  EXPECT_EQ(ran.answer.find("ALTER TRIGGER"), std::string::npos) << ran.answer;
}

/// NEW.display is no part of NEW.display_name.
TEST_F(OnACopy, ARenameBesideAnotherWhoseNameItBeginsGoesOn) {
  constexpr char const* beside = "20260302090000_beside";
  t.must({"up", "--release", "1"});
  t.db.run("ALTER TABLE users ADD COLUMN display text");
  t.project.migration(beside, "ALTER TABLE users RENAME COLUMN display TO shown;");
  t.must({"plan", beside, "--database-url", t.db.conninfo()});
  t.must({"up", "--release", "1"});
  EXPECT_EQ(t.db.value("SELECT state FROM bellows.migrations WHERE name = '20260302090000_beside'"),
            "backfilled");
}

TEST_F(OnACopy, OtherMigrationsGoOn) {
  t.project.migration(index_name, "CREATE INDEX CONCURRENTLY i ON users (visits);");
  EXPECT_EQ(run({"up"}).code, 0);
}

}  // namespace
}  // namespace bellows::test::copies_db_test
