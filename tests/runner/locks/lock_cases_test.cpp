#include "tests/runner/locks/lock_cases.hpp"

#include "planner/locks/table.hpp"
#include "planner/sql/statement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

/// The statements that are tried on servers are of every kind that the table has.
namespace bellows::locks::lock_cases_test {
namespace {

std::string replaced_database(std::string_view text) {
  std::string result(text);
  auto const at = result.find("{database}");
  return at == std::string::npos ? result : result.replace(at, 10, "d");
}

void add_kinds(std::set<std::string, std::less<>>& kinds, sql::Statement const& statement) {
  kinds.insert(statement.kind);
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  if (alter == nullptr || alter->commands.size() < 2) {
    return;
  }
  for (sql::AlterTableCommand const& command : alter->commands) {
    kinds.insert(statement.kind + " " + command.kind);
  }
}

TEST(LockTableCases, ExecuteEveryKindThatTheTableHas) {
  std::set<std::string, std::less<>> kinds;
  kinds.insert("ALTER TABLE DETACH PARTITION FINALIZE");  // SaysWhatEndsAnInterruptedDetach
  for (std::string_view const text : cases::without_relations) {
    add_kinds(kinds, sql::parse_one(text));
  }
  for (cases::Following const& one : cases::following) {
    add_kinds(kinds, sql::parse_one(one.statement));
  }
  for (cases::Aside const& one : cases::asides) {
    add_kinds(kinds, sql::parse_one(replaced_database(one.statement)));
  }
  for (std::string_view const text : cases::transactional) {
    add_kinds(kinds, sql::parse_one(text));
  }
  for (std::string_view const text : cases::columns) {
    add_kinds(kinds, sql::parse_one(text));
  }
  for (cases::Versioned const& one : cases::versioned) {
    add_kinds(kinds, sql::parse_one(one.statement));
  }
  for (cases::Alone const& one : cases::alone) {
    add_kinds(kinds, sql::parse_one(replaced_database(one.statement)));
  }
  for (Row const& row : rows()) {
    EXPECT_TRUE(kinds.contains(row.kind)) << row.kind << " has no statement that tries it";
  }
}

TEST(LockTableCases, ConductsBelongToKindsOfTheTable) {
  for (Conduct const& conduct : conducts()) {
    bool const known = std::ranges::find(rows(), conduct.kind, &Row::kind) != rows().end();
    EXPECT_TRUE(known) << conduct.kind;
  }
}

}  // namespace
}  // namespace bellows::locks::lock_cases_test
