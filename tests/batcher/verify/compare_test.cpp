#include "batcher/verify/verify.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::compare_test {
namespace {

TEST(CompareVerified, CountsRangesByRowsAndHash) {
  std::vector<VerifiedRange> const then{{{"1"}, 10, 0, 5}, {{"2"}, 10, 0, 6}, {{"3"}, 10, 0, 7}};
  std::vector<VerifiedRange> const now{
      {{"1"}, 10, 0, 5}, {{"2"}, 11, 0, 6}, {{"3"}, 10, 0, 8}, {{"9"}, 4, 0, 1}};
  Compared const compared = compare(then, now);
  EXPECT_EQ(compared.same, 1);
  EXPECT_EQ(compared.changed, 2);
  EXPECT_EQ(compared.rows_then, 30);
  EXPECT_EQ(compared.added_after, 4);
}

TEST(CompareVerified, ARangeWithRowsThatDifferNowHasChanged) {
  Compared const compared =
      compare({{{"1"}, 10, 0, 5}, {{"2"}, 10, 1, 6}}, {{{"1"}, 10, 1, 5}, {{"2"}, 10, 1, 6}});
  EXPECT_EQ(compared.same, 1);
  EXPECT_EQ(compared.changed, 1);
}

TEST(CompareVerified, AReadingAtOtherBoundsIsRefused) {
  EXPECT_THROW(compare({{{"1"}, 1, 0, 1}, {{"2"}, 1, 0, 1}}, {{{"2"}, 2, 0, 2}}),
               std::invalid_argument);
}

}  // namespace
}  // namespace bellows::batcher::compare_test
