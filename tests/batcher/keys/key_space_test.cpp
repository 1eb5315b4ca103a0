#include "batcher/keys/key_space.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::key_space_test {
namespace {

KeySpace analysed() {
  return {"{…}", 101, 10'000};
}  // a hundred buckets of a hundred rows

TEST(KeySpace, HistogramTellsThePlaceWhateverTheRowsSay) {
  EXPECT_DOUBLE_EQ(analysed().share(51, 0, 1), 0.50);
  EXPECT_DOUBLE_EQ(analysed().share(51, 50, 1), 0.505);
}

TEST(KeySpace, RowsInABucketCountForThatBucketAtMost) {
  EXPECT_DOUBLE_EQ(analysed().share(51, 1'000'000, 1), 0.51);
}

TEST(KeySpace, BeforeTheFirstBoundIsTheBeginning) {
  EXPECT_EQ(analysed().share(0, 0, 0), 0);
}

TEST(KeySpace, OnlyTheEndIsTheEnd) {
  EXPECT_LT(analysed().share(101, 1'000, 1'000'000), 1);
}

TEST(KeySpace, WithoutAHistogramRowsAreCounted) {
  KeySpace const space{"", 0, 1'000};
  EXPECT_DOUBLE_EQ(space.share(std::nullopt, 0, 250), 0.25);
  EXPECT_LT(space.share(std::nullopt, 0, 5'000), 1);
  EXPECT_LT((KeySpace{"", 0, 0}.share(std::nullopt, 0, 5)), 1);
}

}  // namespace
}  // namespace bellows::batcher::key_space_test
