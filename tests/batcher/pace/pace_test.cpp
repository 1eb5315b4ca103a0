#include "batcher/pace/pace.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bellows::batcher::pace_test {
namespace {

using namespace std::chrono_literals;

PaceLimits limits() {
  return {.target = 250ms, .min_rows = 10, .max_rows = 50'000, .first_rows = 1'000};
}

struct Step {
  std::chrono::microseconds took;
  std::int64_t next_rows;
};

// Feeds full batches of the size in force.
void expect_sizes(Pace pace, std::vector<Step> const& steps) {
  int number = 0;
  for (Step const& step : steps) {
    pace.batch_took(pace.rows(), step.took);
    EXPECT_EQ(pace.rows(), step.next_rows) << "after batch " << ++number;
  }
}

TEST(Pace, GrowsByHalfAtMost) {
  expect_sizes(Pace(limits()), {{1ms, 1500}, {1ms, 2250}, {1ms, 3375}});
}

TEST(Pace, SettlesWhereTheTargetIsMet) {
  Pace pace(limits());
  for (int i = 0; i < 40; ++i) {  // 100 µs a row: 2,500 rows in 250 ms
    pace.batch_took(pace.rows(), std::chrono::microseconds(pace.rows() * 100));
  }
  EXPECT_EQ(pace.rows(), 2500);
}

TEST(Pace, ShrinksToWhatFits) {
  expect_sizes(Pace(limits()), {{500ms, 500}, {250ms, 500}});
}

TEST(Pace, FarOverTheTargetShrinksToATenthAtOnce) {
  expect_sizes(Pace(limits()), {{1251ms, 100}});
}

// A tenth of the rows took as long: it is not the rows. Half as long again is: it grows.
TEST(Pace, WhatIsNotTheRowsDoesNotShrinkThem) {
  expect_sizes(Pace(limits()), {{1300ms, 100}, {1300ms, 150}, {1300ms, 225}});
}

TEST(Pace, OneSlowBatchOfTenIsNoise) {
  Pace pace({.target = 100ms, .min_rows = 10, .max_rows = 1'000, .first_rows = 1'000});
  for (int i = 0; i < 9; ++i) {
    pace.batch_took(1000, 100ms);
  }
  pace.batch_took(1000, 400ms);
  EXPECT_EQ(pace.rows(), 1000);
  pace.batch_took(1000, 400ms);  // two of ten are not
  EXPECT_EQ(pace.rows(), 250);
}

TEST(Pace, StaysWithinItsClamps) {
  Pace pace({.target = 250ms, .min_rows = 200, .max_rows = 1'200, .first_rows = 1'000});
  pace.batch_took(1000, 1us);
  EXPECT_EQ(pace.rows(), 1200);
  for (int i = 0; i < 12; ++i) {
    pace.batch_took(pace.rows(), pace.rows() * 4ms);
  }
  EXPECT_EQ(pace.rows(), 200);
}

TEST(Pace, TimeoutHalvesAndHoldsGrowthForFiveBatches) {
  Pace pace(limits());
  pace.gave_way();
  EXPECT_EQ(pace.rows(), 500);
  for (int i = 0; i < 5; ++i) {
    pace.batch_took(500, 1ms);
    EXPECT_EQ(pace.rows(), 500) << i;
  }
  pace.batch_took(500, 1ms);
  EXPECT_EQ(pace.rows(), 750);
}

TEST(Pace, TimeoutsGoDownToASingleRowAndItClimbsBack) {
  Pace pace(limits());
  for (int i = 0; i < 20; ++i) {
    pace.gave_way();
  }
  EXPECT_EQ(pace.rows(), 1);
  std::vector<std::int64_t> sizes;
  for (int i = 0; i < 12; ++i) {
    pace.batch_took(pace.rows(), 1ms);
    sizes.push_back(pace.rows());
  }
  EXPECT_EQ(sizes, (std::vector<std::int64_t>{1, 1, 1, 1, 1, 2, 3, 5, 8, 12, 18, 27}));
}

TEST(Pace, EmptyBatchTellsNothing) {
  Pace pace(limits());
  pace.batch_took(0, 10s);
  EXPECT_EQ(pace.rows(), 1000);
}

TEST(Pace, NonsenseLimitsAreMended) {
  Pace pace({.target = 0ms, .min_rows = 0, .max_rows = -5, .first_rows = 0});
  EXPECT_EQ(pace.rows(), 1);
  pace.batch_took(1, 1us);
  EXPECT_EQ(pace.rows(), 1);
}

TEST(PaceSteered, ACeilingIsNotLearntFrom) {
  Pace pace({.target = 250ms, .first_rows = 1'000});
  for (int batch = 0; batch < 20; ++batch) {
    pace.batch_took(pace.rows(), std::chrono::microseconds(pace.rows() * 50));
  }
  std::int64_t const before = pace.rows();
  EXPECT_EQ(before, 5'000);
  pace.at_most(100);
  EXPECT_EQ(pace.rows(), 100);
  pace.batch_took(100, std::chrono::microseconds(5'000));
  EXPECT_EQ(pace.rows(), 100);
  pace.at_most(std::nullopt);
  EXPECT_EQ(pace.rows(), before);
}

TEST(PaceSteered, TargetAndLargestBatchFollowOrders) {
  Pace pace({.target = 250ms, .min_rows = 10, .max_rows = 50'000, .first_rows = 1'000});
  auto const settle = [&pace] {
    for (int batch = 0; batch < 30; ++batch) {
      pace.batch_took(pace.rows(), std::chrono::microseconds(pace.rows() * 50));
    }
    return pace.rows();
  };
  EXPECT_EQ(settle(), 5'000);
  pace.steer(10, 50'000, 100ms);
  EXPECT_EQ(settle(), 2'000);
  pace.steer(10, 3, 100ms);
  EXPECT_EQ(pace.rows(), 3) << "below the smallest batch that would be chosen";
  EXPECT_EQ(settle(), 3);
  pace.steer(10, 50'000, 250ms);
  EXPECT_EQ(settle(), 5'000);
}

}  // namespace
}  // namespace bellows::batcher::pace_test
