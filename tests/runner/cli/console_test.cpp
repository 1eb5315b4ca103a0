#include "runner/cli/console.hpp"

#include "runner/cli/event_lines.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace bellows::runner::console_test {
namespace {

batcher::Progress half_way() {
  batcher::Progress progress;
  progress.job = "m/copy";
  progress.share = 0.5;
  progress.rows_written = progress.rows_scanned = 1'500'000;
  progress.rows_per_second = 20'000;
  progress.mean_rows_per_second = 20'500;
  progress.eta_low = std::chrono::seconds(70);
  progress.eta_high = std::chrono::seconds(75);
  return progress;
}

TEST(ProgressLine, SharesRatesAndTheTimeThatIsLeft) {
  EXPECT_EQ(
      progress_line(half_way(), false),
      "m/copy: about 50.0 %  1,500,000 rows written  20,000 rows/s  1 min 10 s to 1 min 15 s left");
  EXPECT_TRUE(
      progress_line(half_way(), true).starts_with("[############------------] about 50.0 %"));
}

// A range that is written in stripes counts as read with its last stripe.
TEST(ProgressLine, NeverMoreRowsAreWrittenThanRead) {
  auto progress = half_way();
  progress.rows_scanned = 1'000'000;
  EXPECT_EQ(progress_line(progress, false).find("read"), std::string::npos);
  progress.rows_scanned = 2'000'000;
  EXPECT_NE(progress_line(progress, false).find("1,500,000 rows written of 2,000,000 read"),
            std::string::npos);
}

TEST(ProgressLine, TheMeanStandsWhereItIsAnotherOne) {
  auto progress = half_way();
  progress.mean_rows_per_second = 15'000;
  EXPECT_NE(progress_line(progress, false).find("20,000 rows/s (mean 15,000)"), std::string::npos);
}

TEST(ProgressLine, WhatSlowsOrHoldsItIsNamed) {
  auto progress = half_way();
  progress.pace.limited_by = "replica lag";
  progress.pace.duty = 0.4;
  EXPECT_TRUE(progress_line(progress, false).ends_with("slowed by replica lag to 40 %"));
  progress.pace.duty = 1;  // by a rate's limit, which the rate tells
  EXPECT_EQ(progress_line(progress, false).find("slowed"), std::string::npos);
  progress.waiting_for = "replica lag: r1 is 12 s behind";
  EXPECT_TRUE(progress_line(progress, false).ends_with("waits: replica lag: r1 is 12 s behind"));
}

TEST(ProgressLine, AHundredPerCentIsSaidOfWhatIsFinishedOnly) {
  auto progress = half_way();
  for (double const share : {0.9996, 0.99999, 1.0, 1.7}) {
    progress.share = share;
    std::string const line = progress_line(progress, false);
    EXPECT_EQ(line.find("100.0 %") != std::string::npos, share >= 1) << line;
    EXPECT_EQ(line.find("170"), std::string::npos) << line;
  }
  progress.share = 0.2;
  progress.finished = true;
  EXPECT_TRUE(progress_line(progress, false).starts_with("m/copy: 100.0 %"));
}

// Not on a terminal, as in a test.
TEST(Console, TheEndOfAJobIsToldOnce) {
  Console console(false, false);
  auto progress = half_way();
  progress.finished = true;
  testing::internal::CaptureStderr();
  console.progress(progress);
  console.progress(progress);
  progress.job = "m/verify";
  console.progress(progress);
  std::string const told = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 2) << told;
}

TEST(EventLines, UnknownFiguresAreLeftOut) {
  Instant const at{std::chrono::milliseconds(1'795'380'000'042)};
  auto progress = half_way();
  auto object = nlohmann::json::parse(progress_event(at, progress));
  EXPECT_EQ(object.at("at"), "2026-11-22T20:40:00.042Z");
  EXPECT_EQ(object.at("seconds_left"), nlohmann::json::array({70, 75}));
  EXPECT_EQ(object.count("hot"), 0U);
  progress.eta_low.reset();
  object = nlohmann::json::parse(progress_event(at, progress));
  EXPECT_EQ(object.count("seconds_left"), 0U);
}

TEST(EventLines, AnyBytesGiveALineOfJson) {
  std::string const line = said_line({}, "a \"quote\"\nand \xff");
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_EQ(nlohmann::json::parse(line).at("event"), "said");
}

TEST(EventLines, AStepIsSaidWithItsMigration) {
  auto const of = [](std::string_view migration) {
    return nlohmann::json::parse(event_line({}, {"step begins", "swap"}, migration));
  };
  EXPECT_EQ(of("1_a").at("migration"), "1_a");
  EXPECT_EQ(of("1_a").at("detail"), "swap");
  EXPECT_EQ(of("").count("migration"), 0U);
}

TEST(EventLines, WhatHappensWithEveryBatchIsNotTold) {
  EXPECT_TRUE(is_told("step begins"));
  EXPECT_FALSE(is_told("batch committed"));
  EXPECT_FALSE(is_told("rows written"));
}

}  // namespace
}  // namespace bellows::runner::console_test
