#include "planner/catalog/replay.hpp"
#include "planner/rules/asked_rules.hpp"
#include "planner/rules/preconditions/precondition.hpp"
#include "planner/sql/migration.hpp"
#include "tests/runner/preconditions/bounds_cases.hpp"
#include "tests/runner/preconditions/column_cases.hpp"
#include "tests/runner/preconditions/made_cases.hpp"
#include "tests/runner/preconditions/object_cases.hpp"
#include "tests/runner/preconditions/partition_cases.hpp"
#include "tests/runner/preconditions/table_cases.hpp"
#include "tests/runner/preconditions/type_cases.hpp"

#include <gtest/gtest.h>

#include <set>
#include <span>
#include <string>

/// What a review does not ask of a statement, because of its subject, has nothing to say of it: all
/// the same questions are put to all the statements that are tried on real servers.
namespace bellows::rules::asked_of_test {
namespace {

using cases::Line;

struct Seen {
  std::set<preconditions::Precondition const*> rows;
  std::set<std::string_view> rules;
};

void ask_rows(sql::Statement const& statement, sql::AlterTableCommand const* command,
              catalog::Catalog const& catalog, Seen& seen) {
  auto const targets = locks::targets_of(statement, catalog);
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  locks::Facts const facts{statement, catalog, targets, alter, command};
  for (preconditions::Precondition const* row : preconditions::all_rows()) {
    if (row->broken(facts)) {
      seen.rows.insert(row);
      EXPECT_TRUE(meet(row->asked_of, sql::subject_of(statement, command)))
          << statement.raw.text << ": " << row->because;
    }
  }
}

void ask_rules(sql::Statement const& statement, sql::AlterTableCommand const* command,
               catalog::Catalog const& catalog, Seen& seen) {
  locks::Effects const effects = locks::effects_of(statement, catalog);
  sql::Directives const directives;
  Question const question{statement, effects, directives, catalog, command};
  for (auto const& [rule, of] : asked_rules()) {
    if (rule.recognise(question)) {
      seen.rules.insert(rule.id);
      EXPECT_TRUE(meet(of, sql::subjects_of(statement, command)))
          << statement.raw.text << ": " << rule.id;
    }
  }
}

void ask(sql::Statement const& statement, catalog::Catalog const& catalog, Seen& seen) {
  ask_rules(statement, nullptr, catalog, seen);
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  if (alter == nullptr) {
    return ask_rows(statement, nullptr, catalog, seen);
  }
  for (sql::AlterTableCommand const& command : alter->commands) {
    ask_rows(statement, &command, catalog, seen);
    ask_rules(statement, &command, catalog, seen);
  }
}

void ask_all(std::span<Line const> scene, std::span<Line const> lines, int version, Seen& seen) {
  catalog::Catalog before;
  before.server_version = version;
  before.complete = true;
  before.extended = false;
  for (Line const& line : scene) {
    if (line.since <= version) {
      catalog::replay_text(before, line.sql);
    }
  }
  before.complete = true;
  for (Line const& line : lines) {
    catalog::Catalog catalog = before;
    for (sql::Statement const& statement : sql::read_migration("m", "m.sql", line.sql).up) {
      ask(statement, catalog, seen);
      catalog::replay(catalog, statement);
    }
  }
}

TEST(AskedOf, LeavesOutWhatHasNothingToSay) {
  Seen seen;
  for (int const version : {13, 15, 18, 19}) {
    ask_all(cases::tables::scene, cases::tables::statements, version, seen);
    ask_all(cases::columns::scene, cases::columns::statements, version, seen);
    ask_all(cases::made::scene, cases::made::statements, version, seen);
    ask_all(cases::objects::scene, cases::objects::statements, version, seen);
    ask_all(cases::partitions::scene, cases::partitions::statements, version, seen);
    ask_all(cases::types::scene, cases::types::statements, version, seen);
    ask_all(cases::bounds::scene, cases::bounds::statements, version, seen);
  }
  std::size_t const all = preconditions::all_rows().size();
  EXPECT_GT(seen.rows.size(), all * 8 / 10) << "of " << all;
  EXPECT_GT(seen.rules.size(), 30U);
}

}  // namespace
}  // namespace bellows::rules::asked_of_test
