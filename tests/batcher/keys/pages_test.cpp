#include "batcher/keys/pages.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::pages_test {
namespace {

TEST(Pages, PlacesAndExtentsReadBackFromTheLedger) {
  PagePlace const place{3, 17, "16390", "(12,4)"};
  PagePlace const again = place_in(key_from_json(to_json(to_key(place))));
  EXPECT_EQ(again.walk, 3);
  EXPECT_EQ(again.found, 17);
  EXPECT_EQ(again.relation, "16390");
  EXPECT_EQ(again.row, "(12,4)");
  Extents const extents = extents_in(to_key(Extents{{"7", 10}, {"16390", 4'294'967'000}}));
  ASSERT_EQ(extents.size(), 2U);
  EXPECT_EQ(extents[1].relation, "16390");
  EXPECT_EQ(extents[1].pages, 4'294'967'000);
  EXPECT_THROW(place_in({"7"}), std::invalid_argument);
}

TEST(Pages, ShareCountsPagesAndOrdersRelationsByNumber) {
  Extents const extents{{"999", 30}, {"1000", 70}};  // not as text
  EXPECT_EQ(share_of(extents, {}), 0);
  EXPECT_DOUBLE_EQ(share_of(extents, {1, 0, "999", "(15,3)"}), 0.15);
  EXPECT_DOUBLE_EQ(share_of(extents, {1, 0, "1000", "(35,0)"}), 0.65);
  EXPECT_DOUBLE_EQ(share_of(extents, {1, 0, "1001", "(0,0)"}), 1);
  EXPECT_EQ(share_of({}, {}), 1);
}

TEST(Pages, OnlyServersWithoutRangesOfPlacesAreGivenEachPlace) {
  Range const range{KeyValue{"(3,7)"}, {"(5,0)"}};
  sql::QualifiedName const table = sql::parse_qualified_name("t");
  EXPECT_EQ(Pages(table, 10, 140'000).and_pages(range), "");
  EXPECT_EQ(Pages(table, 10, 130'023).and_pages(range),
            " AND ctid = ANY (ARRAY(SELECT format('(%s,%s)', page, line)::tid"
            " FROM generate_series(3, 5) AS page, generate_series(1, 291) AS line))");
}

}  // namespace
}  // namespace bellows::batcher::pages_test
