#include "planner/sql/text.hpp"

#include <gtest/gtest.h>

namespace bellows::sql::text_test {
namespace {

std::vector<std::string> texts(std::string_view text) {
  std::vector<std::string> result;
  for (RawStatement const& statement : split(text)) {
    result.push_back(statement.text);
  }
  return result;
}

using Texts = std::vector<std::string>;

TEST(PositionAt, CountsCharactersAndLines) {
  std::string const text = "ab\nüx\n";
  EXPECT_EQ(position_at(text, 0), (Position{0, 1, 1}));
  EXPECT_EQ(position_at(text, 3), (Position{3, 2, 1}));
  EXPECT_EQ(position_at(text, 5), (Position{5, 2, 2}));
  EXPECT_EQ(position_at(text, 99), (Position{7, 3, 1}));
}

TEST(Split, CutsAtTopLevelSemicolonsOnly) {
  EXPECT_EQ(texts("SELECT 1; SELECT 2"), (Texts{"SELECT 1", "SELECT 2"}));
  EXPECT_EQ(texts(";;  ; SELECT 1 ;;"), (Texts{"SELECT 1"}));
  EXPECT_EQ(texts("SELECT 'a;b', \"c;d\", $x$ ; $x$; SELECT 2").size(), 2U);
  EXPECT_EQ(texts("SELECT 1 /* a ; /* b ; */ ; */; SELECT 2").size(), 2U);
  EXPECT_EQ(texts("CREATE RULE r AS ON DELETE TO t DO (SELECT 1; SELECT 2); SELECT 3").size(), 2U);
  EXPECT_EQ(texts("").size(), 0U);
  EXPECT_EQ(texts("-- nothing here\n").size(), 0U);
}

TEST(Split, KeepsAFunctionBodyTogether) {
  EXPECT_EQ(texts("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true"
                  " THEN 2 ELSE 3 END; END; SELECT 4")
                .size(),
            2U);
  EXPECT_EQ(texts("BEGIN; SELECT 1; END; SELECT 2").size(), 4U);
}

TEST(Split, WorksOnSyntaxNewerThanTheParser) {
  EXPECT_EQ(texts("ALTER TABLE t ADD CONSTRAINT c NOT NULL x NOT VALID; SELECT 1"),
            (Texts{"ALTER TABLE t ADD CONSTRAINT c NOT NULL x NOT VALID", "SELECT 1"}));
}

TEST(Split, TellsWhereAStatementBegins) {
  auto const statements = split("-- first\n\n  SELECT 1;\r\n\r\n/* c */ SELECT 2;");
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[0].at, (Position{12, 3, 3}));
  EXPECT_EQ(statements[1].at.line, 5);
  EXPECT_EQ(statements[1].at.column, 9);
}

TEST(Split, GivesCommentsToTheStatementThatTheyAreAbout) {
  auto const statements =
      split("-- one\n-- two\nSELECT 1; -- behind\n\n-- three\nSELECT -- inside\n 2;\n-- after\n");
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[0].comments, (Texts{"-- one", "-- two", "-- behind"}));
  EXPECT_EQ(statements[1].comments, (Texts{"-- three", "-- inside"}));
  EXPECT_EQ(statements[1].text, "SELECT -- inside\n 2");
}

TEST(Split, TextThatHasNoTokensIsAStatement) {
  for (std::string const& text :
       {std::string("SELECT 'open"), std::string("SELECT \"open"), std::string("SELECT $$open"),
        std::string("/* open"), std::string("SELECT 1\0SELECT 2", 17)}) {
    EXPECT_EQ(texts(text), Texts{text});
    EXPECT_THROW(scan(text), SyntaxError) << text;
  }
}

TEST(Split, SaysWhereTextIsBroken) {
  auto const statements = split("SELECT 1;\n SELECT 'open; SELECT 2");
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[1].at, (Position{11, 2, 2}));
}

TEST(MeaningHash, IgnoresHowItIsWritten) {
  std::string const hash = meaning_hash("ALTER TABLE users ADD COLUMN a int DEFAULT 'X'");
  EXPECT_EQ(hash.substr(0, 7), "sha256:");
  EXPECT_EQ(hash.size(), 7U + 64U);
  for (char const* same : {
           "alter table USERS add column A INT default 'X'",
           "ALTER TABLE users\r\n  ADD COLUMN a int -- why\n DEFAULT 'X';",
           "/* c */ ALTER TABLE users ADD COLUMN a int DEFAULT 'X' ; ;",
       }) {
    EXPECT_EQ(meaning_hash(same), hash) << same;
  }
}

TEST(MeaningHash, SeesWhatChangesTheMeaning) {
  std::string const hash = meaning_hash("ALTER TABLE users ADD COLUMN a int DEFAULT 'X'");
  for (char const* other : {
           "ALTER TABLE users ADD COLUMN a int DEFAULT 'x'",
           "ALTER TABLE \"USERS\" ADD COLUMN a int DEFAULT 'X'",
           "ALTER TABLE users ADD COLUMN a int; DEFAULT 'X'",
           "ALTER TABLE users ADD COLUMN aint DEFAULT 'X'",
           "ALTER TABLE users ADD COLUMN a int DEFAULT 'X' ''",
       }) {
    EXPECT_NE(meaning_hash(other), hash) << other;
  }
  EXPECT_NE(meaning_hash("SELECT 1; SELECT 2"), meaning_hash("SELECT 1 SELECT 2"));
}

TEST(Sha256, IsTheStandards) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/// Whatever is left over behind the last whole block; the last line is Python's hashlib's.
TEST(Sha256, IsTheStandardsAtEveryLength) {
  std::string hashes;
  for (unsigned length = 0; length < 200; ++length) {
    std::string bytes;
    for (unsigned i = 0; i < length; ++i) {
      bytes += static_cast<char>(i * 7 + length);
    }
    hashes += sha256_hex(bytes);
  }
  EXPECT_EQ(sha256_hex(hashes), "b8f5d54cfd1cbbcae2003d1365d9fab7e5bc61813fa3486ee6a6a6bf38db4745");
}

TEST(IsUtf8, TakesWhatUnicodeHasAndNothingElse) {
  for (char const* text :
       {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x92\xA5", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (char const* text : {"\xE9", "\xC3", "a\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                           "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xC3\xC3"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

}  // namespace
}  // namespace bellows::sql::text_test
