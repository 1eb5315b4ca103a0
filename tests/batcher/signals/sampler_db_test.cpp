#include "batcher/signals/sampler.hpp"
#include "batcher/signals/watch.hpp"
#include "tests/support/beside.hpp"
#include "tests/support/own_cluster.hpp"
#include "tests/support/temp_database.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace bellows::batcher::sampler_db_test {
namespace {

using test::TempDatabase;

std::vector<std::string> const everything{
    Sampler::replicas,    Sampler::slots,   Sampler::archive,   Sampler::activity,
    Sampler::checkpoints, Sampler::horizon, Sampler::autovacuum};

class SamplerTest : public testing::Test {
 protected:
  TempDatabase db;
  postgres::Session session = db.session("bellows pace");
};

TEST_F(SamplerTest, EverythingIsReadInOneLook) {
  Sampler sampler(everything, "{}", "");
  Sample const sample = sampler.look(session);
  EXPECT_TRUE(sampler.take_refused().empty());
  EXPECT_FALSE(sample.standby);
  EXPECT_GT(sample.wal, 0);
  EXPECT_GT(sample.now, 1.7e9);
  EXPECT_TRUE(sample.replicas && sample.slots && sample.archiver && sample.active &&
              sample.checkpoints && sample.holders && sample.vacuums);
  EXPECT_GT(sample.checkpoints->max_wal_bytes, 0);
  EXPECT_EQ(sample.archiver->segment_bytes, 16 << 20);
}

TEST_F(SamplerTest, TimeOfDayIsThatOfTheZone) {
  auto const second = [&](char const* zone) {
    return Sampler({}, "{}", zone).look(session).second_of_day;
  };
  int const apart = (second("Etc/GMT-5") - second("Etc/GMT") + 24 * 3600) % (24 * 3600);
  EXPECT_NEAR(apart, 5 * 3600, 5);
}

TEST_F(SamplerTest, WithoutTheRightItIsLeftOutAndTold) {
  std::string const role = "r_" + db.name();
  db.run(fmt::format("CREATE ROLE {} LOGIN", role));
  {
    auto poor = postgres::Session::connect(db.conninfo() + " user=" + role, "bellows pace");
    Sampler sampler(everything, "{}", "");
    Sample const sample = sampler.look(poor);
    EXPECT_TRUE(sample.slots && sample.archiver && sample.checkpoints);
    EXPECT_FALSE(sample.replicas || sample.active || sample.holders || sample.vacuums);
    auto const refused = sampler.take_refused();
    ASSERT_EQ(refused.size(), 4U);
    EXPECT_EQ(refused[0].first, Sampler::replicas);
    EXPECT_NE(refused[0].second.find("GRANT pg_monitor"), std::string::npos);
    EXPECT_TRUE(sampler.take_refused().empty()) << "once";
  }
  db.run(fmt::format("GRANT pg_monitor TO {}", role));
  {
    auto rich = postgres::Session::connect(db.conninfo() + " user=" + role, "bellows pace");
    Sampler sampler(everything, "{}", "");
    EXPECT_TRUE(sampler.look(rich).holders.has_value());
    EXPECT_TRUE(sampler.take_refused().empty());
  }
  db.run(fmt::format("DROP ROLE {}", role));
}

TEST_F(SamplerTest, WhatTheServerRefusesIsLeftOutAndTheRestStays) {
  std::string const role = "h_" + db.name();
  db.run(
      fmt::format("CREATE ROLE {} LOGIN; GRANT pg_monitor TO {};"
                  "REVOKE SELECT ON pg_catalog.pg_replication_slots FROM PUBLIC",
                  role, role));
  auto hardened = postgres::Session::connect(db.conninfo() + " user=" + role, "bellows pace");
  Sampler sampler({Sampler::slots, Sampler::archive}, "{}", "");
  EXPECT_THROW(sampler.look(hardened), postgres::Failure);
  auto const refused = sampler.take_refused();
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].first, Sampler::slots);
  EXPECT_TRUE(sampler.look(hardened).archiver.has_value());
  db.run("GRANT SELECT ON pg_catalog.pg_replication_slots TO PUBLIC");
  { auto const gone = std::move(hardened); }
  db.run(fmt::format("DROP ROLE {}", role));
}

TEST_F(SamplerTest, ALongTransactionIsNamed) {
  auto other = postgres::Session::connect(db.conninfo(), "nightly report");
  auto transaction = other.begin();
  transaction.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  transaction.run("SELECT 1");
  Sampler sampler({Sampler::horizon}, "{}", "");
  Sample const sample = sampler.look(session);
  auto const named = std::ranges::find_if(*sample.holders, [&](HolderSample const& holder) {
    return holder.who.find(std::to_string(other.backend_pid())) != std::string::npos;
  });
  ASSERT_NE(named, sample.holders->end());
  EXPECT_NE(named->who.find("(nightly report), idle in transaction"), std::string::npos);
  EXPECT_TRUE(named->seconds.has_value());
}

TEST_F(SamplerTest, OursAreNotCounted) {
  auto ours = postgres::Session::connect(db.conninfo(), "bellows backfill");
  auto transaction = ours.begin();
  transaction.run("CREATE TABLE x ()");  // has a transaction id
  std::string const pid = std::to_string(ours.backend_pid());
  Sampler sampler({Sampler::horizon}, "{}", "");
  Sample const sample = sampler.look(session);
  for (HolderSample const& holder : *sample.holders) {
    EXPECT_EQ(holder.id.find("session " + pid + " "), std::string::npos);
  }
}

TEST_F(SamplerTest, WhoWaitsForUs) {
  db.run("CREATE TABLE t (id int)");
  auto holder = db.session();
  std::optional<postgres::Transaction> transaction(holder.begin());
  transaction->run("LOCK TABLE t IN ROW EXCLUSIVE MODE");
  EXPECT_TRUE(waiting_for(session, {holder.backend_pid()}).empty());
  auto waiter = db.session("application");
  test::Beside waits([&] { waiter.run("ALTER TABLE t ADD COLUMN more int"); },
                     [&] { transaction.reset(); });
  auto watcher = db.session();
  test::wait_until_blocked(watcher, waiter.backend_pid());
  auto const found = waiting_for(session, {holder.backend_pid()});
  EXPECT_EQ(found,
            (std::vector<std::pair<int, int>>{{waiter.backend_pid(), holder.backend_pid()}}));
  EXPECT_TRUE(waiting_for(session, {holder.backend_pid(), waiter.backend_pid()}).empty())
      << "lanes that wait for each other";
  transaction.reset();
  waits.join();
}

TEST_F(SamplerTest, TheUsersQuery) {
  EXPECT_EQ(ask(session, "SELECT true, 'busy'").utilisation, 1);
  EXPECT_EQ(ask(session, "SELECT true, 'busy'").why, "busy");
  EXPECT_EQ(ask(session, "SELECT false").utilisation, 0);
  EXPECT_EQ(ask(session, "SELECT 0.7").utilisation, 0.7);
  EXPECT_FALSE(ask(session, "SELECT NULL").utilisation);
  EXPECT_FALSE(ask(session, "SELECT 1 WHERE false").utilisation);
  EXPECT_FALSE(ask(session, "SELECT 'soon'").utilisation);
  EXPECT_THROW(ask(session, "CREATE TABLE written ()"), postgres::Failure) << "read-only";
  EXPECT_THROW(ask(session, "SELECT true; COMMIT"), postgres::Failure);
  EXPECT_EQ(db.value("SELECT to_regclass('written')"), "");
}

}  // namespace
}  // namespace bellows::batcher::sampler_db_test
