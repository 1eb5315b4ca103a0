#include "batcher/control/budget.hpp"

#include <gtest/gtest.h>

#include <array>

namespace bellows::batcher::budget_test {
namespace {

constexpr double rate = 100;

TEST(BudgetGrant, NeverMoreThanTheRateAndASecondsWorth) {
  double balance = 0;
  double granted = 0;
  double seconds = 0;
  for (int ask = 0; ask < 1'000; ++ask) {
    double const passed = ask % 7 == 0 ? 3.0 : 0.25;
    seconds += passed;
    std::vector<Asker> const others(static_cast<std::size_t>(ask % 3), Asker{0.1, 1e9});
    Grant const drawn = grant(rate, balance, passed, ask % 5 == 0 ? 1e9 : 30, others);
    balance = drawn.balance;
    granted += drawn.granted;
    EXPECT_GE(balance, 0);
    EXPECT_LE(granted, rate * seconds + rate);
  }
  EXPECT_GT(granted, 0.3 * rate * seconds);
}

/// Two that ask once a second, the second one `phase` after the first; what they get in 100 s.
std::array<double, 2> both(double phase, double first_wants, double second_wants) {
  std::array<double, 2> got{};
  double balance = 0;
  for (int second = 0; second < 100; ++second) {
    Grant drawn = grant(rate, balance, 1 - phase, first_wants, {{1 - phase, second_wants}});
    got[0] += drawn.granted;
    drawn = grant(rate, drawn.balance, phase, second_wants, {{phase, first_wants}});
    got[1] += drawn.granted;
    balance = drawn.balance;
  }
  return got;
}

TEST(BudgetGrant, IsFairInWhateverOrderTheyAsk) {
  for (double const phase : {0.001, 0.1, 0.5, 0.9, 0.999}) {
    auto const [first, second] = both(phase, 1e9, 1e9);
    EXPECT_NEAR(first, 50 * 100, 150) << phase;
    EXPECT_NEAR(second, 50 * 100, 150) << phase;
  }
}

TEST(BudgetGrant, WhatOneDoesNotWantIsThereForTheOther) {
  for (double const phase : {0.001, 0.5, 0.999}) {
    auto const [first, second] = both(phase, 1e9, 10);
    EXPECT_GE(first, 85 * 100) << phase;
    EXPECT_NEAR(second, 10 * 100, 20) << phase;
  }
}

TEST(BudgetGrant, WhoStoppedAskingKeepsNothingBack) {
  double balance = 0;
  double granted = 0;
  for (int ask = 0; ask < 400; ++ask) {
    Grant const drawn = grant(rate, balance, 0.25, 1e9, {});
    balance = drawn.balance;
    granted += drawn.granted;
  }
  EXPECT_NEAR(granted, rate * 100, rate);
}

}  // namespace
}  // namespace bellows::batcher::budget_test
