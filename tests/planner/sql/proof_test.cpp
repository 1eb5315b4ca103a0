#include "planner/sql/proof.hpp"

#include <gtest/gtest.h>

namespace bellows::sql::proof_test {
namespace {

TEST(ProvesNotNull, KnowsTheFormsThatPostgresKnows) {
  Identifier const column("c");
  for (char const* check :
       {"CHECK ((c IS NOT NULL))", "CHECK (c IS NOT NULL AND d > 0)",
        "CHECK (d > 0 AND (e > 0 AND c IS NOT NULL))", "CHECK (NOT (c IS NULL))",
        "CHECK (c IS DISTINCT FROM NULL)", "CHECK (c IS NOT NULL) NO INHERIT"}) {
    EXPECT_TRUE(proves_not_null(check, column)) << check;
  }
  for (char const* check :
       {"CHECK (c > 0)", "CHECK (c IS NOT NULL OR d > 0)", "CHECK (c IS NULL)",
        "CHECK ((c IS NOT NULL) IS TRUE)", "CHECK (num_nulls(c) = 0)", "CHECK (d IS NOT NULL)",
        "UNIQUE (c)", "nonsense", "CHECK (c IS DISTINCT FROM 1)"}) {
    EXPECT_FALSE(proves_not_null(check, column)) << check;
  }
}

}  // namespace
}  // namespace bellows::sql::proof_test
