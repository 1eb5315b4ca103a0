#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// Syntax errors in the bodies of functions and DO blocks: the parser's words and the place, and
/// never an allow for a slip.
namespace bellows::rules::body_error_test {
namespace {

std::vector<Finding> findings(std::string_view text, int version = 15) {
  catalog::Catalog catalog;
  catalog.server_version = version;
  std::vector<Finding> all;
  for (Reviewed& one : review(sql::read_migration("m", "m.sql", text), catalog)) {
    std::ranges::move(one.findings, std::back_inserter(all));
  }
  return all;
}

struct Case {
  std::string_view text;
  std::string_view said;
};

TEST(BodyError, IsToldInTheParsersWordsWithItsPlace) {
  for (auto const& [text, said] : {
           Case{"DO $$ BEGIN ALTER TABEL x; END $$",
                "syntax error at or near \"TABEL\" (line 1, column 19)"},
           Case{"SELECT 1;\nDO $$\nBEGIN\n  PERFORM 1;\n  EXCEUTE 'x';\nEND $$",
                "syntax error at or near \"EXCEUTE\" (line 5, column 3)"},
           Case{"DO LANGUAGE plpgsql $x$ BEGIN IF true THEN NULL; END $x$",
                "syntax error at end of input"},
           Case{"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  RETRUN NEW;\n"
                "END $$",
                "syntax error at or near \"RETRUN\" (line 3, column 3)"},
           Case{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n  SELECT 1;\n  SELEC 2 $$",
                "syntax error at or near \"SELEC\" (line 3, column 3)"},
           Case{"CREATE PROCEDURE p() LANGUAGE sql AS $b$ DELETE FORM t $b$",
                "syntax error at or near \"FORM\" (line 1, column 49)"},
       }) {
    auto const all = findings(text);
    ASSERT_EQ(all.size(), 1U) << text;
    EXPECT_EQ(all[0].rule, "syntax-error") << text;
    EXPECT_EQ(all[0].fails_with, "42601");
    EXPECT_NE(all[0].message.find(said), std::string::npos) << all[0].message;
    EXPECT_EQ(all[0].remedy.find("allow"), std::string::npos) << all[0].remedy;
  }
}

/// The token stands there more than once, and only one of them is refused; PL/pgSQL tells a line
/// that is near, at most.
TEST(BodyError, OfAWordThatStandsThereOftenPointsAtTheRefusedOne) {
  for (std::string marked : {
           "DO $$\nBEGIN\n  UPDATE t SET x = x, y = y WHERE x >x<;\nEND $$",
           "DO $$\nBEGIN\n  PERFORM a FROM t WHERE b = 1 AND >FROM< x;\nEND $$",
           "DO $$\nBEGIN\n  PERFORM 1; -- FROM\n  FOR r IN SELECT a FROM t >FROM< u LOOP NULL; "
           "END LOOP;\nEND $$",
           "DO $$\nBEGIN\n  IF x THEN END>;< END IF;\nEND $$",
           "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  PERFORM 1; PERFORM 2; "
           "PERFORM 3 +>;< RETURN 1;\nEND $$",
           "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS '\nBEGIN\n  PERFORM ''a''; PERFORM "
           "a b >b<;\nEND '",
       }) {
    std::size_t const begin = marked.find('>');
    std::string text = marked.erase(begin, 1);
    std::size_t const end = text.find('<', begin);
    text.erase(end, 1);
    auto const all = findings(text);
    ASSERT_EQ(all.size(), 1U) << text;
    EXPECT_EQ(all[0].rule, "syntax-error") << text;
    EXPECT_EQ(all[0].at.offset, begin) << text << all[0].message;
    EXPECT_EQ(all[0].at.length, end - begin) << text << all[0].message;
  }
}

TEST(BodyError, WhereThePlaceIsNotToldNoneIs) {
  for (std::string const text : {"DO $$\nBEGIN\n  PERFORM 1; PERFORM f(1; PERFORM 1;\nEND $$",
                                 "DO $$ BEGIN IF a THN PERFORM 1; END IF; END $$"}) {
    auto const all = findings(text);
    ASSERT_EQ(all.size(), 1U) << text;
    EXPECT_EQ(all[0].fails_with, "42601") << text;
    EXPECT_EQ(all[0].message.find("(line"), std::string::npos) << all[0].message;
    EXPECT_EQ(all[0].at.length, 0U) << text;
  }
}

TEST(BodyError, PointsAtTheToken) {
  std::string const text = "DO $$ BEGIN ALTER TABEL x; END $$";
  auto const all = findings(text);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(text.substr(all[0].at.offset, all[0].at.length), "TABEL");
}

TEST(BodyError, IsNothingElse) {
  for (std::string_view text : {
           "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ DECLARE r unknown_one%ROWTYPE; "
           "n users.id%TYPE; BEGIN FOR r IN SELECT * FROM t LOOP n := r.id; END LOOP; RETURN n; "
           "EXCEPTION WHEN others THEN RAISE; END $$",
           "CREATE FUNCTION f(a int, OUT b int) LANGUAGE plpgsql AS $$ BEGIN b := a; END $$",
           "CREATE FUNCTION f() RETURNS SETOF t LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT * "
           "FROM t; RETURN NEXT t; END $$",
           "CREATE PROCEDURE p(INOUT a int) LANGUAGE plpgsql AS $$ BEGIN COMMIT; CALL q(a); END $$",
           "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS $$ SELECT $1 + 1; $$",
           "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS ''",
           "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1",
           "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'SELEC', 'x'",
           "CREATE FUNCTION f() RETURNS text LANGUAGE plpython3u AS $$ retrun 1 $$",
           "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
           "NEW.a := coalesce(NEW.a, OLD.a); IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN "
           "NEW; END; $$",
       }) {
    for (Finding const& finding : findings(text)) {
      EXPECT_NE(finding.rule, "syntax-error") << text << finding.message;
    }
  }
}

}  // namespace
}  // namespace bellows::rules::body_error_test
