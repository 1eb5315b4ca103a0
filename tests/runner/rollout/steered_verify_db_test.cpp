#include "tests/runner/rollout/data_bench.hpp"
#include "tests/support/wait.hpp"

#include <csignal>

/// A verification obeys whoever steers its backfill, and `bellows verify` the same settings.
namespace bellows::test::steered_verify_db_test {
namespace {

constexpr char const* rename_name = "20260301090000_rename";

class SteeredVerify : public testing::Test {
 protected:
  std::string step() const {
    return bench.value(
        "SELECT coalesce((SELECT state FROM bellows.steps WHERE step = 'verify'),"
        " '')");
  }
  void wait_until_verifying() const {
    wait_until(
        [&] {
          return bench.value("SELECT to_regclass('bellows.steps')") != "" && step() == "began";
        },
        "the verification to begin");
  }
  /// Its backfill takes three seconds, its verification as long: orders are looked at each second.
  int start() const {
    return bench.project.start(
        {"up", "--max-rows-per-second", "1000", "--batch-max-rows", "10", "--batch-rows", "10"});
  }

  DataBench bench{
      "CREATE TABLE users (id int PRIMARY KEY, name text);"
      "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 3000) g;",
      {{rename_name, "ALTER TABLE users RENAME COLUMN name TO display_name;\n"}}};
};

TEST_F(SteeredVerify, IsPausedAndResumedByTheMigrationsName) {
  int const pid = start();
  wait_until_verifying();
  expect_says(bench.must({"pause", rename_name}), 0, {"paused: 20260301090000_rename/copy"});
  expect_says(bench.must({"status"}), 0, {"paused: 20260301090000_rename/copy, by postgres"});
  wait_until(
      [&] {
        return bench.project.said_so_far(pid).find("/verify waits: paused") != std::string::npos;
      },
      "the verification to stand still");
  EXPECT_EQ(step(), "began");
  expect_says(bench.must({"resume", rename_name}), 0, {"the pause is lifted; it goes on"});
  Ran const ran = bench.project.wait(pid);
  expect_says(ran, 0,
              {"20260301090000_rename/verify waits: paused: by postgres", "verified 3000 rows"});
}

TEST_F(SteeredVerify, IsEndedByASignalAndBeginsAnew) {
  int const pid = start();
  wait_until_verifying();
  ::kill(pid, SIGTERM);
  expect_says(bench.project.wait(pid), 143, {"stopped"});
  EXPECT_EQ(step(), "began");
  expect_says(bench.must({"resume"}), 0, {"verified 3000 rows"});
}

TEST_F(SteeredVerify, TheCommandKeepsTheWindowAndTheRate) {
  bench.must({"up"});
  int const hour =
      std::stoi(bench.value("SELECT extract(hour FROM now() AT TIME ZONE 'UTC')::int"));
  std::string const window = fmt::format("{:02}:00-{:02}:00", (hour + 2) % 24, (hour + 3) % 24);
  expect_says(
      bench.project.run({"verify", "--window", window, "--time-zone", "UTC", "--max-hold", "1s"}),
      12, {"outside the window", "next: bellows verify"});
  auto const began = std::chrono::steady_clock::now();
  expect_says(bench.must({"verify", "--max-rows-per-second", "1500"}), 0,
              {"3000 rows of public.users, each as the rule says"});
  EXPECT_GT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
  bench.must({"pause"});
  expect_says(bench.project.run({"verify", "--max-hold", "1s"}), 12, {"paused"});
  bench.must({"resume"});
}

}  // namespace
}  // namespace bellows::test::steered_verify_db_test
