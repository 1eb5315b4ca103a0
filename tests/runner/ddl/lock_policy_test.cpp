#include "runner/ddl/lock_policy.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bellows::ddl::lock_policy_test {
namespace {

using Waits = std::vector<int>;

Waits first_waits(std::size_t count, bool long_holder) {
  Waits waits;
  for (std::size_t attempt = 0; attempt < count; ++attempt) {
    waits.push_back(static_cast<int>(wait_of(LockPolicy{}, attempt, long_holder).count()));
  }
  return waits;
}

TEST(LockPolicy, ProbesThenClimbsTheLadderAndStaysOnTop) {
  EXPECT_EQ(first_waits(10, false), (Waits{0, 0, 0, 20, 50, 100, 250, 500, 500, 500}));
}

TEST(LockPolicy, BehindALongTransactionMostlyProbes) {
  EXPECT_EQ(first_waits(12, true), (Waits{0, 0, 0, 20, 0, 0, 0, 500, 0, 0, 0, 500}));
}

TEST(LockPolicy, AnEmptyLadderOnlyProbes) {
  LockPolicy policy;
  policy.ladder.clear();
  EXPECT_EQ(wait_of(policy, 7, false), milliseconds{0});
}

TEST(LockPolicy, PausesGrowToTheirLimitAndJitterAroundIt) {
  LockPolicy const policy;
  struct Case {
    std::size_t attempt;
    double jitter;
    int expected;
  };
  for (Case const& c : {Case{0, 0.5, 50}, Case{1, 0.5, 100}, Case{3, 0.5, 400}, Case{4, 0.5, 400},
                        Case{1'000'000, 0.5, 400}, Case{4, 0.0, 200}, Case{4, 1.0, 600}}) {
    EXPECT_EQ(pause_after(policy, c.attempt, c.jitter), milliseconds{c.expected})
        << "attempt " << c.attempt << ", jitter " << c.jitter;
  }
}

}  // namespace
}  // namespace bellows::ddl::lock_policy_test
