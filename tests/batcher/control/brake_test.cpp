#include "batcher/control/brake.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::brake_test {
namespace {

using namespace std::chrono_literals;

class BrakeTest : public testing::Test {
 protected:
  Brake::Clock::time_point now{};
  Brake brake{0ms, now};
  void batch(double rows, double wal = 0, int lane = 0) {
    brake.spent(lane, rows, wal, 100ms, now);
  }
};

TEST_F(BrakeTest, WithoutLimitsNothingWaits) {
  batch(1e9, 1e12);
  EXPECT_EQ(brake.wait(0, now).time, 0ms);
  EXPECT_EQ(brake.state(now).duty, 1);
  EXPECT_EQ(brake.state(now).limited_by, "");
  EXPECT_FALSE(brake.most_rows(1));
}

TEST_F(BrakeTest, AnOrderOutranksASignalAndThatARate) {
  brake.limit({100, std::nullopt}, now);
  batch(1'000);
  EXPECT_EQ(brake.wait(0, now).by, "rows per second");
  EXPECT_FALSE(brake.wait(0, now).held);
  brake.press(1.2, true, "replica lag", "r1 is behind", now);
  EXPECT_EQ(brake.wait(0, now).by, "replica lag");
  EXPECT_EQ(brake.wait(0, now).why, "r1 is behind");
  EXPECT_TRUE(brake.wait(0, now).held);
  brake.hold("paused by me");
  EXPECT_EQ(brake.wait(0, now).by, "paused");
  EXPECT_EQ(brake.state(now).duty, 0);
  brake.hold("");
  EXPECT_EQ(brake.state(now).limited_by, "replica lag");
}

TEST_F(BrakeTest, ASlowedJobRestsInProportionEachLaneByItself) {
  brake.press(0.75, false, "replica lag", "r1 is behind", now);
  double const share = brake.state(now).duty;
  EXPECT_GT(share, 0.1);
  EXPECT_LT(share, 1);
  EXPECT_EQ(brake.wait(0, now).time, 0ms) << "the first batch";
  batch(10);
  auto const rest = brake.wait(0, now).time;
  EXPECT_NEAR(static_cast<double>(rest.count()), 100 * (1 / share - 1), 1);
  EXPECT_EQ(brake.wait(0, now).by, "replica lag");
  EXPECT_EQ(brake.wait(1, now).time, 0ms);
  now += rest;
  EXPECT_EQ(brake.wait(0, now).time, 0ms);
}

TEST_F(BrakeTest, AsLongAsTheSpeedComesBackThatIsSaidAndNoSignalBlamed) {
  brake.press(1, true, "signals", "not readable for 12 s", now);
  EXPECT_EQ(brake.state(now).limited_by, "signals");
  now += 1s;
  brake.press(0, false, "replica lag", "", now);
  PaceState const state = brake.state(now);
  EXPECT_LT(state.duty, 0.5);
  EXPECT_EQ(state.limited_by, "recovery");
  EXPECT_EQ(state.why, "signals: over, the speed comes back");
  now += 1s;
  brake.press(0.2, false, "replica lag", "r1 is 2 s behind", now);
  EXPECT_EQ(brake.state(now).why, state.why);
  brake.press(0.8, false, "replica lag", "r1 is 8 s behind", now);
  EXPECT_EQ(brake.state(now).limited_by, "replica lag");
  brake.press(0, false, "replica lag", "", now + 60s);
  EXPECT_EQ(brake.state(now + 60s).limited_by, "");
}

TEST_F(BrakeTest, FixedPauseIsNoReasonToTell) {
  Brake paused(50ms, now);
  paused.spent(0, 1, 0, 1ms, now);
  EXPECT_EQ(paused.wait(0, now).time, 50ms);
  EXPECT_EQ(paused.wait(0, now).why, "");
}

TEST_F(BrakeTest, ABatchTakesNoMoreThanHalfASecondOfARate) {
  brake.limit({1'000, std::nullopt}, now);
  EXPECT_EQ(brake.most_rows(1), 500);
  EXPECT_EQ(brake.most_rows(5), 100);
  brake.limit({1'000, 10'000}, now);
  EXPECT_EQ(brake.most_rows(1), 500) << "what a row costs in WAL is not known yet";
  batch(100, 10'000);
  EXPECT_EQ(brake.most_rows(1), 50);
  brake.limit({0.001, std::nullopt}, now);
  EXPECT_EQ(brake.most_rows(8), 1) << "but one row";
}

TEST_F(BrakeTest, AnEmptyPurseWaitsUntilMoreIsDrawn) {
  brake.share_budget(true, false);
  EXPECT_EQ(brake.wait(0, now).by, "database budget");
  brake.draw({10, std::nullopt});
  EXPECT_EQ(brake.wait(0, now).time, 0ms);
  batch(25);
  EXPECT_EQ(brake.purse().rows, -15);
  brake.draw({15, std::nullopt});
  EXPECT_EQ(brake.wait(0, now).by, "database budget") << "the debt comes first";
  brake.draw({1, std::nullopt});
  EXPECT_EQ(brake.wait(0, now).time, 0ms);
  brake.share_budget(false, false);
  batch(1'000);
  EXPECT_EQ(brake.wait(0, now).time, 0ms);
}

TEST_F(BrakeTest, WhatLimitsIsNamedSinceItBegan) {
  brake.press(1, true, "checkpoints", "too many", now);
  auto const first = brake.state(now);
  ASSERT_TRUE(first.since.has_value());
  now += 1s;
  EXPECT_EQ(brake.state(now).since, first.since);
  brake.press(0, false, "checkpoints", "", now + 60s);
  EXPECT_FALSE(brake.state(now + 60s).since.has_value() &&
               brake.state(now + 60s).limited_by.empty());
}

}  // namespace
}  // namespace bellows::batcher::brake_test
