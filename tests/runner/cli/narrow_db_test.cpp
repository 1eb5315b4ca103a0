#include "tests/support/project.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

/// On a terminal of eighty columns no sentence is wider than that: the sample, from the first `up`
/// to the last contract, and what goes wrong on the way.
namespace bellows::test::narrow_db_test {
namespace {

constexpr std::size_t columns = 80;

std::size_t characters(std::string const& line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

class Narrow : public testing::Test {
 protected:
  void SetUp() override {
    namespace fs = std::filesystem;
    for (char const* part : {"migrations", "plans"}) {
      fs::copy(source_directory() / part, project.directory() / part,
               fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    }
  }
  /// Both streams of a command, as a terminal shows them.
  std::string said(std::vector<std::string> const& command) const {
    ::setenv("BELLOWS_TEST_COLUMNS", std::to_string(columns).c_str(), 1);
    Ran const ran = project.run(command);
    ::unsetenv("BELLOWS_TEST_COLUMNS");
    return ran.said + ran.answer;
  }
  /// A word that is wider by itself is not cut.
  void expect_narrow(std::string const& words) const {
    std::istringstream split(words);
    std::vector<std::string> command{std::istream_iterator<std::string>(split), {}};
    std::string const text = said(command);
    EXPECT_FALSE(text.empty()) << words;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      auto const begin = std::min(line.find_first_not_of(' '), line.size());
      bool const one_word = line.find(' ', begin) == std::string::npos;
      EXPECT_TRUE(one_word || characters(line) <= columns) << words << ": " << line;
    }
  }

  TempDatabase db;
  Project project{db.conninfo()};
};

TEST_F(Narrow, FromTheFirstUpToTheLastContract) {
  for (char const* command : {"status",
                              "up --release 2026-11-30.1",
                              "status",
                              "verify",
                              "pause",
                              "status",
                              "set lanes=2",
                              "set batch-target= lanes=",
                              "resume",
                              "contract --quiet-period 1h --gate-wait 0",
                              "up --release 2026-11-30.2 --quiet-period 1h --gate-wait 0",
                              "abort 20260301090000_rename",
                              "abort 20260301090000_rename_users_name",
                              "up",
                              "status",
                              "expand 20260301090000_rename_users_name",
                              "status",
                              "resume",
                              "contract --quiet-period 0",
                              "status",
                              "resume 4711",
                              "contract",
                              "pause nonsense"}) {
    expect_narrow(command);
  }
}

TEST_F(Narrow, WhatFails) {
  said({"up", "--to", "20260215090100_create_sessions"});
  db.run(
      "INSERT INTO users (email, name, password_hash) SELECT g || '@example.org', 'n', 'h' FROM "
      "generate_series(1, 200) g;"
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 150 THEN "
      "RAISE 'this row is not to be written, whoever it is that writes, and for whatever reason'; "
      "END IF; RETURN NEW; END $$;"
      "CREATE TRIGGER refuse BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse()");
  for (char const* command : {"up", "status", "resume --retry-dead-letters", "status"}) {
    expect_narrow(command);
  }
  project.migration("20260401000000_fails",
                    "CREATE INDEX CONCURRENTLY some_long_name_of_an_index ON sessions (user_id);\n"
                    "SELECT 1 / 0;\n");
  db.run("DROP TRIGGER refuse ON users");
  for (char const* command :
       {"resume --retry-dead-letters", "up", "status", "abort 20260401000000_fails"}) {
    expect_narrow(command);
  }
}

}  // namespace
}  // namespace bellows::test::narrow_db_test
