#include "batcher/verify/verify.hpp"
#include "tests/support/beside.hpp"
#include "tests/support/governed_job.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>

/// What is not a batch and yet costs the server: the verification, and the rows in the dead letters
/// that are tried again. They wait for the same reasons, and obey the same orders.
namespace bellows::batcher::governed_reading_db_test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using test::GovernedJob;
using test::TempDatabase;

void order_pause(TempDatabase const& db, std::string const& scope, bool paused) {
  auto session = db.session();
  auto transaction = session.begin();
  set_paused(transaction, scope, paused, "somebody on a host");
  transaction.commit();
}

/// A verification that runs beside the test. Stopped and joined at the end.
class GovernedReading {
 public:
  GovernedReading(TempDatabase const& db, Options options, std::string differs = "false")
      : beside_([this, &db, options = std::move(options),
                 differs = std::move(differs)] { read(db, options, differs); },
                [this] { stop_.request(); }) {}

  Verified join() {
    beside_.join();
    return found_.value();
  }
  void stop() { stop_.request(); }
  Stop const& stopper() const { return stop_; }
  int ranges() const { return ranges_; }
  void wait_until_said(std::string const& words) {
    test::wait_until(
        [&] {
          std::lock_guard const lock(mutex_);
          return said_.find(words) != std::string::npos;
        },
        "to be said: " + words);
  }

 private:
  void read(TempDatabase const& db, Options const& options, std::string const& differs) {
    VerifySpec const spec{
        "m/verify", sql::parse_qualified_name("public.t"), {sql::Identifier("id")}, differs, {},
        {}};
    Surroundings world = test::surroundings_of(db);
    world.stop = &stop_;
    world.observe = test::at_event("range verified", [this] { ++ranges_; });
    world.say = [this](std::string const& line) {
      std::lock_guard const lock(mutex_);
      said_ += line + "\n";
    };
    found_ = verify(spec, options, world);
  }

  Stop stop_;
  std::atomic<int> ranges_{0};
  std::mutex mutex_;
  std::string said_;
  std::optional<Verified> found_;
  test::Beside beside_;
};

class GovernedReadings : public testing::Test {
 protected:
  GovernedReadings() {
    test::make_ledger(db);
    test::make_counted_table(db, 2'000);
    options.steering.controls = true;
  }

  TempDatabase db;
  Options options = test::small_batches();  // a hundred rows a read
};

TEST_F(GovernedReadings, APauseHoldsAVerification) {
  for (char const* scope : {"*", "m/verify"}) {
    order_pause(db, scope, true);
    GovernedReading reading(db, options);
    reading.wait_until_said("waits: paused: ");
    EXPECT_EQ(reading.ranges(), 0) << scope;
    order_pause(db, scope, false);
    EXPECT_EQ(reading.join().rows, 2'000);
    EXPECT_GE(reading.ranges(), 20);
  }
}

TEST_F(GovernedReadings, ItsRateIsKept) {
  options.steering.rates.rows = 1'000;
  auto const began = Clock::now();
  GovernedReading reading(db, options);
  EXPECT_EQ(reading.join().rows, 2'000);
  EXPECT_GT(Clock::now() - began, 1s);
}

TEST_F(GovernedReadings, OutsideTheWindowNothingIsRead) {
  int const hour = std::stoi(db.value("SELECT extract(hour FROM now() AT TIME ZONE 'UTC')::int"));
  options.steering.signals.emplace();
  options.steering.signals->window =
      Window::parse(fmt::format("{:02}:00-{:02}:00", (hour + 2) % 24, (hour + 3) % 24));
  options.steering.signals->time_zone = "UTC";
  options.steering.patience = 1s;
  GovernedReading reading(db, options);
  EXPECT_THROW(reading.join(), Interrupted);
  EXPECT_EQ(reading.ranges(), 0);
  EXPECT_NE(reading.stopper().why_time_is_up().find("outside the window"), std::string::npos)
      << reading.stopper().why_time_is_up();
}

TEST_F(GovernedReadings, WhatIsHeldCanBeStopped) {
  order_pause(db, "*", true);
  GovernedReading reading(db, options);
  reading.wait_until_said("waits: paused");
  auto const asked = Clock::now();
  reading.stop();
  EXPECT_THROW(reading.join(), Interrupted);
  EXPECT_LT(Clock::now() - asked, 2s);
}

// A read of a hundred rows takes two seconds here, and is one read unless somebody waits.
TEST_F(GovernedReadings, AReadThatSomebodyWaitsForIsCancelled) {
  db.run("DELETE FROM t WHERE id > 100");
  options.steering.controls = true;
  std::optional<postgres::Session> ddl(db.session("ddl"));
  GovernedReading reading(db, options, "pg_sleep(0.02) IS NULL");
  test::wait_until(
      [&] {
        return db.value(
                   "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE"
                   " 'bellows verify%' AND query LIKE '%pg_sleep%' AND state = 'active'") == "1";
      },
      "the read");
  auto const asked = Clock::now();
  ddl->run("ALTER TABLE t ADD COLUMN further int");
  EXPECT_LT(Clock::now() - asked, 1'900ms);
  EXPECT_EQ(reading.join().rows, 100);
  EXPECT_GT(reading.ranges(), 1) << "tried again with fewer rows";
}

/// Twenty rows in the dead letters, which could be written by now.
class GovernedLetters : public GovernedReadings {
 protected:
  GovernedLetters() {
    options.max_dead_letters = 1'000;
    db.run("ALTER TABLE t ADD CONSTRAINT no_copy CHECK (id % 100 > 0 OR copy IS NULL)");
    Surroundings world = test::surroundings_of(db);
    if (run_job(test::copy_spec(), options, world) != Outcome::DeadLetters) {
      throw std::runtime_error("no dead letters");
    }
    db.run("ALTER TABLE t DROP CONSTRAINT no_copy");
    options.retry_dead_letters = true;
  }
  std::string letters() const { return db.value("SELECT count(*) FROM bellows.dead_letters"); }
};

TEST_F(GovernedLetters, APauseHoldsThem) {
  ASSERT_EQ(letters(), "20");
  order_pause(db, "j", true);
  GovernedJob job(db, test::copy_spec(), options);
  job.wait_until_said("waits: paused: ");
  EXPECT_EQ(letters(), "20");
  order_pause(db, "j", false);
  EXPECT_EQ(job.join(), Outcome::Finished);
  test::expect_each_row_written_once(db);
}

TEST_F(GovernedLetters, TheirRateIsKept) {
  options.steering.rates.rows = 10;
  auto const began = Clock::now();
  GovernedJob job(db, test::copy_spec(), options);
  EXPECT_EQ(job.join(), Outcome::Finished);
  EXPECT_GT(Clock::now() - began, 1s);
  test::expect_each_row_written_once(db);
}

TEST_F(GovernedLetters, WhatIsHeldCanBeStopped) {
  order_pause(db, "*", true);
  GovernedJob job(db, test::copy_spec(), options);
  job.wait_until_said("waits: paused");
  job.stop();
  EXPECT_EQ(job.join(), Outcome::Stopped);
  EXPECT_EQ(letters(), "20");
}

}  // namespace
}  // namespace bellows::batcher::governed_reading_db_test
