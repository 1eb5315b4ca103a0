#include "batcher/control/budget.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher {
namespace {

TEST(BudgetGrant, NeverMoreThanTheRateAndASecondsWorth) {
  double balance = 0;
  double granted = 0;
  double seconds = 0;
  for (int ask = 0; ask < 1'000; ++ask) {
    double const passed = ask % 7 == 0 ? 3.0 : 0.25;
    seconds += passed;
    Grant const drawn = grant(100, balance, passed, ask % 5 == 0 ? 1e9 : 30, 1 + ask % 3);
    balance = drawn.balance;
    granted += drawn.granted;
    EXPECT_GE(balance, 0);
    EXPECT_LE(granted, 100 * seconds + 100);
  }
  EXPECT_GT(granted, 0.3 * 100 * seconds);
}

TEST(BudgetGrant, WhatOneLeavesIsThereForTheOther) {
  double balance = 0;
  double granted = 0;
  for (int ask = 0; ask < 400; ++ask) {  // two are known, one asks
    Grant const drawn = grant(100, balance, 0.25, 1e9, 2);
    balance = drawn.balance;
    granted += drawn.granted;
  }
  EXPECT_NEAR(granted, 100 * 100, 100);
}

}  // namespace
}  // namespace bellows::batcher
