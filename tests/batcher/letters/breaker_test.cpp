#include "batcher/letters/breaker.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::breaker_test {
namespace {

// How many of `rows` bad rows in a row it lets pass.
int admits(Breaker& breaker, int rows) {
  for (int row = 0; row < rows; ++row) {
    if (breaker.refuses()) {
      return row;
    }
    breaker.committed(0, true);
  }
  return rows;
}

TEST(Breaker, OpensWhereNothingAtAllCouldBeWritten) {
  Breaker breaker(std::nullopt, 0, 0);
  EXPECT_EQ(admits(breaker, 100), 9);
  EXPECT_NE(breaker.refuses().value().find("first 10 rows"), std::string::npos);
  Breaker again(std::nullopt, 9, 0);  // the next run of the same job
  EXPECT_EQ(admits(again, 100), 0);
}

TEST(Breaker, OneRowWrittenIsEnoughToGoOnForAWhile) {
  Breaker breaker(std::nullopt, 0, 0);
  breaker.committed(1, false);
  EXPECT_EQ(admits(breaker, 100), 48);  // fifty rows, then one in four
}

TEST(Breaker, OpensOnAShareOfTheLastRows) {
  Breaker breaker(std::nullopt, 0, 0);
  breaker.committed(600, false);
  EXPECT_EQ(admits(breaker, 1000), 200);
  EXPECT_NE(breaker.refuses().value().find("201 of the last 801 rows"), std::string::npos);
}

TEST(Breaker, ForgetsWhatIsLongAgo) {
  Breaker breaker(std::nullopt, 0, 0);
  breaker.committed(1'000'000, false);
  EXPECT_EQ(admits(breaker, 1000), 333);  // a large batch counts as one window, not for ever
  breaker.committed(2'000, false);
  EXPECT_EQ(breaker.refuses(), std::nullopt);
}

TEST(Breaker, FewBadRowsAmongManyNeverOpenItBelowTheLimit) {
  Breaker breaker(std::nullopt, 0, 0);
  for (int row = 0; row < 1000; ++row) {
    ASSERT_EQ(breaker.refuses(), std::nullopt) << row;
    breaker.committed(9, false);
    breaker.committed(0, true);
  }
  EXPECT_NE(breaker.refuses().value().find("1000 rows are in the dead letters"), std::string::npos);
}

TEST(Breaker, GivenLimitIsAllThatCounts) {
  Breaker breaker(5'000, 0, 0);
  EXPECT_EQ(admits(breaker, 6'000), 5'000);
  Breaker rest(5, 3, 100);
  EXPECT_EQ(admits(rest, 10), 2);
  Breaker none(0, 0, 100);
  EXPECT_EQ(admits(none, 10), 0);
}

}  // namespace
}  // namespace bellows::batcher::breaker_test
