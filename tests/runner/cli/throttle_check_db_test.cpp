#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// A query of the user's own that the server refuses holds nothing and limits nothing: it is
/// refused before anything begins.
namespace bellows::test::throttle_check_db_test {
namespace {

Ran up_with(Project const& project, std::string const& query) {
  return project.run({"up", "--throttle-query", query});
}

TEST(ThrottleCheck, WhatTheServerRefusesEndsBeforeAnythingIsWritten) {
  RenameBench const t(users_table);
  for (std::string const query : {"selec 1", "SELECT 1 FROM no_such_table", "SELECT 'later'",
                                  "CREATE TABLE made ()", "SELECT 1 / 0"}) {
    Ran const refused = up_with(t.project, query);
    EXPECT_EQ(refused.code, 2) << query << refused.said;
    EXPECT_NE(refused.said.find("--throttle-query can't be asked"), std::string::npos)
        << refused.said;
    EXPECT_NE(refused.said.find("it is: " + query), std::string::npos) << refused.said;
  }
  EXPECT_EQ(t.db.value("SELECT to_regnamespace('bellows')"), "") << "not even the ledger";
  EXPECT_EQ(t.project.run({"up", "--throttle", "off", "--throttle-query", "selec 1"}).code, 0)
      << "it is not looked at";
  EXPECT_EQ(t.project.run({"verify", "--throttle-query", "selec 1"}).code, 2);
}

TEST(ThrottleCheck, OneThatAnswersOrHasNothingToSayGoesOn) {
  RenameBench const t(users_table);
  EXPECT_EQ(up_with(t.project, "SELECT 0").code, 0);
  EXPECT_EQ(up_with(t.project, "SELECT 1 WHERE false").code, 0);
}

}  // namespace
}  // namespace bellows::test::throttle_check_db_test
