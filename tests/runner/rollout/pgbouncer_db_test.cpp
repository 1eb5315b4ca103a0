#include "tests/runner/rollout/pooler.hpp"
#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

/// Everything through PgBouncer in transaction mode, where two statements of one connection may
/// meet two servers.
namespace bellows::test::pgbouncer_db_test {
namespace {

constexpr int rows = 500;

std::string const scene = noted_users(rows) +
                          "ALTER TABLE users ALTER name SET NOT NULL;"
                          "CREATE INDEX users_name ON users (name);";

std::vector<std::string> const up{"up", "--batch-rows",  "20", "--batch-max-rows",
                                  "20", "--batch-pause", "2ms"};
std::vector<std::string> const contract{"contract", "--quiet-period", "0"};

class ThroughPgBouncer : public testing::Test {
 protected:
  void SetUp() override {
    if (!Pooler::installed()) {
      GTEST_SKIP() << "pgbouncer is not installed";
    }
    db_.emplace();
    db_->run(scene);
  }

  /// After what the test does to the database's settings, which servers read when they start.
  void begin() {
    pooler_.emplace(5);
    project_.emplace(pooler_->conninfo(db_->name()));
    project_->migration(rename_name, rename_sql);
    Ran const planned = project_->run({"plan", "--database-url", pooler_->conninfo(db_->name())});
    ASSERT_EQ(planned.code, 0) << planned.said << planned.answer;
  }

  void expect_done() const {
    expect_each_row_renamed_once(*db_, rows);
    EXPECT_EQ(project_->run({"snapshot"}).answer, schema_after(scene, rename_sql));
    EXPECT_EQ(leftovers(*db_), "");
  }

  std::optional<TempDatabase> db_;
  std::optional<Pooler> pooler_;  // ends before the database that it is connected to
  std::optional<Project> project_;
};

TEST_F(ThroughPgBouncer, TheWholeRename) {
  begin();
  for (auto const& command : {up, {"status"}, contract}) {
    Ran const ran = project_->run(command);
    ASSERT_EQ(ran.code, 0) << ran.said << ran.answer;
  }
  expect_done();
}

TEST_F(ThroughPgBouncer, TwoRunnersAtOnce) {
  begin();
  int const first = project_->start(up);
  int const second = project_->start(up);
  Ran const a = project_->wait(first);
  Ran const b = project_->wait(second);
  EXPECT_EQ(a.code, 0) << a.said;
  EXPECT_EQ(b.code, 0) << b.said;
  EXPECT_NE(a.said.find("waiting for another bellows") == std::string::npos,
            b.said.find("waiting for another bellows") == std::string::npos)
      << a.said << b.said;
  Ran const contracted = project_->run(contract);
  EXPECT_EQ(contracted.code, 0) << contracted.said;
  expect_done();
}

TEST_F(ThroughPgBouncer, WhoMayNotWaitIsToldWhoWorks) {
  begin();
  int const first = project_->start(up);
  wait_until([&] { return db_->value("SELECT count(*) FROM writes") != "0"; }, "the first to work");
  Ran const refused = project_->run({"up", "--lock-wait", "0"});
  EXPECT_EQ(refused.code, 4) << refused.said;
  EXPECT_NE(refused.said.find(fmt::format("pid {} ", first)), std::string::npos) << refused.said;
  Ran const ran = project_->wait(first);
  EXPECT_EQ(ran.code, 0) << ran.said;
}

TEST_F(ThroughPgBouncer, DeadLettersAreSetAsideAndSettled) {
  db_->run(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
      "BEGIN IF NEW.id IN (45, 46, 400) THEN RAISE EXCEPTION 'row % is holy', NEW.id; END IF;"
      "RETURN NEW; END $$;"
      "CREATE TRIGGER refuse BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse();");
  begin();
  Ran const ran = project_->run(up);
  EXPECT_EQ(ran.code, 7) << ran.said;
  EXPECT_EQ(db_->value("SELECT string_agg(row_key->>0, ',' ORDER BY row_key->>0)"
                       " FROM bellows.dead_letters"),
            "400,45,46");
  EXPECT_EQ(db_->value("SELECT count(*) FROM writes"), std::to_string(rows - 3));
  db_->run("DROP TRIGGER refuse ON users");
  std::vector<std::string> const retry{"resume", "--retry-dead-letters"};
  for (auto const& command : {retry, contract}) {
    Ran const went_on = project_->run(command);
    ASSERT_EQ(went_on.code, 0) << went_on.said << went_on.answer;
  }
  db_->run("DROP FUNCTION refuse");
  expect_done();
}

// A statement_timeout that the role has by default can't be put off for one statement there: said
// before an index build is killed by it, and a direct connection goes on.
TEST_F(ThroughPgBouncer, WhatDoesNotWorkThroughItSaysSo) {
  db_->run("ALTER DATABASE " + db_->name() + " SET statement_timeout = '1min'");
  begin();
  Ran const ran = project_->run(up);
  EXPECT_EQ(ran.code, 7) << ran.said;
  for (char const* word :
       {"statement_timeout", "pooler", "direct connection", "index-users_name"}) {
    EXPECT_NE(ran.said.find(word), std::string::npos) << word << "\n" << ran.said;
  }
  Ran const direct = project_->run({"resume", "--database-url", db_->conninfo()});
  EXPECT_EQ(direct.code, 0) << direct.said;
  Ran const contracted = project_->run(contract);
  EXPECT_EQ(contracted.code, 0) << contracted.said;
  expect_done();
}

}  // namespace
}  // namespace bellows::test::pgbouncer_db_test
