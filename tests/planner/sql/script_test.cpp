#include "planner/sql/script.hpp"

#include "planner/sql/migration.hpp"

#include <gtest/gtest.h>

namespace bellows::sql::script_test {
namespace {

std::vector<std::string> texts(std::string_view text) {
  std::vector<std::string> result;
  for (RawStatement const& statement : split(text)) {
    result.push_back(statement.text);
  }
  return result;
}

using Texts = std::vector<std::string>;

// One key of pg_dump's in six begins with a digit, which is no token of SQL.
TEST(Script, PassesOverWhatOnlyConcernsPsql) {
  for (char const* command :
       {"\\restrict 1abc'def", "\\restrict abc", "\\unrestrict 9x", "\\echo it's done; really",
        "\\set ON_ERROR_STOP on", "\\timing", "\\pset pager off", "\\encoding UTF8"}) {
    EXPECT_EQ(texts(std::string(command) + "\nSELECT 1;\n" + command + "\r\nSELECT 2;\n" + command),
              (Texts{"SELECT 1", "SELECT 2"}))
        << command;
  }
}

TEST(Script, EveryOtherCommandIsAStatementOfItsOwn) {
  for (std::string const command :
       {"\\connect app", "\\c", "\\i other.sql", "\\ir ../x.sql", "\\set v 5", "\\copy t from 'x'",
        "\\if :fresh", "\\endif", "\\gexec", "\\! rm x", "\\nobody knows"}) {
    EXPECT_EQ(texts("SELECT 1;\n" + command + "\nSELECT 2;"),
              (Texts{"SELECT 1", command, "SELECT 2"}));
    Statement const statement = parse({command, {}, {}});
    EXPECT_EQ(statement.kind, command.substr(0, command.find(' ')));
    EXPECT_TRUE(std::holds_alternative<Unparsed>(statement.body));
  }
  EXPECT_EQ(texts("SELECT 'x' \\gexec\nSELECT 2"), (Texts{"SELECT 'x'", "\\gexec", "SELECT 2"}));
  EXPECT_EQ(texts("SELECT 1\n\\echo x\n; SELECT 2"), (Texts{"SELECT 1", "\\echo x", "SELECT 2"}));
}

TEST(Script, ABackslashInQuotesAndCommentsIsNoCommand) {
  for (std::string const text :
       {"SELECT '\\connect'", "SELECT E'\\'\\restrict'", "SELECT \"\\c\"", "SELECT $$\n\\i x\n$$",
        "SELECT $a$\n$$\\i$a$", "SELECT 1 /* /* */ \\i */", "SELECT 1 -- \\i x\n + 2",
        "SELECT e'\\\\', '\\'"}) {
    EXPECT_EQ(texts(text + ";SELECT 2").size(), 2U) << text;
  }
}

TEST(Script, RowsOfACopyAreNotSql) {
  std::string const rows = "\nit's\t\\N\n;;\t$$\n\\.\n";
  for (char const* copy :
       {"COPY t (a, b) FROM stdin;", "copy public.t from STDIN with (format csv); -- rows",
        "/* t */ COPY t FROM /* x */ stdin;"}) {
    auto const found = texts("SELECT 1;\n" + std::string(copy) + rows + "SELECT 2;");
    ASSERT_EQ(found.size(), 3U) << copy;
    EXPECT_EQ(found[2], "SELECT 2");
  }
  EXPECT_EQ(texts("COPY t FROM stdin;\n\\.\nSELECT 2;").size(), 2U) << "no rows";
  EXPECT_EQ(texts("COPY t FROM stdin;\r\n1\r\n\\.\r\nSELECT 2;").size(), 2U);
  EXPECT_EQ(texts("COPY t FROM stdin;\nSELECT 2;").size(), 2U)
      << "nothing says that these are rows";
  EXPECT_EQ(texts("COPY t FROM '/stdin'; SELECT 2").size(), 2U);
}

TEST(Script, TellsWhereAStatementStandsBehindAllThat) {
  auto const found = split("\\restrict 1a\nCOPY t FROM stdin;\n1\n\\.\n\n  SELECT 2;");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].at.line, 6);
  EXPECT_EQ(found[1].at.column, 3);
}

TEST(Script, SectionsAreFoundBetweenCommands) {
  Migration const migration = read_migration(
      "m", "m.sql",
      "-- migrate:up\n\\restrict 2b\nSELECT 1;\n-- migrate:down\n\\unrestrict 2b\nSELECT 2;");
  EXPECT_EQ(migration.up.size(), 1U);
  EXPECT_EQ(migration.down.size(), 1U);
}

TEST(Script, PartsAreTheWholeText) {
  for (std::string_view text : {"", "SELECT", ";;", "\\", "\\\n\\", "COPY t FROM stdin;\n\\.", "'",
                                "/*", "$a$", "E'\\", "COPY t FROM stdin;\nx\n\\.\nSELECT"}) {
    std::size_t at = 0;
    for (ScriptPart const& part : script_parts(text)) {
      EXPECT_GE(part.offset, at) << text;
      EXPECT_LE(part.offset, part.code) << text;
      EXPECT_LE(part.code, part.end) << text;
      at = part.end;
    }
    EXPECT_LE(at, text.size()) << text;
    scan_script(text);
  }
}

}  // namespace
}  // namespace bellows::sql::script_test
