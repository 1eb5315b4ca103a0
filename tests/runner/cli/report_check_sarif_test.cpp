#include "planner/catalog/replay.hpp"
#include "tests/runner/cli/check_reports.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace bellows::runner::report_check_sarif_test {
namespace {

using Json = nlohmann::json;
using rules::Finding;
using rules::Severity;

CheckedFile checked(std::string file, std::string text) {
  catalog::Catalog catalog;
  catalog::replay_text(catalog, "CREATE TABLE t (a int, b text)");
  auto statements = rules::review(sql::read_migration("m", file, text), catalog);
  return {std::move(file), std::move(text), std::move(statements)};
}

Json sarif(std::vector<CheckedFile> const& files) {
  return Json::parse(test::sarif_of(files, "1.2.3"));
}

/// A part of the standard's schema: for each member its type, and whether it must be there.
struct Member {
  char const* name;
  Json::value_t type;
  bool required = true;
};

void expect_object(Json const& value, std::vector<Member> const& members, char const* what) {
  ASSERT_TRUE(value.is_object()) << what;
  std::set<std::string> known;
  for (Member const& member : members) {
    known.insert(member.name);
    if (!value.contains(member.name)) {
      EXPECT_FALSE(member.required) << what << " has no " << member.name;
      continue;
    }
    EXPECT_EQ(value[member.name].type(), member.type) << what << "." << member.name;
  }
  for (auto const& [name, each] : value.items()) {
    EXPECT_TRUE(known.contains(name)) << what << " must not have " << name;
  }
}

constexpr auto text = Json::value_t::string;
constexpr auto number = Json::value_t::number_unsigned;
constexpr auto object = Json::value_t::object;
constexpr auto array = Json::value_t::array;

void expect_result(Json const& result, Json const& rules) {
  expect_object(result,
                {{"ruleId", text},
                 {"ruleIndex", number},
                 {"level", text},
                 {"message", object},
                 {"locations", array},
                 {"suppressions", array, false}},
                "result");
  EXPECT_EQ(rules.at(result["ruleIndex"].get<std::size_t>())["id"], result["ruleId"]);
  std::set<std::string> const levels{"none", "note", "warning", "error"};
  EXPECT_TRUE(levels.contains(result["level"].get<std::string>()));
  expect_object(result["message"], {{"text", text}}, "message");
  ASSERT_EQ(result["locations"].size(), 1U);
  expect_object(result["locations"][0], {{"physicalLocation", object}}, "location");
  Json const& physical = result["locations"][0]["physicalLocation"];
  expect_object(physical, {{"artifactLocation", object}, {"region", object}}, "physicalLocation");
  expect_object(physical["artifactLocation"], {{"uri", text}}, "artifactLocation");
  Json const& region = physical["region"];
  expect_object(
      region,
      {{"startLine", number}, {"startColumn", number}, {"endLine", number}, {"endColumn", number}},
      "region");
  for (auto const& [name, value] : region.items()) {
    EXPECT_GE(value.get<int>(), 1) << name;
  }
}

void expect_sarif(Json const& log) {
  expect_object(log, {{"$schema", text}, {"version", text}, {"runs", array}}, "log");
  EXPECT_EQ(log["version"], "2.1.0");
  ASSERT_EQ(log["runs"].size(), 1U);
  Json const& run = log["runs"][0];
  expect_object(run, {{"tool", object}, {"columnKind", text}, {"results", array}}, "run");
  EXPECT_EQ(run["columnKind"], "unicodeCodePoints");
  expect_object(run["tool"], {{"driver", object}}, "tool");
  Json const& driver = run["tool"]["driver"];
  expect_object(driver, {{"name", text}, {"version", text}, {"rules", array}}, "driver");
  std::set<std::string> ids;
  for (Json const& rule : driver["rules"]) {
    expect_object(rule, {{"id", text}, {"shortDescription", object}, {"help", object}}, "rule");
    EXPECT_TRUE(ids.insert(rule["id"]).second) << "twice: " << rule["id"];
    EXPECT_FALSE(rule["shortDescription"]["text"].get<std::string>().empty());
    EXPECT_FALSE(rule["help"]["text"].get<std::string>().empty());
  }
  for (Json const& result : run["results"]) {
    expect_result(result, driver["rules"]);
  }
}

TEST(CheckSarif, HasTheStandardsStructure) {
  Json const log = sarif({checked("m.sql",
                                  "ALTER TABLE t DROP a;\n"
                                  "-- bellows: allow drop-table because it is empty\n"
                                  "DROP TABLE t;\n"
                                  "ALTER TABEL t;"),
                          checked("n.sql",
                                  "ALTER TABLE t ADD c int DEFAULT f();\n"
                                  "ALTER TABLE t ALTER c TYPE text")});
  expect_sarif(log);
  Json const& results = log["runs"][0]["results"];
  ASSERT_EQ(results.size(), 6U);
  EXPECT_EQ(results[0]["ruleId"], "drop-column");
  EXPECT_EQ(results[0]["level"], "error");
  EXPECT_EQ(results[0]["locations"][0]["physicalLocation"]["region"],
            Json({{"startLine", 1}, {"startColumn", 15}, {"endLine", 1}, {"endColumn", 21}}));
  EXPECT_EQ(results[1]["suppressions"][0],
            Json({{"kind", "inSource"}, {"justification", "it is empty"}}));
  EXPECT_EQ(results[2]["ruleId"], "syntax-error");
  EXPECT_EQ(results[3]["level"], "error");
  EXPECT_EQ(results[5]["ruleId"], "type-change-statistics");
  EXPECT_EQ(results[5]["level"], "note");
  EXPECT_EQ(log["runs"][0]["tool"]["driver"]["version"], "1.2.3");
}

TEST(CheckSarif, OfNothingIsARunWithoutResults) {
  Json const log = sarif({});
  expect_sarif(log);
  EXPECT_EQ(log["runs"][0]["results"], Json::array());
}

TEST(CheckSarif, FilesAreUris) {
  auto const uri = [](std::string const& file) {
    return sarif({checked(file, "DROP TABLE t")})["runs"][0]["results"][0]["locations"][0]
                                                 ["physicalLocation"]["artifactLocation"]["uri"];
  };
  EXPECT_EQ(uri("migrations/1_a.sql"), "migrations/1_a.sql");
  EXPECT_EQ(uri("odd name #1%é.sql"), "odd%20name%20%231%25%C3%A9.sql");
  EXPECT_EQ(uri("/srv/m.sql"), "file:///srv/m.sql");
}

TEST(Worst, IsTheSeverestOfAll) {
  EXPECT_EQ(worst(CheckedFile()), std::nullopt);
  EXPECT_EQ(worst(checked("m", "SELECT 1")), std::nullopt);
  EXPECT_EQ(worst(checked("m", "ALTER TABLE others DROP CONSTRAINT c")), Severity::Warning);
  EXPECT_EQ(worst(checked("m", "ALTER TABLE t ADD c int DEFAULT f()")), Severity::Error);
  EXPECT_EQ(worst(checked("m", "DROP TABLE t; SELECT 1")), Severity::Error);
  EXPECT_EQ(worst(checked("m", "ALTER TABEL t")), Severity::Error);
}

}  // namespace
}  // namespace bellows::runner::report_check_sarif_test
