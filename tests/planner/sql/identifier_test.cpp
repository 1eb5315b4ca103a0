#include "planner/sql/identifier.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace bellows::sql::identifier_test {
namespace {

TEST(Identifier, IsQuotedAsPostgresDoes) {
  struct Case {
    std::string raw;
    std::string quoted;
  };
  for (auto const& [raw, quoted] : {
           Case{"users", "users"},
           Case{"_x1", "_x1"},
           Case{"Users", "\"Users\""},
           Case{"1st", "\"1st\""},
           Case{"two words", "\"two words\""},
           Case{"a\"b", "\"a\"\"b\""},
           Case{"it's", "\"it's\""},
           Case{"größe", "\"größe\""},
           Case{"price$", "\"price$\""},
           Case{"", "\"\""},
           Case{"select", "\"select\""},            // reserved
           Case{"user", "\"user\""},                // reserved
           Case{"left", "\"left\""},                // type or function name
           Case{"varchar", "\"varchar\""},          // column name keyword
           Case{"system_user", "\"system_user\""},  // reserved since 16
           Case{"role", "role"},                    // unreserved
           Case{"name", "name"},
           Case{"abort", "abort"},
           Case{"; DROP TABLE x --", "\"; DROP TABLE x --\""},
       }) {
    EXPECT_EQ(Identifier(raw).quoted(), quoted);
  }
}

TEST(QualifiedName, ReadsBackWhatItWrites) {
  for (QualifiedName const& name : {
           QualifiedName{Identifier("public"), Identifier("users")},
           QualifiedName{Identifier(), Identifier("Odd Name")},
           QualifiedName{Identifier("a"), Identifier("b.c")},
           QualifiedName{Identifier("select"), Identifier("\"")},
           QualifiedName{Identifier("größe"), Identifier(std::string(63, 'x'))},
       }) {
    EXPECT_EQ(parse_qualified_name(name.quoted()), name) << name.quoted();
  }
  EXPECT_EQ(parse_qualified_name("Public.Users").quoted(), "public.users");
}

TEST(QualifiedName, RefusesWhatIsNoName) {
  for (std::string const& text :
       {std::string(), std::string("a."), std::string(".a"), std::string("a.b.c"),
        std::string("a b"), std::string("\"a"), std::string("\"\""), std::string("a;"),
        std::string("1a"), std::string("a--"), std::string("a\0b", 3)}) {
    EXPECT_THROW(parse_qualified_name(text), std::invalid_argument) << text;
  }
}

TEST(QuoteLiteral, CannotBeLeft) {
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_literal(""), "''");
  EXPECT_EQ(quote_literal("a\\'b"), "E'a\\\\''b'");
}

TEST(BoundedName, KeepsWhatFits) {
  std::string const fits(63, 'a');
  EXPECT_EQ(bounded_name(fits).raw(), fits);
}

TEST(BoundedName, CutsAtACharacterAndStaysDifferent) {
  std::string umlauts;
  for (int i = 0; i < 40; ++i) {
    umlauts += "ü";
  }
  Identifier const one = bounded_name(umlauts + "1");
  Identifier const other = bounded_name(umlauts + "2");
  EXPECT_LE(one.raw().size(), max_identifier_bytes);
  EXPECT_NE(one, other);
  std::string const kept = one.raw().substr(0, one.raw().size() - 9);
  EXPECT_EQ(kept.size() % 2, 0U) << "half a character";
  EXPECT_EQ(umlauts.substr(0, kept.size()), kept);
}

}  // namespace
}  // namespace bellows::sql::identifier_test
