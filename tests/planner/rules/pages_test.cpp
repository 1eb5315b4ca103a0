#include "planner/catalog/replay.hpp"
#include "planner/rules/page.hpp"
#include "planner/rules/review.hpp"
#include "planner/rules/sequence/sequence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace bellows::rules::pages_test {
namespace {

std::set<std::string_view> every_rule() {
  std::set<std::string_view> ids{"directive", "not-utf-8", "concurrently-in-file-with-others",
                                 "unknown-statement"};
  for (Rule const& rule : all_rules()) {
    ids.insert(rule.id);
  }
  for (SequenceRule const& rule : sequence_rules()) {
    ids.insert(rule.id);
  }
  return ids;
}

/// What an example gives, migration by migration, on the examples' schema.
std::vector<Finding> findings(Page const& page, std::string_view example) {
  catalog::Catalog catalog;
  catalog.complete = true;
  if (page.versions.find(" and later") == 2) {  // "17 and later"
    catalog.server_version = std::stoi(std::string(page.versions.substr(0, 2)));
  }
  catalog::replay_text(catalog, example_schema());
  std::vector<Finding> all;
  for (std::string_view text : migrations_of(example)) {
    Conduct const conduct =
        page.runner.empty() ? Conduct{} : conduct_of(*runner_named(page.runner), text);
    for (Reviewed const& reviewed :
         review(sql::read_migration("m", "m.sql", text), catalog, conduct)) {
      all.insert(all.end(), reviewed.findings.begin(), reviewed.findings.end());
    }
  }
  return all;
}

TEST(Pages, EveryRuleHasOneAndNoOtherHas) {
  std::set<std::string_view> explained;
  for (Page const& one : pages()) {
    EXPECT_TRUE(explained.insert(one.id).second) << one.id << " twice";
  }
  EXPECT_EQ(explained, every_rule());
}

TEST(Pages, SayEverything) {
  for (Page const& one : pages()) {
    for (std::string_view text :
         {one.title, one.effect, one.application, one.bad, one.good, one.versions, one.source}) {
      EXPECT_FALSE(text.empty()) << one.id;
    }
    EXPECT_EQ(page(one.id), &one);
    EXPECT_FALSE(one.title.ends_with('.')) << one.id;
  }
  EXPECT_EQ(page("no-such-rule"), nullptr);
}

TEST(Pages, TheBadExampleGivesTheFinding) {
  for (Page const& one : pages()) {
    auto const found = findings(one, one.bad);
    EXPECT_NE(std::ranges::find(found, one.id, &Finding::rule), found.end()) << one.id;
  }
}

TEST(Pages, TheGoodExampleGivesNoErrorAndNotTheFinding) {
  for (Page const& one : pages()) {
    for (Finding const& finding : findings(one, one.good)) {
      EXPECT_NE(finding.rule, one.id);
      EXPECT_NE(finding.severity, Severity::Error) << one.id << " gives " << finding.rule;
    }
  }
}

}  // namespace
}  // namespace bellows::rules::pages_test
