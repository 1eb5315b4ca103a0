#include "batcher/signals/signal.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace bellows::batcher::signal_test {
namespace {

using namespace std::chrono_literals;

class SignalTest : public testing::Test {
 protected:
  Signal::Clock::time_point now{};
  Signal signal{"lag", {}, now};
  void read(std::optional<double> utilisation) {
    now += 1s;
    signal.read({utilisation, "as read"}, now);
  }
};

TEST_F(SignalTest, HoldsFromTheLimitToTheExitThreshold) {
  read(0.99);
  EXPECT_FALSE(signal.holds());
  EXPECT_EQ(signal.pressure(), 0.99);
  read(1.0);
  EXPECT_TRUE(signal.holds());
  read(0.81);
  EXPECT_TRUE(signal.holds());
  EXPECT_EQ(signal.pressure(), 1.0) << "as long as it holds it counts as at its limit";
  read(0.79);
  EXPECT_FALSE(signal.holds());
  EXPECT_EQ(signal.pressure(), 0.79);
  read(0.95);
  EXPECT_FALSE(signal.holds()) << "between the thresholds it stays what it was";
}

TEST_F(SignalTest, UnknownKeepsTheLastReadingAndIsClosedAfterTheGrace) {
  read(0.6);
  for (int second = 1; second < 10; ++second) {
    read(std::nullopt);
    EXPECT_FALSE(signal.holds()) << second;
    EXPECT_EQ(signal.pressure(), 0.6) << "unknown is not zero";
    EXPECT_FALSE(signal.state().utilisation.has_value());
  }
  read(std::nullopt);
  EXPECT_TRUE(signal.holds());
  EXPECT_EQ(signal.why(), "not readable for 10 s: as read");
  EXPECT_TRUE(signal.unreadable());
  read(0.1);
  EXPECT_FALSE(signal.unreadable());
  EXPECT_FALSE(signal.holds());
  EXPECT_EQ(signal.pressure(), 0.1);
}

TEST_F(SignalTest, NotANumberIsUnknown) {
  read(0.4);
  read(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(signal.pressure(), 0.4);
  EXPECT_FALSE(signal.state().utilisation.has_value());
}

TEST_F(SignalTest, WhatIsOffNeitherHoldsNorBrakes) {
  read(2);
  signal.turn_off("no right");
  EXPECT_FALSE(signal.holds());
  EXPECT_EQ(signal.pressure(), 0);
  EXPECT_EQ(signal.state().off, "no right");
}

}  // namespace
}  // namespace bellows::batcher::signal_test
