#include "batcher/control/governor.hpp"
#include "tests/support/beside.hpp"
#include "tests/support/governed_job.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

/// A job that is steered while it runs.
namespace bellows::batcher::governor_db_test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using test::GovernedJob;
using test::TempDatabase;

class Governed : public testing::Test {
 protected:
  Governed() {
    test::make_ledger(db);
    options.steering.controls = true;
  }
  void order(std::string const& scope, bool paused) {
    auto session = db.session();
    auto transaction = session.begin();
    set_paused(transaction, scope, paused, "somebody on a host");
    transaction.commit();
  }
  void order(std::string const& scope, std::string_view name, std::optional<double> value) {
    auto const& table = setting_table();
    auto const setting = std::find_if(table.begin(), table.end(),
                                      [&](SettingInfo const& each) { return each.name == name; });
    auto session = db.session();
    auto transaction = session.begin();
    set_setting(transaction, scope, *setting, value, "somebody on a host");
    transaction.commit();
  }
  std::int64_t written() { return std::stoll(db.value("SELECT count(*) FROM writes")); }

  TempDatabase db;
  Options options = test::small_batches();
};

// The line is written on the governor's own thread, from which nothing may be thrown.
TEST_F(Governed, WhoCannotBeToldEndsNothing) {
  test::make_counted_table(db, 30);
  order("j", true);
  Stop stop;
  std::atomic<int> told{0};
  Surroundings around = test::surroundings_of(db);
  around.stop = &stop;
  around.say = [&](std::string const&) {
    ++told;
    throw std::runtime_error("nobody listens");
  };
  std::optional<Outcome> outcome;
  test::Beside job([&] { outcome = run_job(test::copy_spec(), options, around); },
                   [&] { stop.request(); });
  test::wait_until([&] { return told > 0; }, "the pause to be told");
  order("j", false);
  job.join();
  EXPECT_EQ(outcome, Outcome::Finished);
  test::expect_each_row_written_once(db);
}

