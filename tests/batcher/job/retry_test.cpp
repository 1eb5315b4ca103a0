#include "batcher/job/retry.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::retry_test {
namespace {

using postgres::FailureKind;
using namespace std::chrono_literals;

TEST(Retry, AdviceByKind) {
  struct Case {
    FailureKind kind;
    bool again, reconnect, smaller;
  };
  for (Case const& expected : {
           Case{FailureKind::LockTimeout, true, false, true},
           Case{FailureKind::StatementTimeout, true, false, true},
           Case{FailureKind::Deadlock, true, false, true},
           Case{FailureKind::Serialization, true, false, false},
           Case{FailureKind::ConnectionLost, true, true, false},
           Case{FailureKind::InDoubt, true, true, false},
           Case{FailureKind::ReadOnly, true, true, false},
           Case{FailureKind::Resources, true, true, true},
           Case{FailureKind::BadRow, false, false, false},  // unless its batch can be divided
           Case{FailureKind::Permanent, false, false, false},
       }) {
    Advice const advice = advice_on(expected.kind);
    EXPECT_EQ(advice.again, expected.again) << to_string(expected.kind);
    EXPECT_EQ(advice.reconnect, expected.reconnect) << to_string(expected.kind);
    EXPECT_EQ(advice.smaller, expected.smaller) << to_string(expected.kind);
  }
}

TEST(Patience, PausesGrowWithinTheirBoundsAndStartAgainAfterSuccess) {
  Patience patience(1h, 1);
  for (int round = 0; round < 2; ++round) {
    std::int64_t full = 10;
    for (int failure = 0; failure < 30; ++failure, full = std::min<std::int64_t>(full * 2, 1000)) {
      auto const pause = patience.next_pause(FailureKind::LockTimeout).count();
      EXPECT_GE(pause, full / 2);
      EXPECT_LE(pause, full);
    }
    patience.reset();
  }
}

TEST(Patience, BudgetCountsFromTheFirstFailure) {
  Patience patience(10s, 1);
  Patience::Clock::time_point const start{};
  EXPECT_FALSE(patience.spent(start));
  patience.next_pause(FailureKind::ConnectionLost);
  EXPECT_FALSE(patience.spent(start + 10s));
  EXPECT_TRUE(patience.spent(start + 11s));
  patience.reset();
  EXPECT_FALSE(patience.spent(start + 11s));
}

}  // namespace
}  // namespace bellows::batcher::retry_test
