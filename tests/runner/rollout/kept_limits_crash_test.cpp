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
namespace bellows::test::kept_limits_crash_test {
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
                              "--batch-max-rows 10, --max-rows-per-second 150"),
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
  EXPECT_EQ(resumed.said.find("--max-rows-per-second"), std::string::npos) << resumed.said;
  expect_each_row_renamed_once(t.db, 6000);
}

/// Killed in the midst of its backfill.
void kill_backfill(RenameBench const& t, std::vector<std::string> const& more) {
  int const pid = t.project.start(small_up(more));
  wait_until([&] { return t.db.value("SELECT to_regclass('bellows.lanes')") != ""; }, "the ledger");
  wait_until([&] { return t.db.value("SELECT count(*) FROM writes") != "0"; }, "rows");
  ::kill(pid, SIGKILL);
  t.project.wait(pid);
}

TEST(KeptLimits, HowLongItMayBeHeldAndWhatForIsKept) {
  RenameBench const t(noted_users(600));
  kill_backfill(t, {"--max-rows-per-second", "100", "--max-hold", "1s", "--on-kept-rows", "wait"});
  Ran const held = t.project.run({"resume", "--throttle-query", "SELECT true"});
  EXPECT_EQ(held.code, 12) << held.said;  // else it is held for ever
  EXPECT_NE(held.said.find("--max-hold 1s, --max-rows-per-second 100, --on-kept-rows wait"),
            std::string::npos)
      << held.said;
  Ran const ended = t.must({"resume", "--throttle-query", "", "--max-rows-per-second", "0"});
  EXPECT_NE(ended.said.find("--batch-max-rows 10, --max-hold 1s, --on-kept-rows wait"),
            std::string::npos)
      << ended.said;
  expect_each_row_renamed_once(t.db, 600);
}

TEST(KeptLimits, AContractThatWasKilledWaitsForTheQuietPeriodItWasGiven) {
  RenameBench const t(users_table);
  t.backfill();
  int const pid = t.project.start({"contract", "--quiet-period", "1h"});
  wait_until([&] { return t.state() == "contracting"; }, "contract to wait at its gate");
  ::kill(pid, SIGKILL);
  t.project.wait(pid);
  Ran const resumed = t.project.run({"resume", "--gate-wait", "0"});
  EXPECT_EQ(resumed.code, 8) << resumed.said;
  EXPECT_NE(resumed.said.find("--quiet-period 1h"), std::string::npos) << resumed.said;
  EXPECT_NE(resumed.said.find("(3600 s are wanted)"), std::string::npos) << resumed.said;
  Ran const later = t.project.run({"contract", "--gate-wait", "0"});
  EXPECT_EQ(later.code, 8) << later.said;
  EXPECT_NE(later.said.find("(60 s are wanted)"), std::string::npos) << later.said;
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
}  // namespace bellows::test::kept_limits_crash_test
