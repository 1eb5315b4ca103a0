#include "batcher/job/job.hpp"
#include "tests/support/governed_job.hpp"
#include "tests/support/job_bench.hpp"
#include "tests/support/own_cluster.hpp"
#include "tests/support/standby.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <pwd.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/// What happens to servers: they fail over, fill up, are full of others, and lose patience.
namespace bellows::batcher::servers_crash_test {
namespace {

using namespace std::chrono_literals;
using test::GovernedJob;
using test::OwnCluster;
using test::Standby;
using test::TempDatabase;

// Not idempotent on purpose: a row written twice would show.
Spec counting_spec() {
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("copy"), "upper(name) || coalesce(copy, '')"}};
  return spec;
}

Observer at_batch(int number, std::function<void()> act) {
  return [number, act = std::move(act), count = 0](Event const& event) mutable {
    if (event.what == "batch committed" && ++count == number) {
      act();
    }
  };
}

// Whichever of them answers first.
std::string either(OwnCluster const& primary, Standby const& standby) {
  std::string const other = standby.conninfo();  // host=DIR user=…
  return fmt::format("host={},{}", primary.directory(), other.substr(5));
}

void wait_until_replayed(OwnCluster const& primary, Standby const& standby) {
  auto at_primary = postgres::Session::connect(primary.conninfo(), "test");
  auto at_standby = postgres::Session::connect(standby.conninfo(), "test");
  std::string const position = at_primary.run("SELECT pg_current_wal_insert_lsn()").text(0, 0);
  test::wait_until(
      [&] {
        return at_standby.run("SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn", {position})
            .truth(0, 0);
      },
      "the standby to catch up");
}

TEST(Servers, StandbyThatAnswersForThePrimaryIsNotWrittenTo) {
  OwnCluster primary;
  Standby const standby(primary);
  TempDatabase db(either(primary, standby));
  test::make_ledger(db);
  test::make_counted_table(db, 80);
  wait_until_replayed(primary, standby);
  GovernedJob job(db.conninfo(), counting_spec(), test::small_batches(),
                  at_batch(3, [&] { primary.crash(); }));
  job.wait_until_waiting_for("server is read-only");
  primary.restart();
  job.expect_finished();
  test::expect_each_row_written_once(db);
}

// An asynchronous standby takes over that has not got the last batches: they are done again there,
// and nothing else is.
TEST(Servers, PromotedStandbyThatLacksTheLastBatches) {
  OwnCluster primary;
  Standby standby(primary);
  TempDatabase db(either(primary, standby));
  test::make_ledger(db);
  test::make_counted_table(db, 120);
  auto const cut_off = [&] {
    wait_until_replayed(primary, standby);
    auto session = postgres::Session::connect(standby.conninfo(), "test");
    session.run("ALTER SYSTEM SET primary_conninfo = ''");
    session.run("SELECT pg_reload_conf()");
    test::wait_until(
        [&] { return session.run("SELECT count(*) FROM pg_stat_wal_receiver").number(0, 0) == 0; },
        "the standby to be cut off");
  };
  std::string batches_at_the_end_of_the_primary;
  auto const fail_over = [&] {
    batches_at_the_end_of_the_primary = db.value("SELECT batch FROM bellows.lanes");
    primary.crash();
    standby.promote();
  };
  std::string batches_of_the_standby;
  int count = 0;
  GovernedJob job(db.conninfo(), counting_spec(), test::small_batches(), [&](Event const& event) {
    if (event.what == "batch committed" && ++count == 3) {
      cut_off();
    } else if (event.what == "batch committed" && count == 7) {
      fail_over();
    } else if (event.what == "checkpoint read") {
      batches_of_the_standby = db.value("SELECT batch FROM bellows.lanes");
    }
  });
  job.expect_finished();
  EXPECT_EQ(batches_at_the_end_of_the_primary, "7");
  EXPECT_EQ(batches_of_the_standby, "3");
  test::expect_each_row_written_once(db);
  EXPECT_EQ(db.value("SELECT rows_written FROM bellows.lanes"), "120");
}

class OneServer : public testing::Test {
 protected:
  OneServer() {
    test::make_ledger(db);
    test::make_counted_table(db, 60);
  }

  OwnCluster const cluster;
  TempDatabase db{cluster.conninfo()};
};

