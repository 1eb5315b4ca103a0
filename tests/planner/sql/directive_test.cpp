#include "planner/sql/directive.hpp"

#include <gtest/gtest.h>

namespace bellows::sql::directive_test {
namespace {

Directives read(std::string const& comment) {
  return directives({comment});
}

TEST(Directives, AreRead) {
  Directives const all = directives({
      "-- a word to the reader",
      "-- bellows: using display_name = initcap(name)",
      "--bellows:reverse \"My = Name\" = display_name",
      "-- bellows: backfill role = 'reader'",
      "-- bellows: key tenant, \"Id,x\"",
      "-- bellows: batch 5000",
      "-- bellows: allow drop-column because nothing reads it",
      "-- bellows: subscriber ready",
      "-- bellows: no trial",
  });
  EXPECT_EQ(all.mistakes, std::vector<std::string>{});
  ASSERT_EQ(all.all.size(), 8U);
  EXPECT_TRUE(all.find<Subscriber>()->ready);
  EXPECT_NE(all.find<NoTrial>(), nullptr);
  EXPECT_EQ(all.find<Using>()->expression.text(), "initcap(name)");
  EXPECT_EQ(all.find<Reverse>()->column.raw(), "My = Name");
  EXPECT_EQ(all.find<Backfill>()->column.raw(), "role");
  EXPECT_EQ(all.find<KeyChoice>()->columns,
            (std::vector{Identifier("tenant"), Identifier("Id,x")}));
  EXPECT_EQ(all.find<BatchSize>()->rows, 5000);
  EXPECT_EQ(all.find<Allow>()->rule, "drop-column");
  EXPECT_EQ(all.find<Allow>()->reason, "nothing reads it");
}

TEST(Directives, NeverDropAMistakeSilently) {
  for (char const* comment : {
           "-- bellows: usng a = b",
           "-- bellows:",
           "-- bellows: using a",
           "-- bellows: using a = ",
           "-- bellows: using a.b = c",
           "-- bellows: using a = (SELECT 1)",
           "-- bellows: using a = b; DROP TABLE c",
           "-- bellows: key",
           "-- bellows: key a,",
           "-- bellows: batch",
           "-- bellows: batch 0",
           "-- bellows: batch -5",
           "-- bellows: batch 5k",
           "-- bellows: allow drop-column",
           "-- bellows: allow drop-column because",
           "-- bellows: subscriber",
           "-- bellows: subscriber maybe",
           "-- bellows: no",
           "-- bellows: no trials",
       }) {
    Directives const result = read(comment);
    EXPECT_EQ(result.mistakes.size(), 1U) << comment;
    EXPECT_TRUE(result.all.empty()) << comment;
  }
  EXPECT_EQ(directives({"-- bellows: batch 1", "-- bellows: batch 2"}).mistakes.size(), 1U);
}

TEST(Directives, OneThatIsOnlyNearlyOneIsAMistake) {
  for (char const* comment :
       {"-- bellows using full_name = upper(name)", "-- bellow: batch 10", "-- bellows batch 10",
        "-- Bellows: batch 10", "-- bellows : batch 10", "-- bellows; key id", "--belows:batch 5",
        "-- bellwos: usng a = b", "-- bellows usng a = b", "-- bellows bath 10",
        "-- bellows no trial", "-- bellows allow drop-column because nothing reads it",
        "-- bellows alow drop-column because nothing reads it", "/* bellows: batch 10 */",
        "/*\n * bellows: using a = b\n */", "-- bellow: subscriber ready",
        "-- bellows allow-unsplit drop-column because x"}) {
    Directives const result = read(comment);
    ASSERT_EQ(result.mistakes.size(), 1U) << comment;
    EXPECT_NE(result.mistakes[0].find("expected `-- bellows: "), std::string::npos);
    EXPECT_TRUE(result.all.empty()) << comment;
  }
}

TEST(Directives, LeaveOtherCommentsAlone) {
  for (char const* comment :
       {"-- bellows is a tool", "-- see bellows: x", "-- bellows: up", "--",
        "-- bellows no longer needs it", "-- bellows backfills it later", "-- bellows allows it",
        "-- below: batch 10", "-- fellows use batches", "-- using a = b", "-- bellows",
        "/* bellows splits it */"}) {
    Directives const result = read(comment);
    EXPECT_TRUE(result.all.empty() && result.mistakes.empty()) << comment;
  }
}

}  // namespace
}  // namespace bellows::sql::directive_test
