#include "planner/locks/effects.hpp"
#include "planner/locks/unknowable.hpp"
#include "planner/sql/parser/tree.hpp"
#include "planner/sql/statement.hpp"
#include "tests/support/project.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

/// tests/cases/manual/: one statement of each form of every command in the manuals of 18 and 19.
/// What the linked parser has and these lack is missing from them.
namespace bellows::sql::manual_test {
namespace {

namespace fs = std::filesystem;

std::string read(fs::path const& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<Statement> statements() {
  std::vector<fs::path> files;
  for (auto const& entry :
       fs::directory_iterator(test::source_directory() / "tests" / "cases" / "manual")) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Statement> all;
  for (fs::path const& file : files) {
    std::vector<RawStatement> raw = split(read(file));
    EXPECT_FALSE(raw.empty()) << file;
    for (RawStatement& one : raw) {
      all.push_back(parse(std::move(one)));
    }
  }
  return all;
}

int newest(Statement const& statement) {
  auto const found = std::ranges::max_element(statement.forms, {}, &Form::since);
  return found == statement.forms.end() ? 0 : found->since;
}

TEST(Manual, NothingOfItIsUnknown) {
  catalog::Catalog catalog;
  catalog.server_version = 19;
  std::size_t known = 0;
  for (Statement const& statement : statements()) {
    auto const* unparsed = std::get_if<Unparsed>(&statement.body);
    EXPECT_EQ(unparsed, nullptr) << statement.raw.text;
    bool const says = locks::effects_of(statement, catalog).known;
    bool const named = !locks::why_unknowable(statement.kind).empty();
    EXPECT_TRUE(says || named) << statement.kind << ": " << statement.raw.text;
    known += says ? 1U : 0U;
  }
  EXPECT_GT(known, 700U);
}

/// By number, of the parser's own header.
std::map<int, std::string> statement_tags() {
  std::map<int, std::string> tags;
  std::string const header = read(NODE_TAGS);
  std::regex const line(R"(T_(\w+Stmt) = (\d+),)");
  for (std::sregex_iterator at(header.begin(), header.end(), line), end; at != end; ++at) {
    tags.emplace(std::stoi((*at)[2]), (*at)[1]);
  }
  return tags;
}

/// Nodes that are called statements and are parts of others, or made by analysis alone.
std::set<std::string> const no_statements{
    "RawStmt",          "PlannedStmt", "ReturnStmt",         "PLAssignStmt",
    "SetOperationStmt", "QueryStmt",   "ReplicaIdentityStmt"};

TEST(Manual, EveryStatementOfTheGrammarIsThere) {
  std::map<int, std::string> missing = statement_tags();
  EXPECT_GT(missing.size(), 100U);
  for (Statement const& statement : statements()) {
    if (newest(statement) <= 18) {
      missing.erase(static_cast<int>(tree::parse(statement.raw.text).only()->type));
    }
  }
  for (auto const& [tag, name] : missing) {
    EXPECT_TRUE(no_statements.contains(name)) << name;
  }
}

}  // namespace
}  // namespace bellows::sql::manual_test