// A file system of a few megabytes; nothing where we may not mount.
class SmallDisk {
 public:
  explicit SmallDisk(std::string directory) : directory_(std::move(directory)) {
    ::mkdir(directory_.c_str(), 0700);
    passwd const* const owner = ::getpwnam("postgres");
    mounted_ = ::getuid() == 0 && owner != nullptr &&
               ::mount("tmpfs", directory_.c_str(), "tmpfs", 0, "size=3m") == 0 &&
               ::chown(directory_.c_str(), owner->pw_uid, owner->pw_gid) == 0;
  }
  SmallDisk(SmallDisk const&) = delete;
  SmallDisk& operator=(SmallDisk const&) = delete;
  ~SmallDisk() {
    if (mounted_) {
      ::umount2(directory_.c_str(), MNT_DETACH);
    }
    ::rmdir(directory_.c_str());
  }
  bool mounted() const { return mounted_; }
  void grow() const {
    ASSERT_EQ(::mount("tmpfs", directory_.c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0);
  }
  std::string const& directory() const { return directory_; }

 private:
  std::string directory_;
  bool mounted_ = false;
};

TEST_F(OneServer, FullDiskIsWaitedFor) {
  SmallDisk const disk(fmt::format("/tmp/bellows-disk-{}", ::getpid()));
  if (!disk.mounted()) {
    GTEST_SKIP() << "may not mount a file system here";
  }
  db.run("INSERT INTO t SELECT i, 'name ' || i FROM generate_series(61, 10000) i");
  db.session().run("CREATE TABLESPACE small LOCATION '" + disk.directory() + "'");
  db.session().run("ALTER TABLE t SET TABLESPACE small");
  Options options = test::small_batches(500);
  options.vacuum_share = 0;
  db.session().run("ALTER TABLE t ADD filler text");
  db.session().run(
      "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN NEW.filler := repeat(md5(NEW.id::text), 20); RETURN NEW; END'");
  db.session().run("CREATE TRIGGER a_fill BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION fill()");
  {
    GovernedJob job(db, counting_spec(), options);
    job.wait_until_waiting_for("No space left on device");
    EXPECT_NE(db.value("SELECT batch FROM bellows.lanes"), "0");
    disk.grow();
    job.expect_finished();
  }
  test::expect_each_row_written_once(db);
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.dead_letters"), "0");
  db.session().run("DROP TABLE t");  // else the mount is busy
}

TEST_F(OneServer, FullOfConnectionsIsWaitedFor) {
  db.run(
      "CREATE ROLE mover LOGIN CONNECTION LIMIT 1; GRANT ALL ON SCHEMA bellows, public TO mover;"
      "GRANT ALL ON ALL TABLES IN SCHEMA bellows, public TO mover");
  std::string const conninfo =
      fmt::format("host={} user=mover dbname={}", cluster.directory(), db.name());
  std::optional<postgres::Session> occupant;
  auto const throw_out = [&] {
    db.value(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE usename = 'mover'");
    occupant.emplace(postgres::Session::connect(conninfo, "somebody else"));
  };
  GovernedJob job(conninfo, counting_spec(), test::small_batches(), at_batch(2, throw_out));
  job.wait_until_waiting_for("too many connections for role");
  occupant.reset();
  job.expect_finished();
  test::expect_each_row_written_once(db);
}

// Its batch is rolled back by the server, its locks are gone; it goes on where it was.
TEST_F(OneServer, StalledClientIsThrownOutAndComesBack) {
  Options options = test::small_batches();
  options.idle_timeout = 200ms;
  std::vector<std::string> stalled;
  GovernedJob job(db.conninfo(), counting_spec(), options, [&](Event const& event) {
    bool const here = event.what == "rows locked" || event.what == "checkpoint written";
    if (here && stalled.size() < 2 &&
        std::find(stalled.begin(), stalled.end(), event.what) == stalled.end()) {
      stalled.emplace_back(event.what);
      test::wait_until(
          [&] {
            return db.value(
                       "SELECT count(*) FROM pg_stat_activity"
                       " WHERE application_name = 'bellows backfill'") == "0";
          },
          "the server to lose patience");
    }
  });
  job.expect_finished();
  EXPECT_EQ(stalled.size(), 2U);
  test::expect_each_row_written_once(db);
}

// What a trigger of the user's raises is taken at its word.
TEST_F(OneServer, LimitsThatPassAreWaitedFor) {
  db.run(
      "CREATE TABLE tries (at timestamptz DEFAULT clock_timestamp());"
      "CREATE SEQUENCE fails;"
      "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " IF NEW.id = 35 AND nextval('fails') <= 4 THEN"
      " RAISE EXCEPTION 'no room' USING ERRCODE = "
      "  (ARRAY['53100', '53400', '40001', '57014'])[currval('fails')]; END IF;"
      " RETURN NEW; END $$;"
      "CREATE TRIGGER a_fail BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION fail()");
  GovernedJob job(db, counting_spec(), test::small_batches());
  job.expect_finished();
  EXPECT_GE(std::stoi(db.value("SELECT last_value FROM fails")), 5);
  test::expect_each_row_written_once(db);
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.dead_letters"), "0");
}

}  // namespace
}  // namespace bellows::batcher::servers_crash_test
