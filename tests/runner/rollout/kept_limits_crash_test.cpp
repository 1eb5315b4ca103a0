#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/own_cluster.hpp"
#include "tests/support/standby.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>
#include <vector>

/// What a run was limited by belongs to it: killed, and resumed without a word about it, it goes by
/// it again.
namespace bellows::test {
namespace {

TEST(KeptLimits, AKilledRunIsResumedAtItsOwnRate) {
  RenameBench const t(noted_users(600));
  int const pid = t.project.start(small_up({"--max-rows-per-second", "150"}));
  wait_until([&] { return t.db.value("SELECT to_regclass('bellows.lanes')") != ""; }, "the ledger");
  wait_until([&] { return t.db.value("SELECT count(*) FROM writes") != "0"; }, "rows");
  ::kill(pid, SIGKILL);
  t.project.wait(pid);
  std::string const left = t.db.value("SELECT 600 - count(*) FROM writes");
  std::string const began = t.db.value("SELECT clock_timestamp()");
  Ran const resumed = t.must({"resume"});
  EXPECT_NE(resumed.said.find("it goes by the limits that its run was given: "
                              "--max-rows-per-second 150"),
            std::string::npos)
      << resumed.said;
  EXPECT_EQ(t.db.value(fmt::format("SELECT clock_timestamp() - '{}' > interval '1 s' * ({} / 150.0 "
                                   "* 0.5)",
                                   began, left)),
            "t");
  expect_each_row_renamed_once(t.db, 600);
}

TEST(KeptLimits, AFlagEndsThem) {
  RenameBench const t(noted_users(6000));
  int const pid = t.project.start(small_up({"--max-rows-per-second", "50"}));
  wait_until([&] { return t.db.value("SELECT to_regclass('bellows.lanes')") != ""; }, "the ledger");
  wait_until([&] { return t.db.value("SELECT count(*) FROM writes") != "0"; }, "rows");
  ::kill(pid, SIGKILL);
  t.project.wait(pid);
  Ran const resumed = t.must({"resume", "--max-rows-per-second", "0"});  // else two minutes
  EXPECT_EQ(resumed.said.find("it goes by the limits"), std::string::npos) << resumed.said;
  expect_each_row_renamed_once(t.db, 6000);
}

TEST(KeptLimits, ALostReplicaIsMissedByTheNextRun) {
  OwnCluster const cluster({"wal_level=replica"});
  std::optional<Standby> standby(std::in_place, cluster);
  TempDatabase const db(cluster.conninfo());
  db.run(noted_users(2000));
  Project const project(db.conninfo());
  project.migration(rename_name, rename_sql);
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  int const pid = project.start(small_up({"--max-rows-per-second", "50"}));
  wait_until([&] { return db.value("SELECT to_regclass('bellows.replicas')") != ""; },
             "the ledger");
  wait_until([&] { return db.value("SELECT count(*) FROM bellows.replicas") == "1"; },
             "the replica to be known");
  ::kill(pid, SIGKILL);
  project.wait(pid);
  standby.reset();
  std::string const before = db.value("SELECT count(*) FROM writes");
  Ran const held = project.run({"resume", "--max-hold", "1s", "--max-rows-per-second", "0"});
  EXPECT_EQ(held.code, 12) << held.said;
  EXPECT_NE(held.said.find("replica standby1 has gone away"), std::string::npos) << held.said;
  EXPECT_EQ(db.value("SELECT count(*) FROM writes"), before);
  Ran const ended =
      project.run({"resume", "--ignore-replicas", "standby1", "--max-rows-per-second", "0"});
  EXPECT_EQ(ended.code, 0) << ended.said;
}

}  // namespace
}  // namespace bellows::test
