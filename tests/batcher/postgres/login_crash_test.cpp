#include "batcher/postgres/session.hpp"
#include "tests/support/own_cluster.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

namespace bellows::postgres::login_crash_test {
namespace {

// A cluster of its own, because the rules for logging in are the cluster's.
TEST(Login, WrongPasswordIsCannotConnectAndIsNotShown) {
  test::OwnCluster cluster;
  Session session = Session::connect(cluster.conninfo(), "test");
  session.run("CREATE ROLE alice LOGIN PASSWORD 'right-one'");
  session.run(
      "DO $$ BEGIN EXECUTE format('COPY (SELECT ''local all alice scram-sha-256'' UNION ALL"
      " SELECT ''local all all trust'') TO %L', current_setting('hba_file')); END $$");
  session.run("SELECT pg_reload_conf()");
  std::string const alice = cluster.conninfo() + " user=alice password=";
  std::string message;
  // The server's processes take the new rules when they notice the signal.
  test::wait_until(
      [&] {
        try {
          Session::connect(alice + "wrong-one", "test");
          return false;
        } catch (CannotConnect const& error) {
          message = error.what();
          return true;
        }
      },
      "the password to be asked for");
  EXPECT_NE(message.find("password authentication failed"), std::string::npos) << message;
  EXPECT_EQ(message.find("wrong-one"), std::string::npos) << message;
  EXPECT_TRUE(Session::connect(alice + "right-one", "test").alive());
}

TEST(Login, FullServerIsToldApart) {
  test::OwnCluster cluster(
      {"max_connections=4", "superuser_reserved_connections=0", "max_wal_senders=0"});
  std::vector<Session> sessions;
  try {
    for (int i = 0; i < 10; ++i) {
      sessions.push_back(Session::connect(cluster.conninfo(), "test"));
    }
    FAIL() << "no limit";
  } catch (CannotConnect const& error) {
    EXPECT_EQ(error.kind, FailureKind::Resources) << error.what();
    EXPECT_EQ(error.sqlstate, "53300");
  }
  EXPECT_EQ(sessions.size(), 4U);
}

}  // namespace
}  // namespace bellows::postgres::login_crash_test
