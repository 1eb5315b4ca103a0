#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/said.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

/// A migration is half-way, and its file is not in the checkout: it goes back by the ledger alone,
/// and does not come to what cannot be taken back without a word.
namespace bellows::test::file_gone_db_test {
namespace {

class FileGone : public testing::Test {
 protected:
  FileGone() {
    t.project.migration("20260101000000_first", "CREATE TABLE first (id int);\n");
    t.must({"up"});
    for (char const* each :
         {"migrations/20260301090000_rename.sql", "plans/20260301090000_rename.yaml"}) {
      std::filesystem::remove(t.project.directory() / each);
    }
  }
  std::string state_of_rename() const {
    return t.db.value(
        fmt::format("SELECT state FROM bellows.migrations WHERE name = '{}'", rename_name));
  }
  void expect_says(std::vector<std::string> const& command, int code,
                   std::vector<std::string> const& words) const {
    test::expect_says(t.project.run(command), code, words);
  }

  RenameBench t{users_table};
};

TEST_F(FileGone, ItIsTakenBackByTheLedgerAlone) {
  expect_says({"abort", "20260301090000"}, 0, {"20260301090000_rename: aborted"});
  EXPECT_EQ(leftovers(t.db), "");
  EXPECT_EQ(t.db.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'users'::regclass AND "
                       "attname = 'display_name'"),
            "0");
}

TEST_F(FileGone, AlsoWhereThereIsNoProjectAtAll) {
  std::filesystem::remove_all(t.project.directory() / "migrations");
  expect_says({"abort", rename_name}, 0, {"aborted"});
  EXPECT_EQ(leftovers(t.db), "");
}

TEST_F(FileGone, ItIsContractedOnlyWithAReason) {
  for (std::vector<std::string> const& command :
       {std::vector<std::string>{"contract", "--quiet-period", "0"},
        {"contract", rename_name, "--quiet-period", "0"}}) {
    expect_says(command, 11,
                {"20260301090000_rename has no file in this checkout",
                 "bellows abort 20260301090000_rename",
                 "bellows contract 20260301090000_rename --because TEXT"});
    EXPECT_EQ(state_of_rename(), "backfilled");
  }
  expect_says({"status"}, 0, {"has no file in this checkout", "next: "});
  expect_says({"up"}, 0, {"waiting for contract: 20260301090000_rename\n  next: "});
  expect_says({"up", "--dry-run"}, 0, {"waiting for contract: 20260301090000_rename\n  next: "});
  expect_says({"up", "--release", "1"}, 0, {});
  expect_says({"up", "--release", "2"}, 0, {});
  EXPECT_EQ(state_of_rename(), "backfilled");
  expect_says({"contract", rename_name, "--because", "it was squashed", "--quiet-period", "0"}, 0,
              {"contracted"});
  EXPECT_EQ(state_of_rename(), "contracted");
  EXPECT_EQ(t.db.value("SELECT detail FROM bellows.events WHERE what = 'contract without its "
                       "file'"),
            "it was squashed");
}

TEST_F(FileGone, OneThatSaysSomethingElseIsNoBetter) {
  t.project.migration(rename_name, "ALTER TABLE users RENAME COLUMN name TO full_name;\n");
  expect_says({"contract", "--quiet-period", "0"}, 11,
              {"20260301090000_rename.sql was changed after it ran", "restore it; or",
               "bellows contract 20260301090000_rename --because TEXT"});
  expect_says({"status"}, 0,
              {"or bellows abort 20260301090000_rename, bellows plan 20260301090000_rename, then "
               "bellows expand"});
  EXPECT_EQ(state_of_rename(), "backfilled");
  expect_says({"abort", rename_name}, 0, {"aborted"});
  ASSERT_EQ(t.project.run({"plan", "--database-url", t.db.conninfo()}).code, 0);
  expect_says({"expand", rename_name}, 0, {"expanded"});
  EXPECT_EQ(t.db.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'users'::regclass AND "
                       "attname = 'full_name'"),
            "1");
  t.project.migration(rename_name, rename_sql);
  expect_says({"resume"}, 0, {"what it said then, which the ledger has, is carried out"});
}

TEST_F(FileGone, WhatIsCalledSoNowhereIsASlipOfTheFingers) {
  expect_says({"abort", "20260301090001"}, 2, {"there is no migration 20260301090001"});
  expect_says({"contract", "nothing"}, 2, {"there is no migration nothing"});
}

}  // namespace
}  // namespace bellows::test::file_gone_db_test
