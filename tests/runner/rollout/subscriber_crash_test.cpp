#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/own_cluster.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

/// A publisher and its subscriber: what the finding says to type there keeps it going.
namespace bellows::test::subscriber_crash_test {
namespace {

constexpr char const* users = "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);";

/// Two databases of one server with wal_level = logical; the subscription `feed` to publication
/// `feed`.
struct Pair {
  explicit Pair(std::string const& what) : project(publisher.conninfo()) {
    publisher.run(std::string(users) +
                  "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 500) g;"
                  "CREATE PUBLICATION feed FOR " +
                  what);
    // Within one server the slot is made first: CREATE SUBSCRIPTION would wait for itself.
    publisher.run("SELECT pg_create_logical_replication_slot('feed', 'pgoutput')");
    subscriber.run(users);
    subscriber.run(
        fmt::format("CREATE SUBSCRIPTION feed CONNECTION '{}' PUBLICATION feed WITH "
                    "(create_slot = false, slot_name = 'feed')",
                    publisher.conninfo()));
  }
  ~Pair() {
    try {
      subscriber.run("ALTER SUBSCRIPTION feed DISABLE");
      subscriber.run("ALTER SUBSCRIPTION feed SET (slot_name = NONE)");
      subscriber.run("DROP SUBSCRIPTION feed");
    } catch (std::exception const&) {  // the server goes as a whole
    }
  }
  Pair(Pair const&) = delete;
  Pair& operator=(Pair const&) = delete;

  /// From a file that knows of no publication.
  std::vector<std::string> plan() const {
    std::string const file = (project.directory() / "schema.sql").string();
    std::ofstream(file) << users;
    return {"plan", "--catalog", file};
  }

  /// Until the subscriber has what the publisher has, of `columns`; throws when it never comes.
  void wait_in_step(std::string const& columns) const {
    std::string const all = fmt::format(
        "SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY id), '')) FROM (SELECT id, {} FROM "
        "users) t",
        columns);
    wait_until([&] { return publisher.value(all) == subscriber.value(all); },
               "the subscriber to have " + columns);
  }

  OwnCluster cluster{{"wal_level=logical"}};
  TempDatabase publisher{cluster.conninfo()};
  TempDatabase subscriber{cluster.conninfo()};
  Project project;
};

std::string between(std::string const& text, std::string const& from, std::string const& to) {
  auto const at = text.find(from);
  if (at == std::string::npos) {
    return "";
  }
  auto const begin = at + from.size();
  return text.substr(begin, text.find(to, begin) - begin);
}

void must(Project const& project, std::vector<std::string> const& command) {
  Ran const ran = project.run(command);
  ASSERT_EQ(ran.code, 0) << ran.said << ran.answer;
}

void expect_refused(Pair const& pair) {
  Ran const refused = pair.project.run({"up"});
  EXPECT_EQ(refused.code, 11) << refused.said;
  EXPECT_NE(refused.said.find("bellows: subscriber ready"), std::string::npos) << refused.said;
  EXPECT_EQ(pair.publisher.value("SELECT to_regclass('bellows.migrations')"), "");
}

TEST(Subscriber, GoesOnThroughARenameWithWhatTheFindingSays) {
  for (std::string const what : {"TABLE users", "ALL TABLES", "TABLE users (id, name)"}) {
    SCOPED_TRACE(what);
    Pair const pair(what);
    pair.wait_in_step("name");
    if (what == "ALL TABLES") {  // the finding says it
      must(pair.project, {"resume", "--database-url", pair.subscriber.conninfo()});
    }
    pair.project.migration(rename_name, rename_sql);
    must(pair.project, pair.plan());
    expect_refused(pair);
    std::string const told =
        pair.project.run({"check", "--format", "json", "--database-url", pair.publisher.conninfo()})
            .answer;
    std::string const first = between(told, "On every subscriber first: ", "; after contract: ");
    std::string const at_end = between(told, "; after contract: ", "; then say");
    ASSERT_NE(first, "") << told;
    EXPECT_EQ(told.find("bellows resume --database-url SUBSCRIBER") != std::string::npos,
              what == "ALL TABLES");
    pair.subscriber.run(first);
    pair.project.migration(rename_name, std::string("-- bellows: subscriber ready\n") + rename_sql);
    must(pair.project, pair.plan());
    must(pair.project, {"up"});
    pair.publisher.run("INSERT INTO users (id, name) VALUES (1001, 'old application')");
    pair.publisher.run("INSERT INTO users (id, display_name) VALUES (1002, 'new application')");
    pair.wait_in_step("name");
    must(pair.project, {"contract", "--quiet-period", "0"});
    pair.publisher.run("INSERT INTO users VALUES (1003, 'after contract')");
    pair.publisher.run("UPDATE users SET display_name = 'later' WHERE id = 7");
    wait_until(
        [&] {
          return pair.subscriber.value("SELECT display_name FROM users WHERE id = 7") == "later";
        },
        "a change after contract");
    pair.subscriber.run(at_end);
    pair.wait_in_step("display_name");
    EXPECT_EQ(pair.subscriber.value("SELECT count(*) FROM users"), "503");
  }
}

TEST(Subscriber, GoesOnThroughAnAddedColumn) {
  Pair const pair("TABLE users");
  pair.project.migration("1_phone", "ALTER TABLE users ADD COLUMN phone text DEFAULT '-';\n");
  expect_refused(pair);
  pair.subscriber.run("ALTER TABLE users ADD COLUMN phone text DEFAULT '-'");
  pair.project.migration("1_phone",
                         "-- bellows: subscriber ready\n"
                         "ALTER TABLE users ADD COLUMN phone text DEFAULT '-';\n");
  must(pair.project, {"up"});
  pair.publisher.run("UPDATE users SET phone = '5' WHERE id = 5");
  pair.wait_in_step("name, phone");
}

TEST(Subscriber, WithoutTheNewColumnStops) {
  Pair const pair("TABLE users");
  pair.wait_in_step("name");
  pair.publisher.run("ALTER TABLE users ADD COLUMN phone text");
  pair.publisher.run("UPDATE users SET phone = '5' WHERE id = 5");
  auto log = pair.publisher.session();
  wait_until(
      [&] {
        return log.run("SELECT pg_read_file('" + pair.cluster.directory() + "/log')")
                   .text(0, 0)
                   .find("is missing replicated column: \"phone\"") != std::string::npos;
      },
      "the subscriber to stop");
  pair.subscriber.run("ALTER TABLE users ADD COLUMN phone text");
  pair.wait_in_step("name, phone");
}

}  // namespace
}  // namespace bellows::test::subscriber_crash_test
