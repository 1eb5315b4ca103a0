#include "runner/cli/kept_limits.hpp"

#include <gtest/gtest.h>

namespace bellows::runner {
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

TEST(KeptLimits, OnlyLimitsAreKept) {
  EXPECT_TRUE(limits_to_keep(parsed({"up", "--until", "06:00", "--max-hold", "1h", "--batch-rows",
                                     "5", "--release", "1", "--lanes", "3"}),
                             {})
                  .empty());
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
}  // namespace bellows::runner
