#include "batcher/job/stop.hpp"

#include "tests/support/beside.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <thread>

namespace bellows::stop_test {
namespace {

using namespace std::chrono_literals;

TEST(Stop, FirstRequestAsksSecondCancels) {
  Stop stop;
  int cancelled = 0;
  auto const guard = stop.on_second([&] { ++cancelled; });
  EXPECT_FALSE(stop.requested());
  stop.request();
  EXPECT_TRUE(stop.requested());
  EXPECT_EQ(cancelled, 0);
  stop.request();
  EXPECT_EQ(cancelled, 1);
}

TEST(Stop, FirstRequestCancelsWhatCanBeDoneAnotherTime) {
  Stop stop;
  int cancelled = 0;
  auto const guard = stop.on_first([&] { ++cancelled; });
  EXPECT_EQ(cancelled, 0);
  stop.request();
  EXPECT_EQ(cancelled, 1);
  auto const late = stop.on_first([&] { ++cancelled; });
  EXPECT_EQ(cancelled, 2);
}

TEST(Stop, CancelsNobodyWhoIsGone) {
  Stop stop;
  int cancelled = 0;
  auto guard = stop.on_second([&] { ++cancelled; });
  guard.reset();
  stop.request();
  stop.request();
  EXPECT_EQ(cancelled, 0);
}

TEST(Stop, WaitEndsWithTheRequest) {
  Stop stop;
  EXPECT_FALSE(stop.wait_for(1ms));
  test::Beside other([&] { stop.request(); });
  EXPECT_TRUE(stop.wait_for(1h));
  other.join();
  EXPECT_TRUE(stop.wait_for(0ms));
}

TEST(Stop, HearsSignals) {
  Stop stop(true);
  std::atomic<bool> cancelled{false};
  auto const guard = stop.on_second([&] { cancelled = true; });
  ::raise(SIGTERM);
  EXPECT_TRUE(stop.wait_for(1h));
  EXPECT_EQ(stop.signal_number(), SIGTERM);
  EXPECT_FALSE(cancelled);
  ::raise(SIGINT);
  while (!cancelled) {
    std::this_thread::yield();
  }
  EXPECT_EQ(stop.signal_number(), SIGTERM);
}

}  // namespace
}  // namespace bellows::stop_test
