#include "batcher/postgres/session.hpp"
#include "tests/support/own_cluster.hpp"
#include "tests/support/project.hpp"
#include "tests/support/wait.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

/// Connecting as a user sees it: exit code 3, a message that says which server, and no password in
/// any form. A cluster of its own, because the rules for logging in are the cluster's.
namespace bellows::test::connection_crash_test {
namespace {

constexpr char const* password = "Pa55-w0rd";
constexpr char const* part_of_it = "w0rd";

std::vector<std::vector<std::string>> const connecting{
    {"up"},      {"up", "-v"},     {"expand", "1_a"}, {"contract"},
    {"resume"},  {"abort", "1_a"}, {"status"},        {"status", "--format", "json"},
    {"snapshot"}};

void expect_cannot_connect(std::string const& conninfo, std::string const& words) {
  Project const project(conninfo);
  project.migration("1_a", "CREATE TABLE a (id int PRIMARY KEY);");
  auto commands = connecting;
  commands.push_back({"plan", "--database-url", conninfo});
  commands.push_back({"check", "--database-url", conninfo});
  for (auto const& command : commands) {
    Ran const ran = project.run(command);
    EXPECT_EQ(ran.code, 3) << command.front() << ": " << ran.said;
    EXPECT_NE(ran.said.find(words), std::string::npos) << command.front() << ": " << ran.said;
    EXPECT_NE(ran.said.find("next: "), std::string::npos) << ran.said;
    EXPECT_EQ((ran.said + ran.answer).find(part_of_it), std::string::npos)
        << command.front() << " shows the password: " << ran.said;
  }
}

class Passwords : public testing::Test {
 protected:
  Passwords() {
    auto session = postgres::Session::connect(cluster_.conninfo(), "test");
    session.run(fmt::format("CREATE ROLE alice LOGIN PASSWORD 'right-{}'", password));
    session.run("CREATE DATABASE there");
    session.run(
        "DO $$ BEGIN EXECUTE format('COPY (SELECT ''local all alice scram-sha-256'' UNION ALL"
        " SELECT ''local all all trust'') TO %L', current_setting('hba_file')); END $$");
    session.run("SELECT pg_reload_conf()");
    wait_until([&] { return refuses(); }, "the password to be asked for");
  }

  std::string host() const {
    std::string const conninfo = cluster_.conninfo();
    return conninfo.substr(5, conninfo.find(' ') - 5);
  }
  std::string words(std::string const& pass) const {
    return fmt::format("host={} user=alice password={} dbname=there", host(), pass);
  }
  std::string uri(std::string const& pass) const {
    std::string encoded;
    for (char const c : host()) {
      encoded += c == '/' ? "%2F" : std::string(1, c);
    }
    return fmt::format("postgresql://alice:{}@/there?host={}", pass, encoded);
  }

 private:
  bool refuses() const {
    try {
      postgres::Session::connect(words("no"), "test");
      return false;
    } catch (postgres::CannotConnect const&) {
      return true;
    }
  }

  OwnCluster cluster_;
};

TEST_F(Passwords, AreNeverShown) {
  expect_cannot_connect(words(password), "password authentication failed");
  expect_cannot_connect(uri(password), "password authentication failed");
  Project const project(words(std::string{"right-"} + password));
  project.migration("1_a", "CREATE TABLE a (id int PRIMARY KEY);");
  EXPECT_EQ(project.run({"snapshot"}).code, 0);
  for (auto const& command : {std::vector<std::string>{"status", "-v"},
                              {"status", "--format", "json"},
                              {"status", "--explain-config"}}) {
    Ran const ran = project.run(command);
    EXPECT_EQ(ran.code, 0) << ran.said;
    EXPECT_EQ((ran.said + ran.answer).find(part_of_it), std::string::npos)
        << ran.said << ran.answer;
  }
}

TEST_F(Passwords, AreNotShownByAMalformedConnectionString) {
  std::string const secret = password;
  for (std::string const& malformed : {
           "postgresql://alice:" + secret + "@host:port/there",
           "postgresql://alice:" + secret + "@@host/there",
           "postgresql://alice:x@" + secret + "@host/there",
           "postgresql://alice:x/" + secret + "@host/there",
           "postgresql://alice:x?" + secret + "@host/there",
           "postgresql://alice:%zz" + secret + "@host/there",
           "postgresql://alice:" + secret + "@[::1/there",
           "postgres://alice:" + secret + "@host/there?nonsense=1",
           "host=h password='" + secret,
           "host=h password=x " + secret,
           "host=h pasword=" + secret,
       }) {
    Project const project(malformed);
    project.migration("1_a", "CREATE TABLE a (id int PRIMARY KEY);");
    for (auto const& command : connecting) {
      Ran const ran = project.run(command);
      EXPECT_EQ(ran.code, 3) << malformed << ": " << ran.said;
      EXPECT_EQ((ran.said + ran.answer).find(part_of_it), std::string::npos) << ran.said;
    }
  }
}

TEST_F(Passwords, ADatabaseThatIsNotThere) {
  expect_cannot_connect(fmt::format("host={} user=postgres dbname=elsewhere", host()),
                        "database \"elsewhere\" does not exist");
}

TEST(Connection, AServerThatCannotBeReached) {
  expect_cannot_connect(
      fmt::format("host=/tmp/bellows-nowhere user=a dbname=b password={}", password),
      "/tmp/bellows-nowhere");
  expect_cannot_connect("postgresql://a:b@127.0.0.1:1/c", "127.0.0.1");
}

}  // namespace
}  // namespace bellows::test::connection_crash_test
