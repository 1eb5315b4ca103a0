#include "runner/cli/kept_limits.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>
#include <vector>

namespace bellows::runner::kept_limits_test {
namespace {

Options parsed(std::vector<std::string> const& arguments,
               std::map<std::string, std::string> const& environment = {}) {
  return Options::parse(arguments, environment);
}

TEST(KeptLimits, AFlagIsKeptAndOutranksWhatWas) {
  Options const options =
      parsed({"up", "--max-rows-per-second", "3000", "--window", "22:00-06:00"});
  EXPECT_EQ(limits_to_keep(options, {}),
            (RunLimits{{"max-rows-per-second", "3000"}, {"window", "22:00-06:00"}}));
  EXPECT_EQ(
      limits_to_keep(options, {{"max-rows-per-second", "5"}, {"batch-pause", "1s"}}),
      (RunLimits{
          {"max-rows-per-second", "3000"}, {"window", "22:00-06:00"}, {"batch-pause", "1s"}}));
}

TEST(KeptLimits, WhatIsKeptOutranksTheEnvironment) {
  std::map<std::string, std::string> const environment{{"BELLOWS_MAX_ROWS_PER_SECOND", "9"}};
  Options const options = parsed({"resume"}, environment);
  EXPECT_EQ(limits_to_keep(options, {}), (RunLimits{{"max-rows-per-second", "9"}}));
  RunLimits const kept{{"max-rows-per-second", "3000"}};
  EXPECT_EQ(limits_to_keep(options, kept), kept);
  EXPECT_EQ(options.with(kept).text("max-rows-per-second"), "3000");
  EXPECT_EQ(parsed({"resume", "--max-rows-per-second", "7"}, environment)
                .with(kept)
                .text("max-rows-per-second"),
            "7");
}

TEST(KeptLimits, WhatShapesARunIsKept) {
  RunLimits const kept{
      {"batch-max-rows", "500"}, {"lanes", "3"},   {"max-dead-letters", "0"}, {"max-hold", "1h"},
      {"on-kept-rows", "wait"},  {"stripes", "1"}, {"vacuum-share", "0"}};
  std::vector<std::string> arguments{"up"};
  for (auto const& [name, value] : kept) {
    arguments.insert(arguments.end(), {"--" + name, value});
  }
  EXPECT_EQ(limits_to_keep(parsed(arguments), {}), kept);
}

TEST(KeptLimits, WhatIsOfOneCallIsNot) {
  EXPECT_TRUE(limits_to_keep(parsed({"up", "--until", "06:00", "--batch-rows", "5", "--release",
                                     "1", "--lock-wait", "1s", "--lock-budget", "1s",
                                     "--quiet-period", "1h", "--gate-wait", "1s"}),
                             {})
                  .empty());
}

// Every option of a command that moves a migration on is one or the other: a new one wants to be
// thought about.
TEST(KeptLimits, EveryOptionIsDecided) {
  std::set<std::string_view> const of_one_call{"help",
                                               "version",
                                               "config",
                                               "explain-config",
                                               "quiet",
                                               "verbose",
                                               "database-url",
                                               "migrations",
                                               "plans",
                                               "release",
                                               "to",
                                               "lock-wait",
                                               "lock-budget",
                                               "gate-wait",
                                               "force",
                                               "because",
                                               "batch-rows",
                                               "until",
                                               "retry-dead-letters",
                                               "dry-run",
                                               "events-format",
                                               "metrics-listen",
                                               "metrics-file",
                                               "no-color"};
  std::vector<std::string_view> both;
  for (OptionInfo const& option : option_table()) {
    bool const runs = option.commands == "*" ||
                      option.commands.find("resume") != option.commands.npos ||
                      option.commands.find("contract") != option.commands.npos ||
                      option.commands.find("up ") == 0 || option.commands == "up";
    if (!runs) {
      continue;
    }
    std::string const flag = "--" + std::string(option.name);
    bool kept = false;
    for (Phase const phase : {Phase::Backfill, Phase::Contract}) {
      std::vector<std::string> arguments{"up", flag};
      if (option.takes_value) {
        arguments.emplace_back("x");
      }
      try {
        kept = kept || !limits_to_keep(parsed(arguments), {}, phase).empty();
      } catch (UsageError const&) {  // not of `up`, or no value of it: not kept
      }
    }
    EXPECT_NE(kept, of_one_call.contains(option.name)) << option.name;
  }
}

TEST(KeptLimits, TheQuietPeriodIsContractsOwn) {
  RunLimits const kept{{"quiet-period", "1h"}, {"batch-pause", "1s"}};
  EXPECT_EQ(limits_to_keep(parsed({"resume"}), kept, Phase::Contract),
            (RunLimits{{"quiet-period", "1h"}}));
  EXPECT_EQ(limits_to_keep(parsed({"resume", "--quiet-period", "5m"}), kept, Phase::Contract),
            (RunLimits{{"quiet-period", "5m"}}));
  EXPECT_EQ(limits_to_keep(parsed({"resume"}), kept), (RunLimits{{"batch-pause", "1s"}}));
}

TEST(KeptLimits, AreToldAsTheyAreTyped) {
  RunLimits const kept{{"max-rows-per-second", "3000"}, {"throttle-query", "SELECT 1"}};
  EXPECT_EQ(limits_in_force(parsed({"resume"}), kept),
            "--max-rows-per-second 3000, --throttle-query 'SELECT 1'");
  EXPECT_EQ(limits_in_force(parsed({"resume", "--max-rows-per-second", "1"}), kept),
            "--throttle-query 'SELECT 1'");
  EXPECT_EQ(limits_in_force(parsed({"resume"}), {}), "");
}

}  // namespace
}  // namespace bellows::runner::kept_limits_test
