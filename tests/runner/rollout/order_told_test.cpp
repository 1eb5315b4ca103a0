#include "runner/rollout/order_told.hpp"

#include "planner/sql/migration.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// Names whose digits say another order than a listing.
namespace bellows::runner::order_told_test {
namespace {

using Names = std::vector<std::string>;

Names in_order(Names names) {
  std::ranges::sort(names, sql::runs_before);
  return names;
}

TEST(OrderTold, OfTimesThatAreNone) {
  Names const names = in_order({"20261103500000_c1", "20261104000000_idx"});
  EXPECT_EQ(names.front(), "20261104000000_idx");
  Names const told = order_told(names, names);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told.front().find("the digits of 20261103500000_c1 are no time"), 0U);
  EXPECT_EQ(told.back().find("by the digits bellows runs 20261104000000_idx before "
                             "20261103500000_c1; by name"),
            0U);
  EXPECT_EQ(order_told(names, {}), Names());
  EXPECT_EQ(order_told({"20261301000000_a"}, {"20261301000000_a"}).size(), 1U) << "month 13";
}

TEST(OrderTold, OfNumbersAndTimesBesideOneAnother) {
  Names const names = in_order({"20261201_a", "20261104000000_b", "9_c", "10_d"});
  EXPECT_EQ(names, (Names{"9_c", "10_d", "20261201_a", "20261104000000_b"}));
  ASSERT_EQ(order_told(names, {"20261201_a"}).size(), 1U);
  EXPECT_NE(order_told(names, {"20261201_a"}).front().find("20261201_a before 20261104000000_b;"),
            std::string::npos);
  EXPECT_NE(order_told(names, names).front().find("9_c before 10_d, 20261201_a before"),
            std::string::npos);
}

TEST(OrderTold, NotOfFlywaysVersionsWhichItComparesAlike) {
  Names const names = in_order({"V1_10__a", "V1_2__b", "R__views"});
  EXPECT_EQ(names, (Names{"V1_2__b", "V1_10__a", "R__views"}));
  EXPECT_EQ(order_told(names, names), Names());
}

TEST(OrderTold, NotOfWhatIsAsAListingShowsIt) {
  for (Names const& names : {Names{"001_a", "002_b", "010_c"},
                             {"20261103235959_a", "20261104000000_b"},
                             {"1700000000000_a", "1700000000001_b"},
                             {"a", "b"}}) {
    EXPECT_EQ(order_told(in_order(names), names), Names()) << names.front();
  }
}

}  // namespace
}  // namespace bellows::runner::order_told_test
