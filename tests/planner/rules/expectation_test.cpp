#include "planner/rules/expectation.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

namespace bellows::rules::expectation_test {
namespace {

std::vector<Expectation> expected(std::string_view text, std::optional<std::int64_t> bytes) {
  catalog::Catalog catalog;
  catalog::replay_text(catalog, "CREATE TABLE t (a int, b text)");
  catalog.tables.edit(catalog.tables.begin()->first)->bytes = bytes;
  return review(sql::read_migration("m", "m.sql", text), catalog).at(0).expected;
}

TEST(Expectation, IsARangeOverAssumedSpeeds) {
  auto const scan = expected("ALTER TABLE t ALTER a SET NOT NULL", 6'000'000'000);
  ASSERT_EQ(scan.size(), 1U);
  EXPECT_EQ(in_words(scan[0]),
            "12 s to 60 s: 6.0 GB (heap, indexes and TOAST) read at an assumed 100 to 500 MB/s");
  auto const rewrite = expected("ALTER TABLE t ALTER a TYPE bigint", 6'000'000'000);
  ASSERT_EQ(rewrite.size(), 1U);
  EXPECT_EQ(in_words(rewrite[0]),
            "40 s to 3 min: 6.0 GB (heap, indexes and TOAST) rewritten at an assumed 30 to 150 "
            "MB/s");
}

TEST(Expectation, OfASmallTableIsNothingToWorryAbout) {
  auto const small = expected("ALTER TABLE t ALTER a SET NOT NULL", 8192);
  ASSERT_EQ(small.size(), 1U);
  EXPECT_EQ(in_words(small[0]),
            "under 1 s: 9 kB (heap, indexes and TOAST) read at an assumed 100 to 500 MB/s");
}

TEST(Expectation, IsNotMadeUpWhereNothingIsKnown) {
  EXPECT_TRUE(expected("ALTER TABLE t ALTER a SET NOT NULL", std::nullopt).empty());
  EXPECT_TRUE(expected("ALTER TABLE t ADD c int", 6'000'000'000).empty());
}

TEST(Expectation, TurnsHuge) {
  auto const huge = expected("ALTER TABLE t ALTER a TYPE bigint", 4'000'000'000'000);
  EXPECT_EQ(in_words(huge.at(0)).substr(0, 22), "7.4 h to 37.0 h: 4.0 T");
}

}  // namespace
}  // namespace bellows::rules::expectation_test