TEST_F(Governed, PauseHoldsALiveJobAndResumeLetsItGoOn) {
  test::make_counted_table(db, 3'000);
  options.steering.rates.rows = 200;
  GovernedJob job(db, test::copy_spec(), options);
  job.wait_until_batches(3);
  order("j", true);
  job.wait_until_waiting_for("paused: by somebody on a host since ");
  int const before = job.batches();
  std::this_thread::sleep_for(300ms);  // not for order: the time in which nothing may happen
  EXPECT_LE(job.batches(), before + 1);
  EXPECT_EQ(job.progress().pace.duty, 0);
  order("j", false);
  job.wait_until_said("j goes on after ");
  order("j", "rows-per-second", 1e6);
  EXPECT_EQ(job.join(), bellows::batcher::Outcome::Finished);
  test::expect_each_row_written_once(db);
}

TEST_F(Governed, PauseOutlivesTheRunAndIsMeantForEveryJob) {
  test::make_counted_table(db, 100);
  order(every_job, true);
  {
    GovernedJob job(db, test::copy_spec(), options);
    job.wait_until_said("j waits: paused: every job, by somebody on a host");
    job.stop();
    EXPECT_EQ(job.join(), Outcome::Stopped);
  }
  EXPECT_EQ(written(), 0);
  GovernedJob job(db, test::copy_spec(), options);
  job.wait_until_said("waits: paused");
  auto session = db.session();
  auto transaction = session.begin();
  EXPECT_EQ(lift_pauses(transaction, every_job, "me"), 1);
  transaction.commit();
  EXPECT_EQ(job.join(), Outcome::Finished);
  test::expect_each_row_written_once(db);
}

TEST_F(Governed, PatienceEndsTheRun) {
  test::make_counted_table(db, 100);
  order(every_job, true);
  options.steering.patience = 500ms;
  GovernedJob job(db, test::copy_spec(), options);
  EXPECT_EQ(job.join(), Outcome::Stopped);
  EXPECT_NE(job.stopper().why_time_is_up().find("held for"), std::string::npos);
  EXPECT_EQ(written(), 0);
}

TEST_F(Governed, OrdersThatCannotBeReadHoldTheJob) {
  test::make_counted_table(db, 100);
  db.run("DROP TABLE bellows.controls");
  GovernedJob job(db, test::copy_spec(), options);
  job.wait_until_waiting_for("bellows.controls");
  EXPECT_EQ(written(), 0);
}

TEST_F(Governed, BatchSizeFollowsTheOrder) {
  test::make_counted_table(db, 20'000);
  options.first_rows = options.max_rows = 100;
  options.steering.rates.rows = 2'000;
  GovernedJob job(db, test::copy_spec(), options);
  job.wait_until_batches(2);
  test::wait_until([&] { return job.progress().batch_rows == 100; }, "the size to be shown");
  order("j", "batch", 7);
  test::wait_until([&] { return job.progress().batch_rows == 7; }, "batches of 7");
  order("j", "batch", std::nullopt);
  test::wait_until([&] { return job.progress().batch_rows > 7; }, "larger ones again");
}

TEST_F(Governed, RowsPerSecondAreKept) {
  test::make_counted_table(db, 3'000);
  options.first_rows = options.max_rows = 1'000;
  options.steering.rates.rows = 1'000;
  auto const began = Clock::now();
  GovernedJob job(db, test::copy_spec(), options);
  EXPECT_EQ(job.join(), Outcome::Finished);
  double const seconds = std::chrono::duration<double>(Clock::now() - began).count();
  EXPECT_GE(seconds, 3.0 - 1.0 - 0.5) << "but a second's burst and the last batch";
  EXPECT_GE(job.batches(), 6) << "no batch takes more than half a second of the rate";
  test::expect_each_row_written_once(db);
}

TEST_F(Governed, WindowAndQueryOfTheUser) {
  test::make_counted_table(db, 2'000);
  db.run("CREATE TABLE brake (how float); INSERT INTO brake VALUES (0)");
  options.steering.signals.emplace();
  options.steering.signals->query = "SELECT max(how), 'the queue is long' FROM brake";
  options.steering.rates.rows = 100;
  GovernedJob job(db, test::copy_spec(), options);
  job.wait_until_batches(3);
  db.run("UPDATE brake SET how = 1.5");
  job.wait_until_waiting_for("throttle query: the queue is long");
  db.run("UPDATE brake SET how = 0.1");
  job.wait_until_said("goes on after ");
  job.wait_until_running();
}

TEST_F(Governed, OutsideItsWindowItWaits) {
  test::make_counted_table(db, 100);
  int const hour =
      std::stoi(db.value("SELECT extract(hour FROM now() AT TIME ZONE 'Etc/GMT-3')::int"));
  options.steering.signals.emplace();
  options.steering.signals->time_zone = "Etc/GMT-3";
  options.steering.signals->window =
      Window::parse(fmt::format("{:02}:00-{:02}:00", (hour + 2) % 24, (hour + 3) % 24));
  GovernedJob job(db, test::copy_spec(), options);
  job.wait_until_waiting_for("time window: it is ");
  EXPECT_EQ(written(), 0);
}

// A batch of seconds, and somebody who wants one of its rows: nothing but the governor ends it.
TEST_F(Governed, ABatchThatSomebodyWaitsForIsCancelled) {
  test::make_counted_table(db, 300);
  db.run(
      "CREATE FUNCTION slow(text) RETURNS text LANGUAGE sql VOLATILE AS"
      " 'SELECT upper($1) FROM pg_sleep(0.02)'");
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("copy"), "public.slow(name)"}};
  options.min_rows = 1;
  options.first_rows = options.max_rows = 300;
  options.statement_timeout = 60s;
  options.target = 60s;
  options.steering.signals.emplace();
  GovernedJob job(db, spec, options);
  auto watcher = db.session();
  test::wait_until(
      [&] {
        return watcher
            .run(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name = 'bellows backfill' AND wait_event = 'PgSleep')")
            .truth(0, 0);
      },
      "the batch to write");
  auto application = db.session("application");
  application.run("UPDATE t SET name = 'changed' WHERE id = 1");
  EXPECT_EQ(job.batches(), 0) << "it was let through before that batch could end";
  EXPECT_EQ(job.join(), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy IS DISTINCT FROM upper(name)"), "0");
}

// Two programs that know nothing of each other but the ledger.
TEST_F(Governed, TwoJobsKeepWithinTheirCommonBudget) {
  test::make_counted_table(db, 20'000);
  db.run(
      "CREATE TABLE u (LIKE t INCLUDING ALL); INSERT INTO u SELECT * FROM t;"
      "CREATE TABLE written_u (id int);"
      "CREATE FUNCTION note_u() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN INSERT INTO public.written_u VALUES (NEW.id); RETURN NEW; END';"
      "CREATE TRIGGER noted BEFORE UPDATE ON u FOR EACH ROW EXECUTE FUNCTION note_u()");
  constexpr double rate = 600;
  order(every_job, "rows-per-second", rate);
  Spec other = test::copy_spec();
  other.id = "k";
  other.table = sql::parse_qualified_name("public.u");
  auto const counts = [&] {
    return std::pair{written(), std::stoll(db.value("SELECT count(*) FROM written_u"))};
  };
  GovernedJob first(db, test::copy_spec(), options);
  GovernedJob second(db, other, options);
  first.wait_until_batches(1);
  second.wait_until_batches(1);
  auto const began = Clock::now();
  auto const from = counts();
  test::wait_until([&] { return Clock::now() - began > 5s; }, "five seconds");
  auto const upto = counts();
  double const seconds = std::chrono::duration<double>(Clock::now() - began).count();
  auto const one = static_cast<double>(upto.first - from.first);
  auto const two = static_cast<double>(upto.second - from.second);
  EXPECT_LE(one + two, rate * seconds + rate + 2 * 10) << "the rate, a second's burst, two batches";
  EXPECT_GE(one + two, 0.6 * rate * seconds);
  EXPECT_GT(one, 0.5 * two);
  EXPECT_GT(two, 0.5 * one);
}

}  // namespace
}  // namespace bellows::batcher::governor_db_test
