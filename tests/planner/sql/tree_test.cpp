#include "planner/sql/parser/tree.hpp"

#include "tests/planner/sql/grammar_examples.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>

namespace bellows::sql::tree::tree_test {
namespace {

using nlohmann::json;

/// How often each type of node occurs; those whose type the library's JSON does not say are "".
using Counts = std::map<std::string, std::size_t>;

std::size_t total(Counts const& counts) {
  std::size_t sum = 0;
  for (auto const& [type, count] : counts) {
    sum += count;
  }
  return sum;
}

void count(json const& value, Counts& counts);

void count_members(json const& value, Counts& counts) {
  for (auto const& [name, member] : value.items()) {
    count(member, counts);
  }
}

/// {"SelectStmt": {…}} is a node that says its type, {…} one whose field tells it.
bool says_type(json const& value) {
  if (value.size() != 1 || !value.begin().value().is_object()) {
    return false;
  }
  char const first = value.begin().key()[0];
  return first >= 'A' && first <= 'Z';
}

void count(json const& value, Counts& counts) {
  if (value.is_array()) {
    for (json const& item : value) {
      if (!item.empty()) {  // a null in a list
        count(item, counts);
      }
    }
  } else if (value.is_object() && says_type(value)) {
    std::string const& type = value.begin().key();
    if (type == "List") {
      count_members(value.begin().value(), counts);
      return;
    }
    ++counts[type];
    if (type != "A_Const") {  // what it holds is within it
      count_members(value.begin().value(), counts);
    }
  } else if (value.is_object()) {
    ++counts[""];
    count_members(value, counts);
  }
}

Counts counts_of_library(std::string const& text) {
  PgQueryParseResult const result = pg_query_parse(text.c_str());
  Counts counts;
  count(json::parse(result.parse_tree)["stmts"][0]["stmt"], counts);
  pg_query_free_parse_result(result);
  return counts;
}

Counts counts_of_walk(Node const& root) {
  Counts counts;
  walk(root, [&](Node const& node) {
    ++counts[std::string(type_name(node))];
    return true;
  });
  return counts;
}

TEST(Tree, AWalkReachesWhatTheLibraryWrites) {
  for (RawStatement const& example : split(grammar_examples)) {
    SCOPED_TRACE(example.text);
    Parsed const parsed = parse(example.text);
    ASSERT_NE(parsed.only(), nullptr);
    Counts expected = counts_of_library(example.text);
    Counts const walked = counts_of_walk(*parsed.only());
    // Its CREATE TABLE is written as a node, and is the first part of the other.
    bool const two_in_one = is<CreateForeignTableStmt>(parsed.only());
    EXPECT_EQ(total(walked), total(expected) - (two_in_one ? 1 : 0));
    expected.erase("");
    for (auto const& [type, times] : expected) {
      auto const found = walked.find(type);
      EXPECT_GE(found == walked.end() ? 0 : found->second, times) << type;
    }
  }
}

std::set<std::string> types_of_examples() {
  std::set<std::string> types;
  for (RawStatement const& example : split(grammar_examples)) {
    Parsed const parsed = parse(example.text);
    for (auto const& [type, count] : counts_of_walk(*parsed.only())) {
      types.insert(type);
    }
  }
  return types;
}

std::set<std::string> const listed = {
#define NODE(type, ...) #type,
#include "planner/sql/parser/node_fields.inc"
#undef NODE
};

TEST(Tree, TheExamplesHaveEveryNodeThatIsListed) {
  std::set<std::string> const seen = types_of_examples();
  for (std::string const& type : listed) {
    bool const held_only = type == "BitString" || type == "RawStmt";  // in A_Const; around all
    EXPECT_EQ(seen.contains(type), !held_only) << type;
  }
}

/// NODE_TAGS is the header of the parser that is linked.
TEST(Tree, EveryStatementOfTheGrammarIsListed) {
  std::set<std::string> const of_analysis = {"PLAssignStmt", "PlannedStmt", "SetOperationStmt"};
  std::ifstream header(NODE_TAGS);
  std::regex const tag("\\s*T_(\\w+Stmt) = .*");
  int found = 0;
  for (std::string line; std::getline(header, line);) {
    std::smatch match;
    if (std::regex_match(line, match, tag)) {
      ++found;
      EXPECT_TRUE(listed.contains(match[1]) || of_analysis.contains(match[1])) << match[1];
    }
  }
  EXPECT_GT(found, 100);
}

std::string deparsed(Parsed const& parsed) {
  return deparse(*parsed.only());
}

TEST(Tree, SeveralAreAliveAndEndInAnyOrder) {
  Parsed first = parse("SELECT a FROM t");
  std::optional<Parsed> second = parse("SELECT b FROM u");
  EXPECT_THROW(parse("SELECT FROM WHERE"), SyntaxError);
  EXPECT_EQ(deparsed(first), "SELECT a FROM t");
  Parsed third = parse("SELECT c FROM v");
  second.reset();
  EXPECT_EQ(scan("SELECT 'open'").size(), 2U);
  EXPECT_EQ(deparsed(third), "SELECT c FROM v");
  first = std::move(third);
  EXPECT_EQ(deparsed(first), "SELECT c FROM v");
}

TEST(Tree, ErrorsHaveTheirPlaceInCharacters) {
  try {
    parse("SELECT 'ä',\n  FROM WHERE");
    FAIL() << "is no SQL";
  } catch (SyntaxError const& error) {
    EXPECT_EQ(error.at.line, 2);
    EXPECT_EQ(error.at.column, 3);
    EXPECT_STREQ(error.what(), "syntax error at or near \"FROM\"");
  }
}

TEST(Tree, MeaningIsMoreThanTheText) {
  Parsed const plain = parse("SELECT a, b FROM t WHERE c > 1");
  EXPECT_TRUE(same_meaning(*plain.only(), *parse("select A , (b) from T where (c>1)").only()));
  EXPECT_FALSE(same_meaning(*plain.only(), *parse("SELECT a, b FROM t WHERE c > 2").only()));
  EXPECT_FALSE(same_meaning(*plain.only(), *parse("SELECT a, b FROM t WHERE c >= 1").only()));
}

TEST(Tree, OnlyIsNoneOfSeveral) {
  EXPECT_EQ(parse("SELECT 1; SELECT 2").only(), nullptr);
  EXPECT_EQ(parse("").only(), nullptr);
  EXPECT_EQ(parse("SELECT 1; SELECT 2").statements().size(), 2U);
}

}  // namespace
}  // namespace bellows::sql::tree::tree_test
