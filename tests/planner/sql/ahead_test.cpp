#include "planner/sql/ahead.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace bellows::sql::ahead_test {
namespace {

TEST(Ahead, GivesEachValueInOrderAndMakesItOnce) {
  constexpr std::size_t count = 1'000;
  for (std::size_t const helpers : {0U, 1U, 7U}) {
    std::vector<std::atomic<int>> made(count);
    Ahead<std::string> ahead(count, helpers, [&](std::size_t at) {
      ++made[at];
      return std::to_string(at);
    });
    for (std::size_t at = 0; at < count; ++at) {
      ASSERT_EQ(ahead.take(at), std::to_string(at));
    }
    EXPECT_TRUE(std::ranges::all_of(made, [](int times) { return times == 1; }));
  }
}

TEST(Ahead, WhatAMakerThrowsComesWhenItIsTaken) {
  Ahead<int> ahead(3, 1, [](std::size_t at) {
    return at == 1 ? throw std::runtime_error("no second") : static_cast<int>(at);
  });
  EXPECT_EQ(ahead.take(0), 0);
  EXPECT_THROW(ahead.take(1), std::runtime_error);
  EXPECT_EQ(ahead.take(2), 2);
}

// A file that cannot be read ends a check: the rest is not read for nobody.
TEST(Ahead, WhoLeavesEarlyWaitsForWhatIsBegunOnly) {
  std::atomic<int> made = 0;
  std::atomic<bool> taken = false;
  {
    Ahead<int> ahead(1'000'000, 1, [&](std::size_t) {
      taken.wait(false);
      return ++made;
    });
    taken = true;
    taken.notify_all();
    ahead.take(0);
  }
  EXPECT_LT(made, 1'000'000);
}

TEST(Ahead, NoneIsMadeThatIsFarAhead) {
  constexpr std::size_t count = 500;
  constexpr std::size_t reach = 3;
  for (std::size_t const helpers : {0U, 1U, 7U}) {
    std::atomic<std::size_t> asked = 0;
    std::atomic<std::size_t> farthest = 0;
    Ahead<std::size_t> ahead(
        count, helpers,
        [&](std::size_t at) {
          farthest = std::max(farthest.load(), at - std::min(at, asked.load()));
          return at;
        },
        reach);
    for (std::size_t at = 0; at < count; ++at) {
      asked = at;
      ASSERT_EQ(ahead.take(at), at);
    }
    EXPECT_LE(farthest, reach);
  }
}

TEST(Ahead, OfNothingIsNothing) {
  Ahead<int> const ahead(0, 2, [](std::size_t) -> int { throw std::logic_error("called"); });
}

}  // namespace
}  // namespace bellows::sql::ahead_test
