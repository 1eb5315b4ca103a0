#include "batcher/keys/stripe.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::stripe_test {
namespace {

KeyType column(char const* name, char const* type) {
  return {sql::Identifier(name), type, "", false};
}

TEST(Stripe, HashesWhateverTheServerHashesAlike) {
  EXPECT_EQ(key_hash({column("id", "bigint")}), "pg_catalog.hashint8(id)");
  EXPECT_EQ(key_hash({column("Code", "character varying(20)")}), "pg_catalog.hashtext(\"Code\")");
  EXPECT_EQ(key_hash({column("at", "timestamp with time zone"), column("a", "uuid"),
                      column("b", "numeric(20,3)")}),
            "pg_catalog.uuid_hash(a) # pg_catalog.hash_numeric(b)");
  EXPECT_EQ(key_hash({column("at", "timestamp with time zone")}), "");
}

TEST(Stripe, AllStripesNeedNoCondition) {
  EXPECT_EQ(and_stripes("h(id)", {}), "");
  EXPECT_EQ(and_stripes("h(id)", {8, 0, 7}), "");
}

TEST(Stripe, OneStripeOrTheRest) {
  EXPECT_EQ(and_stripes("h(id)", {8, 3, 3}), " AND abs((h(id))::bigint) % 8 = 3");
  EXPECT_EQ(and_stripes("h(id)", {8, 3, 7}), " AND abs((h(id))::bigint) % 8 BETWEEN 3 AND 7");
}

}  // namespace
}  // namespace bellows::batcher::stripe_test
