#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <string>
#include <vector>

/// Somebody has locked what is to be read. Who looks is told whom it is, and when; a signal ends
/// whatever waits.
namespace bellows::test::held_up_db_test {
namespace {

using Words = std::vector<std::string>;

class HeldUp : public testing::Test {
 protected:
  void SetUp() override {
    t.backfill();
    url = t.db.conninfo();
    holding.run("LOCK TABLE bellows.migrations");
  }
  std::vector<Words> looking() const {
    return {{"status"},
            {"verify"},
            {"pause", rename_name},
            {"up", "--dry-run"},
            {"check", "--database-url", url},
            {"plan", "--database-url", url}};
  }
  void expect_told(Words const& words, Ran const& ran) const {
    EXPECT_EQ(ran.code, 4) << words.front() << ran.said;
    for (std::string const& part :
         {fmt::format("bellows.migrations is locked, by pid {} (user postgres, somebody, idle in "
                      "transaction, transaction open for ",
                      holder.backend_pid()),
          std::string("its last statement: LOCK TABLE bellows.migrations"),
          fmt::format("next: wait until it has ended, or SELECT pg_terminate_backend({}) ends it; "
                      "then the same command again",
                      holder.backend_pid())}) {
      EXPECT_NE(ran.said.find(part), std::string::npos) << words.front() << ": " << ran.said;
    }
  }

  RenameBench t{users_table};
  std::string url;
  postgres::Session holder = t.db.session("somebody");
  postgres::Transaction holding = holder.begin();
};

TEST_F(HeldUp, WhoHasTheLockIsTold) {
  std::map<int, Words> started;  // at once: each of them waits for a while
  for (Words const& words : looking()) {
    started.emplace(t.project.start(words), words);
  }
  for (auto const& [pid, words] : started) {
    expect_told(words, t.project.wait(pid));
  }
  for (Words const& words : {Words{"up", "--lock-wait", "0"}, {"resume", "--lock-wait", "1s"}}) {
    expect_told(words, t.project.run(words));
  }
  t.db.run(fmt::format("SELECT pg_terminate_backend({})", holder.backend_pid()));
  EXPECT_EQ(t.must({"status"}).code, 0) << "what was said to type is what helps";
}

// By its name each one is known to the server: who has been ended may still stand in the queue.
TEST_F(HeldUp, OneSignalEndsWhateverWaits) {
  postgres::Session watcher = t.db.session();
  std::vector<Words> all = looking();
  all.push_back({"up", "--lock-wait", "10m"});
  all.push_back({"resume", "--lock-wait", "10m"});
  for (Words const& words : all) {
    bool const dry = words.back() == "--dry-run";
    int const pid = t.project.start(words);
    wait_until_somebody_blocked(watcher, "bellows " + (dry ? "dry run" : words.front()));
    ::kill(pid, SIGTERM);
    Ran const ran = t.project.wait(pid);
    EXPECT_EQ(ran.code, 143) << words.front() << ran.said;
    EXPECT_NE(ran.said.find("nothing was changed"), std::string::npos)
        << words.front() << ": " << ran.said;
  }
}

// Reading goes on beside such a lock, writing does not.
TEST_F(HeldUp, AVerificationThatCannotBeNotedSaysSo) {
  holding.commit();
  postgres::Transaction beside = holder.begin();
  beside.run("LOCK TABLE bellows.verify_outcomes IN SHARE MODE");
  Ran const ran = t.project.run({"verify"});
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_NE(ran.said.find(fmt::format("could not be noted: bellows.verify_outcomes is locked, by "
                                      "pid {} ",
                                      holder.backend_pid())),
            std::string::npos)
      << ran.said;
}

TEST_F(HeldUp, WhereEachStandsIsToldBesideALockOnItsTable) {
  t.project.migration("20260401000000_more", "ALTER TABLE users ADD COLUMN more int;\n");
  holding.commit();
  postgres::Transaction beside = holder.begin();
  beside.run("LOCK TABLE users");
  Ran const ran = t.project.run({"status"});
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_NE(ran.answer.find("backfilled"), std::string::npos) << ran.answer;
  EXPECT_NE(ran.answer.find(fmt::format("next: wait until it has ended, or SELECT "
                                        "pg_terminate_backend({})",
                                        holder.backend_pid())),
            std::string::npos)
      << ran.answer;
  EXPECT_NE(ran.said.find("what is next is not known: users is locked, by pid "), std::string::npos)
      << ran.said;
}

TEST_F(HeldUp, TheLeaseIsPartOfTheLedger) {
  holding.commit();
  postgres::Transaction beside = holder.begin();
  beside.run("LOCK TABLE bellows.lease");
  Ran const ran = t.project.run({"up", "--lock-wait", "0"});
  EXPECT_EQ(ran.code, 4) << ran.said;
  EXPECT_NE(ran.said.find("bellows.lease is locked, by pid "), std::string::npos) << ran.said;
}

TEST_F(HeldUp, AWatchGoesOnAndEndsByASignal) {
  int const pid = t.project.start({"status", "--watch"});
  wait_until(
      [&] {
        return t.project.said_so_far(pid).find("bellows.migrations is locked, by pid ") !=
               std::string::npos;
      },
      "who has the lock");
  ::kill(pid, SIGINT);
  EXPECT_EQ(t.project.wait(pid).code, 0);
}

}  // namespace
}  // namespace bellows::test::held_up_db_test
