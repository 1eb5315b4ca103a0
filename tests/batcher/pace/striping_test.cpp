#include "batcher/pace/striping.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::striping_test {
namespace {

void one_range(Striping& striping, std::int64_t rows, std::int64_t hot) {
  striping.updated(rows, hot);
  striping.range_done(true);
}

TEST(Striping, ChosenOnlyWhereItPays) {
  EXPECT_EQ(Striping(0, true).choose(1'000, false), 11);
  EXPECT_EQ(Striping(0, true).choose(1'000, true), 8);
  EXPECT_EQ(Striping(0, true).choose(49, false), 1);
  EXPECT_EQ(Striping(0, false).choose(1'000, false), 1);
}

TEST(Striping, WhatIsAskedForIsDone) {
  Striping striping(5, false);
  one_range(striping, 1'000, 0);
  EXPECT_EQ(striping.choose(1, true), 5);
  EXPECT_EQ(Striping(1, true).choose(1'000, false), 1);
}

TEST(Striping, PausesWhereNothingGetsHotAndLongerEachTime) {
  Striping striping(0, true);
  for (int const rest : {8, 16, 32, 64, 64}) {
    one_range(striping, 1'000, 399);
    for (int range = 0; range < rest; ++range) {
      EXPECT_EQ(striping.choose(1'000, false), 1) << range << " of " << rest;
      striping.range_done(false);
    }
    EXPECT_EQ(striping.choose(1'000, false), 11) << "after " << rest;
  }
}

TEST(Striping, OneGoodRangeForgetsTheBadOnes) {
  Striping striping(0, true);
  one_range(striping, 1'000, 0);
  for (int range = 0; range < 8; ++range) {
    striping.range_done(false);
  }
  one_range(striping, 1'000, 400);
  EXPECT_EQ(striping.choose(1'000, false), 11);
  one_range(striping, 1'000, 0);
  for (int range = 0; range < 8; ++range) {
    EXPECT_EQ(striping.choose(1'000, false), 1);
    striping.range_done(false);
  }
  EXPECT_EQ(striping.choose(1'000, false), 11);
}

TEST(Striping, TellsWhenHardlyAnyRowFindsRoom) {
  Striping striping(0, true);
  striping.updated(1'000, 0);
  EXPECT_FALSE(striping.range_done(true));
  EXPECT_TRUE(striping.range_done(false)) << "whole ranges say nothing";
  EXPECT_EQ(striping.choose(1'000, false), 1);
  striping.try_again();
  EXPECT_EQ(striping.choose(1'000, false), 11);
  striping.updated(1'000, 500);
  EXPECT_TRUE(striping.range_done(true));
}

TEST(Striping, GoesOnWhereTheServerDoesNotCount) {
  Striping striping(0, true);
  striping.range_done(true);
  EXPECT_EQ(striping.choose(1'000, false), 11);
}

}  // namespace
}  // namespace bellows::batcher::striping_test
