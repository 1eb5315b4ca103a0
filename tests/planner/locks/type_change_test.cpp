#include "planner/locks/type_change.hpp"

#include <gtest/gtest.h>

namespace bellows::locks::type_change_test {
namespace {

TEST(TypeChange, IsWhatTheServerDoes) {
  constexpr auto free = TypeChange::Free, rewrites = TypeChange::Rewrites,
                 indexes = TypeChange::RebuildsIndexes, zone = TypeChange::ByTimeZone,
                 unknown = TypeChange::Unknown;
  struct Case {
    char const* from;
    char const* to;
    TypeChange change;
  };
  for (auto const& [from, to, change] : {
           Case{"integer", "integer", free},
           Case{"character varying(10)", "character varying(20)", free},
           Case{"character varying(10)", "character varying", free},
           Case{"character varying(10)", "text", free},
           Case{"character varying(10)", "character varying(5)", rewrites},
           Case{"text", "character varying", free},
           Case{"text", "character varying(5)", rewrites},
           Case{"character varying", "character varying(5)", rewrites},
           Case{"character(5)", "character(6)", rewrites},
           Case{"character varying(1)[]", "character varying(2)[]", rewrites},
           Case{"numeric(10,2)", "numeric(12,2)", free},
           Case{"numeric(10,2)", "numeric", free},
           Case{"numeric(10,2)", "numeric(12,3)", rewrites},
           Case{"numeric(10,2)", "numeric(9,2)", rewrites},
           Case{"numeric", "numeric(9,2)", rewrites},
           Case{"integer", "bigint", rewrites},
           Case{"integer", "oid", indexes},
           Case{"regtype", "integer", indexes},
           Case{"oid", "regclass", free},
           Case{"regproc", "oid", free},
           Case{"regclass", "regtype", rewrites},
           Case{"regproc", "regprocedure", free},
           Case{"bit(5)", "bit varying", indexes},
           Case{"bit(5)", "bit varying(6)", rewrites},
           Case{"character(5)", "bpchar", free},
           Case{"text", "bpchar", indexes},
           Case{"xml", "character varying", free},
           Case{"xml", "character varying(5)", rewrites},
           Case{"character varying(5)[]", "character varying[]", free},
           Case{"text[]", "character varying[]", rewrites},
           Case{"timestamp(3) without time zone", "timestamp(6) without time zone", free},
           Case{"timestamp(3) without time zone", "timestamp without time zone", free},
           Case{"timestamp without time zone", "timestamp(6) without time zone", free},
           Case{"timestamp without time zone", "timestamp(3) without time zone", rewrites},
           Case{"timestamp without time zone", "timestamp with time zone", zone},
           Case{"timestamp without time zone", "timestamp(3) with time zone", rewrites},
           Case{"cidr", "inet", free},
           Case{"inet", "cidr", rewrites},
           Case{"json", "jsonb", rewrites},
           Case{"text", "public.citext", indexes},
           Case{"public.citext", "text", indexes},
           Case{"integer", "public.positive", unknown},
           Case{"public.mood", "text", unknown},
       }) {
    EXPECT_EQ(static_cast<int>(type_change(from, to)), static_cast<int>(change))
        << from << " to " << to;
  }
}

}  // namespace
}  // namespace bellows::locks::type_change_test
