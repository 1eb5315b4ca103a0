#include "batcher/pace/window.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace bellows::batcher::window_test {
namespace {

constexpr int hour = 3600;

TEST(Window, SpansAndMidnight) {
  Window const night = Window::parse("22:00-6:00");
  for (int second = 0; second < 24 * hour; second += 60) {
    EXPECT_EQ(night.open_at(second), second < 6 * hour || second >= 22 * hour) << second;
  }
  Window const two = Window::parse("12:00-12:30,23:30-24:00");
  EXPECT_TRUE(two.open_at(12 * hour));
  EXPECT_FALSE(two.open_at(12 * hour + 1800));
  EXPECT_TRUE(two.open_at(24 * hour - 1));
  EXPECT_FALSE(two.open_at(0));
  EXPECT_EQ(two.text(), "12:00-12:30,23:30-24:00");
}

TEST(Window, NoneIsAlways) {
  EXPECT_TRUE(Window::parse("").always());
  EXPECT_TRUE(Window::parse("").open_at(7));
}

TEST(Window, Mistakes) {
  for (char const* wrong : {"22", "22:00", "22:00-", "-06:00", "25:00-26:00", "24:01-01:00",
                            "22:60-23:00", "22:00-22:00", "22:0-23:00", "a:00-b:00", "22:00-23:00x",
                            "22:00-23:00,,", "22:-10-23:00"}) {
    EXPECT_THROW(Window::parse(wrong), std::invalid_argument) << wrong;
  }
}

}  // namespace
}  // namespace bellows::batcher::window_test
