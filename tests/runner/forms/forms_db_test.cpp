#include "planner/sql/refused_form.hpp"
#include "tests/planner/sql/form_examples.hpp"
#include "tests/support/project.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

/// Which server's grammar takes which form, against servers: `scripts/matrix` runs it on all.
namespace bellows::sql::forms_db_test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view syntax_error = "42601";

/// Empty where it runs.
template <typename Runner>
std::string state_of(Runner& runner, std::string_view statement) {
  try {
    runner.run(statement);
    return "";
  } catch (postgres::Failure const& failure) {
    return failure.sqlstate;
  }
}

/// A transaction that has failed: the server still parses what it gets, and does nothing of it.
postgres::Transaction failed(postgres::Session& session) {
  postgres::Transaction transaction = session.begin();
  EXPECT_EQ(state_of(transaction, "SELECT 1 / 0"), "22012");
  return transaction;
}

bool ends_transaction(Statement const& statement) {
  constexpr std::string_view kinds[] = {"COMMIT", "ROLLBACK", "ROLLBACK TO SAVEPOINT",
                                        "PREPARE TRANSACTION"};
  return std::ranges::find(kinds, statement.kind) != std::end(kinds);
}

class Forms : public testing::Test {
 protected:
  int version() const { return session_.server_version() / 10'000; }

  test::TempDatabase database_;
  postgres::Session session_ = database_.session();
};

TEST_F(Forms, AreTakenSinceTheVersionThatIsTold) {
  postgres::Transaction transaction = failed(session_);
  for (examples::Example const& one : examples::of_grammar) {
    std::string const state = state_of(transaction, one.statement);
    EXPECT_EQ(state == syntax_error, version() < one.since) << one.statement << ": " << state;
  }
}

// What 13 and 14 take for a label, 15 refuses, and 16 and newer read as they should.
TEST_F(Forms, NumbersAreCutInTwoWhereThatIsTold) {
  for (auto const& [text, value] :
       {std::pair("SELECT 1_000", "1000"), std::pair("SELECT -1_000 ORDER BY 1", "-1000"),
        std::pair("SELECT 0x1F", "31"), std::pair("SELECT 1_0e1", "100"),
        std::pair("WITH w AS (SELECT 0b11) SELECT * FROM w", "3"),
        std::pair("SELECT 1_000 AS a", "1000"), std::pair("SELECT (1_000)", "1000"),
        std::pair("SELECT 1_000 + 1", "1001"), std::pair("SELECT 1_000.5", "1000.5"),
        std::pair("VALUES (1_000)", "1000")}) {
    Statement const statement = parse_one(text);
    ASSERT_FALSE(statement.forms.empty()) << text;
    std::string const state = state_of(session_, text);
    EXPECT_EQ(state == syntax_error, refused_form(statement, version()) != nullptr) << text;
    bool const other = state.empty() && session_.run(text).text(0, 0) != value;
    EXPECT_EQ(has_another_meaning(statement.forms[0], version()), other) << text;
  }
}

std::string filled(std::string_view text) {
  std::string result(text);
  for (auto const& [mark, words] :
       {std::pair("{quiet}", "s CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false"),
        std::pair("{made}", "made")}) {
    if (auto const at = result.find(mark); at != std::string::npos) {
      result.replace(at, std::string_view(mark).size(), words);
    }
  }
  return result;
}

TEST_F(Forms, OfCommandsLikewise) {
  session_.run("CREATE TABLE present (a text)");
  session_.run("CREATE PUBLICATION there");
  for (examples::Example const& one : examples::of_commands) {
    std::string const statement = filled(one.statement);
    std::string state;
    if (statement.starts_with("CREATE DATABASE")) {  // of one that is there already
      state = state_of(session_, statement);
    } else {
      postgres::Transaction transaction = session_.begin();
      transaction.run(
          "CREATE SUBSCRIPTION made CONNECTION 'dbname=none' PUBLICATION p WITH (connect "
          "= false)");
      state = state_of(transaction, statement);
    }
    EXPECT_EQ(state == syntax_error, version() < one.since) << statement << ": " << state;
  }
}

// The other way round: what a server refuses is told.
TEST_F(Forms, OfTheManualAreAllTold) {
  postgres::Transaction transaction = failed(session_);
  std::size_t tried = 0;
  for (auto const& entry :
       fs::directory_iterator(test::source_directory() / "tests" / "cases" / "manual")) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    for (RawStatement& raw : split(text.str())) {
      Statement const statement = parse(std::move(raw));
      if (ends_transaction(statement)) {
        continue;
      }
      std::string const state = state_of(transaction, statement.raw.text);
      bool const refused = state == syntax_error || state == "0A000";
      EXPECT_TRUE(state == "25P02" || refused) << statement.raw.text << ": " << state;
      bool const told = refused_form(statement, version()) != nullptr;
      EXPECT_TRUE(told || state != syntax_error) << statement.raw.text;
      ++tried;
    }
  }
  EXPECT_GT(tried, 700U);
}

}  // namespace
}  // namespace bellows::sql::forms_db_test
