#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/said.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

/// A backfill that is steered from another shell, or by the clock.
namespace bellows::test::steering_db_test {
namespace {

using Words = std::vector<std::string>;

constexpr int rows = 1200;

Words slow_up(Words more = {}) {
  more.insert(more.end(), {"--max-rows-per-second", "150"});
  return small_up(more);
}

class Steering : public testing::Test {
 protected:
  std::int64_t written() const { return std::stoll(t.db.value("SELECT count(*) FROM writes")); }
  void wait_until_written(std::int64_t more_than) const {
    wait_until([&] { return written() > more_than; }, "rows to be written");
  }
  Ran run(Words const& words) const { return t.project.run(words); }
  void expect_says(Words const& words, int code, Words const& parts) const {
    test::expect_says(run(words), code, parts);
  }
  void expect_done() const {
    expect_each_row_renamed_once(t.db, rows);
    EXPECT_EQ(t.state(), "backfilled");
  }

  /// A run that has begun to write.
  int start_and_wait(Words const& command) const {
    int const pid = t.project.start(command);
    wait_until([&] { return t.db.value("SELECT to_regclass('bellows.lanes')") != ""; },
               "the ledger");
    wait_until_written(0);
    return pid;
  }

  RenameBench t{noted_users(rows)};
};

TEST_F(Steering, OrdersGoToTheDatabaseThatIsNamed) {
  int const pid = start_and_wait(slow_up());
  Project const elsewhere("");
  for (Words const& order : {Words{"pause"}, {"set", "lanes=2"}, {"set"}, {"resume"}}) {
    Words words = order;
    words.insert(words.end(), {"--database-url", t.db.conninfo()});
    Ran const ran = elsewhere.run(words);
    EXPECT_EQ(ran.code, 0) << order.front() << ran.said;
  }
  EXPECT_EQ(run({"set", "rows-per-second=100000"}).code, 0);
  EXPECT_EQ(t.project.wait(pid).code, 0);
  expect_done();
}

TEST_F(Steering, PauseAndResumeFromAnotherShell) {
  int const pid = start_and_wait(slow_up());
  expect_says({"pause"}, 0, {"paused: every job", "It stands still", "next: bellows resume"});
  expect_says({"status"}, 0, {"paused: every job, by postgres on ", "next: bellows resume"});
  expect_says({"status", "--format", "json"}, 0, {"\"paused\": true"});
  std::int64_t last = -1;
  wait_until(
      [&] {
        std::int64_t const before = last;
        last = written();
        t.db.value("SELECT pg_sleep(0.5)");  // several batches' time
        return before == last;
      },
      "it to stand still");
  EXPECT_LT(last, rows);
  expect_says({"resume"}, 0, {"the pause is lifted; it goes on", "bellows up"});
  Ran const ended = t.project.wait(pid);
  EXPECT_EQ(ended.code, 0) << ended.said;
  EXPECT_NE(ended.said.find("waits: paused: every job, by postgres on "), std::string::npos)
      << ended.said;
  EXPECT_NE(ended.said.find("goes on after "), std::string::npos) << ended.said;
  expect_done();
}

TEST_F(Steering, APauseOutlivesTheRun) {
  int const first = start_and_wait(slow_up());
  expect_says({"pause", rename_name}, 0, {fmt::format("paused: {}/", rename_name)});
  ::kill(first, SIGTERM);
  EXPECT_EQ(t.project.wait(first).code, 143);
  std::int64_t const before = written();
  expect_says(slow_up({"--max-hold", "1s"}), 12, {"held for", "paused", "next: bellows resume"});
  EXPECT_EQ(written(), before);
  expect_says({"resume", "--max-rows-per-second", "100000"}, 0, {"the pause is lifted"});
  expect_done();
}

TEST_F(Steering, LanesAndRateFollowOrders) {
  int const pid = start_and_wait(slow_up());
  expect_says({"set", rename_name, "lanes=3", "rows-per-second=400"}, 0,
              {"lanes=3, rows-per-second=400", "by postgres on "});
  Ran const ended = t.project.wait(pid);
  EXPECT_EQ(ended.code, 0) << ended.said;
  EXPECT_EQ(t.db.value("SELECT count(*) FROM bellows.lanes"), "3");
  expect_done();
  expect_says({"set"}, 0, {"nothing is set"});
  EXPECT_EQ(run({"abort", rename_name}).code, 0);
  EXPECT_EQ(t.db.value("SELECT count(*) FROM bellows.controls"), "0") << "not for the next try";
}

TEST_F(Steering, Mistakes) {
  expect_says({"pause"}, 2, {"has not worked on this database yet"});
  int const pid = start_and_wait(slow_up());
  expect_says({"set", "lane=3"}, 2, {"there is no setting lane", "did you mean lanes"});
  expect_says({"set", "lanes=0"}, 2,
              {"lanes is a number from 1 to 64", "next: bellows set --help"});
  expect_says({"set", "lanes=many"}, 2, {"lanes is a number from 1 to 64"});
  expect_says({"set", "wal-per-second=fast"}, 2, {"not an amount of bytes"});
  expect_says({"set", "batch-target=1s", "wal-per-second=30MB"}, 0,
              {"every job: batch-target=1000ms, wal-per-second=30MB (by postgres on "});
  expect_says({"set", "batch-target=", "wal-per-second="}, 0, {"nothing is set"});
  expect_says({"set", "nonsense", "lanes=2"}, 2, {"nonsense has no backfill"});
  expect_says({"set"}, 0, {"nothing is set"});
  EXPECT_EQ(t.project.wait(pid).code, 0);
  expect_says({"pause", rename_name}, 2, {"has no backfill that has begun and not ended"});
  expect_says({"up", "--window", "22:00"}, 2, {"--window", "not a time window"});
  expect_says({"up", "--until", "soon"}, 2, {"--until", "'soon' is not a time of the day"});
  expect_says({"up", "--until", "2001-01-01 00:00"}, 2, {"is past"});
  expect_says({"up", "--until", "06:00", "--time-zone", "Mars/Olympus"}, 2, {"Mars/Olympus"});
  expect_says({"up", "--throttle", "maybe"}, 2, {"--throttle is on or off"});
}

TEST_F(Steering, UntilItIsTime) {
  std::string const soon =
      t.db.value("SELECT to_char(now() AT TIME ZONE 'UTC' + '3 s', 'YYYY-MM-DD HH24:MI:SS')");
  expect_says(slow_up({"--until", soon, "--time-zone", "UTC"}), 12,
              {"time is up (--until " + soon + ")", "next: bellows resume"});
  EXPECT_GT(written(), 0);
  EXPECT_LT(written(), rows);
  expect_says({"resume"}, 0, {});
  expect_done();
}

TEST_F(Steering, OutsideTheWindowNothingIsWritten) {
  int const hour = std::stoi(t.db.value("SELECT extract(hour FROM now() AT TIME ZONE 'UTC')::int"));
  expect_says({"up", "--window", fmt::format("{:02}:00-{:02}:00", (hour + 2) % 24, (hour + 3) % 24),
               "--time-zone", "UTC", "--max-hold", "1s"},
              12, {"time window: it is ", "outside the window"});
  EXPECT_EQ(written(), 0);
}

}  // namespace
}  // namespace bellows::test::steering_db_test
