#include "planner/sql/pieces.hpp"

#include "planner/sql/migration.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bellows::sql::pieces_test {
namespace {

/// Of many pieces, with all that a dump has.
std::string script() {
  std::string text =
      "\xEF\xBB\xBF-- PostgreSQL database dump\n\\restrict x\nSET search_path = '';\n";
  for (int i = 0; i < 800; ++i) {
    std::string const n = std::to_string(i);
    text += "--\n-- Name: t" + n + "; Type: TABLE\n--\n\nCREATE TABLE public.t" + n +
            " (\n    id bigint NOT NULL,\n    name text DEFAULT 'a;b''c — ü'::text\n);\n";
    text += "CREATE FUNCTION f" + n +
            "() RETURNS trigger LANGUAGE plpgsql AS $_$ BEGIN NULL; END $_$; CREATE INDEX ON t" +
            n + " (id);\n";
    text += "COPY public.t" + n + " (id, name) FROM stdin;\n1\tit's; $$ one\n\\.\n\n";
    text += "ALTER TABLE ONLY public.t" + n + "\n    ADD CONSTRAINT k" + n + " PRIMARY KEY (id);";
    text += i % 100 == 0 ? "\n\\connect app\nFROBNICATE the table;\n" : "\n";
  }
  return text;
}

std::vector<Statement> in_pieces(std::string const& text) {
  std::vector<Statement> all;
  EXPECT_TRUE(read_in_pieces(text, [&](Statement one) { all.push_back(std::move(one)); }));
  return all;
}

void expect_same(std::vector<Statement> const& one, std::vector<Statement> const& other) {
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t at = 0; at < one.size(); ++at) {
    ASSERT_EQ(one[at].raw.text, other[at].raw.text);
    ASSERT_EQ(one[at].raw.at, other[at].raw.at) << one[at].raw.text;
    ASSERT_EQ(one[at].kind, other[at].kind) << one[at].raw.text;
    ASSERT_EQ(one[at].body.index(), other[at].body.index()) << one[at].raw.text;
  }
}

TEST(Pieces, GiveWhatTheWholeGives) {
  std::string const text = script();
  ASSERT_GT(text.size(), 200'000U);
  expect_same(in_pieces(text), read_migration("m", "m.sql", text).up);
  std::string const open = text + "SELECT 1";
  expect_same(in_pieces(open), read_migration("m", "m.sql", open).up);
  expect_same(in_pieces(""), {});
}

bool can_be(std::string const& text) {
  return read_in_pieces(text, [](Statement const&) {});
}

TEST(Pieces, AreNotCutWhereTheyCannotBe) {
  std::string const text = script();
  EXPECT_TRUE(can_be(text));
  EXPECT_FALSE(can_be(text + "-- migrate:down\nDROP TABLE t;"));
  EXPECT_FALSE(can_be(text + "SELECT 'open"));
  EXPECT_FALSE(can_be(std::string("S\0E\0L\0E\0C\0T\0 \0001\0", 16)));
  std::string body = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC ";
  for (int i = 0; i < 20'000; ++i) {
    body += "SELECT " + std::to_string(i) + "; ";
  }
  EXPECT_FALSE(can_be(body + "END;"));
  EXPECT_TRUE(can_be("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;"));
}

}  // namespace
}  // namespace bellows::sql::pieces_test
