#include "planner/sql/bounds_proof.hpp"

#include "planner/sql/moment.hpp"
#include "planner/sql/statement.hpp"

#include <gtest/gtest.h>

#include <vector>

/// What PostgreSQL itself proves, and what it does not, is tried in tests/runner/locks; here is
/// what must not be taken for a proof.
namespace bellows::sql::bounds_proof_test {
namespace {

PartitionBounds bounds(std::string const& text) {
  Statement const statement = parse_one("ALTER TABLE p ATTACH PARTITION c " + text);
  return std::get<AlterTable>(statement.body).commands.at(0).bounds;
}

struct Case {
  char const* type;
  char const* check;  // several: separated by ';'
  char const* bounds;
  bool inside;
  bool outside;
};

constexpr Case cases[] = {
    {"date", "CHECK (k >= '2026-03-01' AND k < '2026-04-01')",
     "FOR VALUES FROM ('2026-03-01') TO ('2026-04-01')", true, false},
    {"date", "CHECK (((k >= '2026-03-01'::date) AND (k < '2026-04-01'::date)))",
     "FOR VALUES FROM ('2026-03-01') TO ('2026-04-01')", true, false},
    {"date", "CHECK (k <= '2026-03-31')", "FOR VALUES FROM (MINVALUE) TO ('2026-04-01')", true,
     false},
    {"date", "CHECK (k <= '2026-04-01')", "FOR VALUES FROM (MINVALUE) TO ('2026-04-01')", false,
     false},
    {"date", "CHECK (k >= '2026-02-28')", "FOR VALUES FROM ('2026-03-01') TO (MAXVALUE)", false,
     false},
    {"date", "CHECK (k > '2026-02-28')", "FOR VALUES FROM ('2026-03-01') TO (MAXVALUE)", false,
     false},
    {"date", "CHECK (k >= '1.3.2026')", "FOR VALUES FROM ('2026-03-01') TO (MAXVALUE)", false,
     false},
    {"date", "CHECK (k >= 'today')", "FOR VALUES FROM ('today') TO (MAXVALUE)", false, false},
    {"date", "CHECK (k >= '2026-02-30')", "FOR VALUES FROM ('2026-02-28') TO (MAXVALUE)", false,
     false},
    {"date", "CHECK (other >= '2026-03-01')", "FOR VALUES FROM ('2026-03-01') TO (MAXVALUE)", false,
     false},
    {"date", "CHECK (k >= now())", "FOR VALUES FROM ('2026-03-01') TO (MAXVALUE)", false, false},
    {"date", "CHECK (NOT (k < '2026-03-01'))", "FOR VALUES FROM ('2026-03-01') TO (MAXVALUE)", true,
     false},
    {"date", "CHECK (k < '2026-03-01' OR k >= '2026-04-01')",
     "FOR VALUES FROM ('2026-03-01') TO ('2026-04-01')", false, true},
    {"date", "CHECK (k < '2026-03-02')", "FOR VALUES FROM ('2026-03-01') TO ('2026-04-01')", false,
     false},
    {"integer", "CHECK (k >= 5 AND k < 10)", "FOR VALUES FROM (5) TO (10)", true, false},
    {"integer", "CHECK (k BETWEEN -5 AND 9)", "FOR VALUES FROM (-5) TO (10)", true, false},
    {"integer", "CHECK (k NOT BETWEEN 5 AND 9)", "FOR VALUES FROM (5) TO (10)", false, false},
    {"integer", "CHECK (k BETWEEN 50 AND 90)", "FOR VALUES FROM (5) TO (10)", false, true},
    {"integer", "CHECK (k >= 5.0)", "FOR VALUES FROM (5) TO (MAXVALUE)", false, false},
    {"integer", "CHECK (k >= 99999999999999999999)", "FOR VALUES FROM (5) TO (MAXVALUE)", false,
     false},
    {"integer", "CHECK (k >= 5::numeric)", "FOR VALUES FROM (5) TO (MAXVALUE)", false, false},
    {"integer", "CHECK (-k <= -5)", "FOR VALUES FROM (5) TO (MAXVALUE)", false, false},
    {"integer", "CHECK (k >= 5);CHECK (k < 10)", "FOR VALUES FROM (5) TO (10)", true, false},
    {"integer", "CHECK (k >= 5 OR k < 10)", "FOR VALUES FROM (5) TO (10)", false, false},
    {"integer", "CHECK (k IN (1, 2))", "FOR VALUES IN (1, 2, 3)", true, false},
    {"integer", "CHECK (k IN (1, 2))", "FOR VALUES IN (1)", false, false},
    {"integer", "CHECK (k = ANY (ARRAY[1, 2]))", "FOR VALUES IN (2, 1)", true, false},
    {"integer", "CHECK (k <> ALL (ARRAY[1, 2]))", "FOR VALUES IN (2, 1)", false, true},
    {"integer", "CHECK (k NOT IN (1, 2))", "FOR VALUES IN (2)", false, true},
    {"integer", "CHECK (k <> 1)", "FOR VALUES IN (1, 2)", false, false},
    {"integer", "CHECK (k > 10)", "FOR VALUES IN (1, 2)", false, true},
    {"integer", "CHECK (k > 10)", "FOR VALUES IN (1, NULL)", false, true},
    {"integer", "CHECK (k IN (1))", "FOR VALUES WITH (MODULUS 2, REMAINDER 0)", false, false},
    {"integer", "CHECK (k IN (1))", "FOR VALUES FROM (1, 1) TO (1, 2)", false, false},
    {"integer", "CHECK (k IN (1))", "DEFAULT", false, false},
    {"text", "CHECK (k = 'a')", "FOR VALUES IN ('a')", true, false},
    {"text", "CHECK (k = 'a')", "FOR VALUES IN ('b')", false, true},
    {"text", "CHECK (k >= 'b')", "FOR VALUES FROM ('a') TO (MAXVALUE)", false, false},
    {"character varying(9)", "CHECK (((k)::text = 'a'::text))", "FOR VALUES IN ('a')", true, false},
    {"public.mood", "CHECK (k = 'a'::public.mood)", "FOR VALUES IN ('a')", true, false},
    {"public.mood", "CHECK (k = 'a'::public.mood)", "FOR VALUES IN ('b')", false, false},
    {"public.mood", "CHECK (k = 'a'::other.mood)", "FOR VALUES IN ('a')", false, false},
    {"uuid", "CHECK (k = 'AB')", "FOR VALUES IN ('ab')", false, false},
    {"timestamp without time zone", "CHECK (k >= '2026-03-01')",
     "FOR VALUES FROM ('2026-03-01 00:00:00') TO (MAXVALUE)", true, false},
    {"timestamp without time zone", "CHECK (k >= '2026-03-01 00:00:00.5')",
     "FOR VALUES FROM ('2026-03-01 00:00:00.6') TO (MAXVALUE)", false, false},
    {"timestamp with time zone", "CHECK (k >= '2026-03-01')",
     "FOR VALUES FROM ('2026-03-01') TO (MAXVALUE)", false, false},
    {"timestamp with time zone", "CHECK (k >= '2026-03-01 02:00:00+02')",
     "FOR VALUES FROM ('2026-03-01 00:00:00+00') TO (MAXVALUE)", true, false},
    {"timestamp with time zone", "CHECK (k >= '2026-03-01 02:00:00+02:30')",
     "FOR VALUES FROM ('2026-03-01 00:00:00+00') TO (MAXVALUE)", false, false},
};

std::vector<std::string> separate(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    std::size_t const end = std::min(text.find(';'), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

TEST(BoundsProof, TakesOnlyWhatIsCertain) {
  for (Case const& one : cases) {
    std::vector<std::string> const checks = separate(one.check);
    KeyFacts const facts{Identifier("k"), one.type, true, checks};
    EXPECT_EQ(proves_inside(facts, bounds(one.bounds)), one.inside)
        << one.check << " " << one.bounds;
    EXPECT_EQ(proves_outside(facts, bounds(one.bounds)), one.outside)
        << one.check << " " << one.bounds;
  }
}

TEST(BoundsProof, ANullMustBeExcludedAsWell) {
  std::vector<std::string> const checks{"CHECK (k >= 5 AND k < 10)"};
  PartitionBounds const range = bounds("FOR VALUES FROM (5) TO (10)");
  EXPECT_FALSE(proves_inside({Identifier("k"), "integer", false, checks}, range));
  std::vector<std::string> const with_null{"CHECK (k IS NOT NULL AND k >= 5 AND k < 10)"};
  EXPECT_TRUE(proves_inside({Identifier("k"), "integer", false, with_null}, range));
  std::vector<std::string> const one{"CHECK (k = 1)"};
  EXPECT_FALSE(
      proves_inside({Identifier("k"), "integer", false, one}, bounds("FOR VALUES IN (1)")));
  EXPECT_TRUE(
      proves_inside({Identifier("k"), "integer", false, one}, bounds("FOR VALUES IN (1, NULL)")));
}

TEST(BoundsProof, LongListsAreNotTakenApart) {
  std::string list = "1";
  for (int i = 2; i <= 101; ++i) {
    list += ", " + std::to_string(i);
  }
  std::vector<std::string> const checks{"CHECK (k IN (" + list + "))"};
  KeyFacts const facts{Identifier("k"), "integer", true, checks};
  EXPECT_FALSE(proves_inside(facts, bounds("FOR VALUES IN (" + list + ")")));
}

TEST(Moment, ReadsWhatPostgresWrites) {
  constexpr std::int64_t day = 86'400'000'000;
  EXPECT_EQ(date_rank("1970-01-02"), 1);
  EXPECT_EQ(timestamp_rank("1970-01-02"), day);
  EXPECT_EQ(timestamp_rank("1970-01-01 00:00:01.5"), 1'500'000);
  EXPECT_EQ(timestamp_rank("1970-01-01 00:01"), 60'000'000);
  EXPECT_EQ(timestamptz_rank("1970-01-01 01:00:00+01"), 0);
  EXPECT_EQ(timestamptz_rank("1970-01-01 00:00:00-00:30"), 1'800'000'000);
  for (char const* odd : {"", "1970", "1970-1-1", "1970-13-01", "1970-02-30", "01.02.1970", "now",
                          "1970-01-01 ", "1970-01-01x"}) {
    EXPECT_EQ(date_rank(odd), std::nullopt) << odd;
    EXPECT_EQ(timestamp_rank(odd), std::nullopt) << odd;
    EXPECT_EQ(timestamptz_rank(odd), std::nullopt) << odd;
  }
  EXPECT_EQ(timestamptz_rank("1970-01-01 00:00:00"), std::nullopt);
}

}  // namespace
}  // namespace bellows::sql::bounds_proof_test
