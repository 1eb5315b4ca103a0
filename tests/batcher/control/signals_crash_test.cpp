#include "batcher/job/job.hpp"
#include "tests/support/governed_job.hpp"
#include "tests/support/own_cluster.hpp"
#include "tests/support/standby.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

/// Each signal on a real server that has just that trouble: the job waits, says why, and goes on.
namespace bellows::batcher::signals_crash_test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using test::GovernedJob;
using test::OwnCluster;
using test::TempDatabase;

SignalOptions nothing_watched() {
  SignalOptions signals;
  signals.replica_lag = signals.checkpoint_gap = signals.horizon_age = 0ms;
  signals.replica_lag_bytes = signals.slot_bytes = signals.archive_bytes = 0;
  signals.autovacuum = SignalOptions::OnAutovacuum::Ignore;
  return signals;
}

/// So slow that it lasts for as long as a test needs it; faster on demand.
Options slow_job(SignalOptions const& signals) {
  Options options = test::small_batches();
  options.steering.signals = signals;
  options.steering.rates.rows = 400;
  return options;
}

class TroubledServer : public testing::Test {
 protected:
  void begin(std::vector<std::string> const& settings) {
    cluster.emplace(settings);
    db.emplace(cluster->conninfo());
    test::make_ledger(*db);
    test::make_counted_table(*db, 40'000);
  }
  /// It stands still: nothing more is committed in the time of several batches.
  static void expect_still(GovernedJob const& job) {
    int const before = job.batches();
    std::this_thread::sleep_for(300ms);  // not for order: the time in which nothing may happen
    EXPECT_LE(job.batches(), before + 1) << "one that had begun may end";
  }

  std::optional<OwnCluster> cluster;
  std::optional<TempDatabase> db;
};

TEST_F(TroubledServer, ReplicaThatStopsReplaying) {
  begin({"wal_level=replica"});
  test::Standby const standby(*cluster);
  auto replica = postgres::Session::connect(standby.conninfo(), "test");
  SignalOptions signals = nothing_watched();
  signals.replica_lag = 1500ms;
  GovernedJob job(*db, test::copy_spec(), slow_job(signals));
  job.wait_until_batches(5);
  replica.run("SELECT pg_wal_replay_pause()");
  job.wait_until_waiting_for("replica lag: replica standby1 is ");
  job.wait_until_said("waits: replica lag: replica standby1 is ");
  expect_still(job);
  EXPECT_EQ(job.progress().pace.duty, 0);
  EXPECT_EQ(job.progress().pace.limited_by, "replica lag");
  replica.run("SELECT pg_wal_replay_resume()");
  job.wait_until_said("goes on after ");
  job.wait_until_running();
}

TEST_F(TroubledServer, ReplicaThatGoesAwayIsUnknownAndThatIsClosed) {
  begin({"wal_level=replica"});
  SignalOptions signals = nothing_watched();
  signals.replica_lag = 60s;
  signals.grace = 1s;
  std::optional<test::Standby> standby(std::in_place, *cluster);
  GovernedJob job(*db, test::copy_spec(), slow_job(signals));
  job.wait_until_batches(5);
  standby.reset();
  job.wait_until_said("replica standby1 has gone away");
  expect_still(job);
}

TEST_F(TroubledServer, LogicalSlotThatIsAboutToBeLost) {
  begin({"wal_level=logical", "max_slot_wal_keep_size=64MB", "max_wal_size=1GB"});
  SignalOptions signals = nothing_watched();
  signals.slot_bytes = 10LL << 30;
  auto session = db->session();
  session.run("SELECT pg_create_logical_replication_slot('consumer', 'pgoutput')");
  GovernedJob job(*db, test::copy_spec(), slow_job(signals));
  job.wait_until_batches(3);
  for (int megabyte = 0; megabyte < 58; ++megabyte) {
    session.run("SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000000))");
  }
  job.wait_until_said("waits: replication slots: slot consumer ");
  expect_still(job);
  session.run("SELECT pg_drop_replication_slot('consumer')");
  job.wait_until_said("goes on after ");
  job.wait_until_running();
}

/// Commits, one write after the other, until its end.
class Writer {
 public:
  explicit Writer(std::string conninfo)
      : thread_([this, conninfo = std::move(conninfo)] {
          auto session = postgres::Session::connect(conninfo, "test writer");
          while (!ending_) {
            session.run("SELECT txid_current()");  // takes a number, as a write does
          }
        }) {}
  Writer(Writer const&) = delete;
  Writer& operator=(Writer const&) = delete;
  ~Writer() {
    ending_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

TEST_F(TroubledServer, OthersWhoWriteAreSparedForAsLongAsTheyDo) {
  begin({});
  Options options = test::small_batches();
  options.steering.rates.rows = 4'000;
  options.target_beside = 2ms;
  GovernedJob job(*db, test::copy_spec(), options);
  job.wait_until_seen([](Progress const& now) { return !now.pace.beside; });
  {
    Writer const writer(db->conninfo());
    job.wait_until_seen([](Progress const& now) { return now.pace.beside; });
  }
  job.wait_until_seen([](Progress const& now) { return !now.pace.beside; });
}

/// Here since the WAL of everybody on the server counts, other tests' as well.
TEST_F(TroubledServer, WalPerSecondIsKept) {
  begin({});
  Options options = test::small_batches();
  options.min_rows = 10;
  options.first_rows = 100;
  options.max_rows = 10'000;
  double const rate = 1 << 20;
  options.steering.rates.wal = rate;
  auto session = db->session();
  auto const position = [&] {
    return session.run("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint").number(0, 0);
  };
  std::int64_t const from = position();
  auto const began = Clock::now();
  GovernedJob job(*db, test::copy_spec(), options);
  job.wait_until_batches(1);
  test::wait_until([&] { return position() - from > 3 << 20 || job.progress().finished; }, "3 MB");
  double const seconds = std::chrono::duration<double>(Clock::now() - began).count();
  EXPECT_GE(seconds, 3.0 - 1.0 - 0.7) << "3 MB at 1 MB/s";
}

TEST_F(TroubledServer, LongTransactionIsNamed) {
  begin({});
  SignalOptions signals = nothing_watched();
  signals.horizon_age = 2s;
  GovernedJob job(*db, test::copy_spec(), slow_job(signals));
  job.wait_until_batches(3);
  {
    auto other = postgres::Session::connect(db->conninfo(), "nightly report");
    auto transaction = other.begin();
    transaction.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    transaction.run("SELECT 1");
    job.wait_until_said(fmt::format(
        "waits: oldest snapshot: session {} of postgres (nightly report), idle in transaction"
        " has kept dead rows",
        other.backend_pid()));
    expect_still(job);
    transaction.commit();
  }
  job.wait_until_said("goes on after ");
  job.wait_until_running();
}

TEST_F(TroubledServer, ForcedCheckpointsInQuickSuccession) {
  begin({"max_wal_size=64MB", "min_wal_size=32MB"});
  SignalOptions signals = nothing_watched();
  signals.checkpoint_gap = 6s;
  GovernedJob job(*db, test::copy_spec(), slow_job(signals));
  job.wait_until_batches(3);
  auto session = db->session();
  auto const forced = [&] {
    return session
        .run(session.server_version() < 170000 ? "SELECT checkpoints_req FROM pg_stat_bgwriter"
                                               : "SELECT num_requested FROM pg_stat_checkpointer")
        .number(0, 0);
  };
  test::wait_until(
      [&] {
        session.run("SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000000))");
        return job.said().find("waits: checkpoints: checkpoints are forced every") !=
               std::string::npos;
      },
      "the job to wait for checkpoints", 60s);
  EXPECT_GE(forced(), 2);
  job.wait_until_said("goes on after ");
  job.wait_until_running();
}

TEST_F(TroubledServer, ArchiverThatFails) {
  begin({"wal_level=replica", "archive_mode=on", "archive_command=false"});
  SignalOptions signals = nothing_watched();
  signals.archive_bytes = 32 << 20;
  GovernedJob job(*db, test::copy_spec(), slow_job(signals));
  job.wait_until_batches(3);
  auto session = db->session();
  for (int segment = 0; segment < 3; ++segment) {
    session.run("SELECT pg_logical_emit_message(true, 'x', 'x')");
    session.run("SELECT pg_switch_wal()");
  }
  job.wait_until_waiting_for("of WAL wait to be archived");
  expect_still(job);
  session.run("ALTER SYSTEM SET archive_command = 'true'");
  session.run("SELECT pg_reload_conf()");
  job.wait_until_said("goes on after ");
  job.wait_until_running();
}

TEST_F(TroubledServer, ServerThatGoesDownAndComesBack) {
  begin({"fsync=on"});
  SignalOptions signals = nothing_watched();
  signals.query = "SELECT 0";
  signals.replica_lag = 10s;
  signals.grace = 1s;
  GovernedJob job(*db, test::copy_spec(), slow_job(signals));
  job.wait_until_batches(3);
  cluster->crash();
  job.wait_until_said("waits: signals: not readable for ");
  cluster->restart();
  job.wait_until_said("goes on after ");
  job.wait_until_running();
  EXPECT_EQ(job.said().find("replica"), std::string::npos) << "there never was one\n" << job.said();
}

}  // namespace
}  // namespace bellows::batcher::signals_crash_test
