#include "tests/runner/cli/check_reports.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <ctime>
#include <string>
#include <utility>

namespace bellows::runner::report_check_test {
namespace {

using rules::Finding;
using rules::Reviewed;
using rules::Severity;
using rules::Verdict;

sql::QualifiedName name(std::string const& table) {
  return {sql::Identifier{"public"}, sql::Identifier{table}};
}

Reviewed reviewed(std::string const& text, std::string const& statement, std::string const& kind,
                  Verdict verdict) {
  Reviewed result;
  result.statement.raw.text = statement;
  result.statement.raw.at = sql::position_at(text, text.find(statement));
  result.statement.kind = kind;
  result.statement.body = sql::Other{};
  result.verdict = verdict;
  return result;
}

locks::Effect effect(std::string const& table, locks::Mode mode) {
  locks::Effect result;
  result.relation = name(table);
  result.lock = mode;
  return result;
}

CheckedFile rename_file() {
  CheckedFile file{"m.sql", "ALTER TABLE users\n  RENAME COLUMN name TO display_name;\n", {}};
  Reviewed rename = reviewed(file.text, "ALTER TABLE users\n  RENAME COLUMN name TO display_name",
                             "ALTER TABLE RENAME COLUMN", Verdict::Unsafe);
  rename.effects.relations = {effect("users", locks::Mode::AccessExclusive)};
  rename.findings = {Finding{"rename-column",
                             Severity::Error,
                             "Running code still asks for name.",
                             "Let bellows keep both columns in step.",
                             {20, 34}}};
  rename.splits_into = {"expand", "backfill", "contract"};
  file.statements.push_back(std::move(rename));
  return file;
}

TEST(CheckText, ShowsAnUnsafeStatementWithAllThereIsToKnow) {
  EXPECT_EQ(test::text_of({rename_file()}, false),
            R"(m.sql:2:3: unsafe: ALTER TABLE RENAME COLUMN
  2 |   RENAME COLUMN name TO display_name;
    |   ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
  public.users: ACCESS EXCLUSIVE, blocks reads and writes
  error: Running code still asks for name. [rename-column]
    instead: Let bellows keep both columns in step.
  splits into expand, backfill, contract

1 statement: 1 unsafe
)");
}

// A file of INSERTs as a tool dumps them. Where each statement's line was counted from the file's
// start, this took a hundred times as long as it may.
TEST(CheckText, ALongFileIsToldInTimeThatGrowsWithIt) {
  constexpr int count = 20000;
  CheckedFile file{"m.sql", "", {}};
  sql::Position at;
  for (int i = 0; i < count; ++i) {
    Reviewed insert;
    insert.statement.raw.text = "INSERT INTO users (id, name) VALUES (1, 'somebody')";
    insert.statement.raw.at = at;
    insert.statement.kind = "INSERT";
    insert.statement.body = sql::DataStatement{};
    insert.verdict = Verdict::Safe;
    file.text += insert.statement.raw.text + ";\n";
    at = {file.text.size(), i + 2, 1};
    file.statements.push_back(std::move(insert));
  }
  std::clock_t const begun = std::clock();
  EXPECT_EQ(test::text_of({file}, false),
            "m.sql:1:1: safe: INSERT, and 19999 more alike, up to line 20000\n"
            "20000 statements: 20000 safe\n");
  EXPECT_LT((std::clock() - begun) / CLOCKS_PER_SEC, 5) << "seconds of this process";
}

TEST(CheckText, StatementsWithoutFindingsTakeOneLineEach) {
  CheckedFile file{"m.sql", "CREATE TABLE a ();\nCREATE TABLE b ();\nDROP TABLE c", {}};
  for (std::string const statement : {"CREATE TABLE a ()", "CREATE TABLE b ()"}) {
    file.statements.push_back(reviewed(file.text, statement, "CREATE TABLE", Verdict::Safe));
  }
  file.statements.push_back(reviewed(file.text, "DROP TABLE c", "DROP TABLE", Verdict::Brief));
  locks::Effect fresh = effect("fresh", locks::Mode::AccessExclusive);
  fresh.on_new = true;
  file.statements.back().effects.relations = {fresh, effect("c", locks::Mode::AccessExclusive)};
  EXPECT_EQ(test::text_of({file}, false), R"(m.sql:1:1: safe: CREATE TABLE
m.sql:2:1: safe: CREATE TABLE
m.sql:3:1: brief: DROP TABLE (public.c: ACCESS EXCLUSIVE, blocks reads and writes)
3 statements: 2 safe, 1 brief
  brief: over at once when the lock is there; while it is waited for, everybody queues behind it, so take it with a short lock_timeout and try again, as `bellows up` does
)");
}

TEST(CheckText, TellsEffectsInWords) {
  CheckedFile file{"m.sql", "X", {}};
  Reviewed all = reviewed(file.text, "X", "X", Verdict::Brief);
  locks::Effect rewrite = effect("a", locks::Mode::AccessExclusive);
  rewrite.rewrites = rewrite.scans = true;
  rewrite.rebuilds_indexes = {"a_pkey", "a_name"};
  locks::Effect fresh = effect("b", locks::Mode::ShareRowExclusive);
  fresh.on_new = true;
  all.effects.relations = {rewrite, fresh, effect("c", locks::Mode::ShareRowExclusive),
                           effect("d", locks::Mode::ShareUpdateExclusive)};
  all.effects.transactional = false;
  all.effects.waits_for_snapshots = true;
  all.effects.depends_on = {"the type of public.a.x"};
  all.allowed = {{Finding{"rename-column", Severity::Error, "", ""}, "nobody reads it yet"}};
  all.directives.mistakes = {"`bellows: bakcfill` is not known"};
  file.statements = {all};
  EXPECT_EQ(test::text_of({file}, false),
            R"(m.sql:1:1: brief: X
  1 | X
    | ^
  public.a: ACCESS EXCLUSIVE, blocks reads and writes, rewrites the table, reads every row, rebuilds a_pkey, a_name
  public.c: SHARE ROW EXCLUSIVE, blocks writes
  public.d: SHARE UPDATE EXCLUSIVE, blocks neither reads nor writes
  runs outside a transaction
  waits for older transactions to end
  depends on the type of public.a.x
  allowed: rename-column, because nobody reads it yet
  directive: `bellows: bakcfill` is not known

1 statement: 1 brief
  brief: over at once when the lock is there; while it is waited for, everybody queues behind it, so take it with a short lock_timeout and try again, as `bellows up` does
)");
}

TEST(CheckText, PointsAtTheTokenThatTheGrammarRefuses) {
  CheckedFile file{"m.sql", "-- first\nALTER TABEL users ADD x int;", {}};
  Reviewed broken = reviewed(file.text, "ALTER TABEL users ADD x int", "", Verdict::Unknown);
  broken.statement.body = sql::Unparsed{"syntax error at or near \"TABEL\"",
                                        sql::position_at("ALTER TABEL users ADD x int", 6)};
  broken.findings = {
      {"syntax-error", Severity::Error, "PostgreSQL refuses it.", "Mend it.", {6, 5}}};
  file.statements = {broken};
  EXPECT_EQ(test::text_of({file}, false), R"(m.sql:2:7: unknown
  2 | ALTER TABEL users ADD x int;
    |       ^~~~~
  error: PostgreSQL refuses it. [syntax-error]
    instead: Mend it.

1 statement: 1 unknown
)");
}

TEST(CheckText, ShowsEachPlaceThatIsNotTheHeadings) {
  CheckedFile file{"m.sql", "ALTER TABLE t DROP a, ADD b serial", {}};
  Reviewed two = reviewed(file.text, file.text, "ALTER TABLE", Verdict::Unsafe);
  two.findings = {{"drop-column", Severity::Error, "a is lost.", "", {14, 6}},
                  {"other", Severity::Warning, "b too.", "", {22, 12}},
                  {"whole", Severity::Note, "all of it.", ""}};
  two.cannot_split = "there is no key";
  two.expected = {
      {name("t"), 6'000'000'000, false, std::chrono::seconds(12), std::chrono::seconds(60)}};
  file.statements = {two};
  EXPECT_EQ(test::text_of({file}, false), R"(m.sql:1:15: unsafe: ALTER TABLE
  1 | ALTER TABLE t DROP a, ADD b serial
    |               ^~~~~~
  public.t takes 12 s to 60 s: 6.0 GB (heap, indexes and TOAST) read at an assumed 100 to 500 MB/s
  error: a is lost. [drop-column]
  warning: b too. [other]
    at m.sql:1:23
    1 | ALTER TABLE t DROP a, ADD b serial
      |                       ^~~~~~~~~~~~
  note: all of it. [whole]
  bellows cannot split it here: there is no key

1 statement: 1 unsafe
)");
}

TEST(CheckText, CountsTheRulesOfSeveralFiles) {
  CheckedFile wide{"n.sql", "ALTER TABLE t ADD a int", {}};
  Reviewed adds = reviewed(wide.text, wide.text, "ALTER TABLE ADD COLUMN", Verdict::Brief);
  adds.statement = sql::parse_one(wide.text);
  adds.effects.relations = {effect("t", locks::Mode::AccessExclusive)};
  wide.statements = {adds};
  std::string const text = test::text_of({rename_file(), rename_file(), wide}, false);
  EXPECT_NE(text.find("\n3 files, 3 statements: 1 brief, 2 unsafe\n"
                      "  2 errors: rename-column 2\n  brief: "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  more columns for SELECT * from 1 statement: "), std::string::npos) << text;
}

TEST(CheckText, FilesAreToldOneByOne) {
  auto const text = check_text(false, 80);
  std::string const first = text->add(rename_file());
  EXPECT_TRUE(first.starts_with("m.sql:")) << first;
  EXPECT_EQ(text->add(rename_file()), "\n" + first) << "a line between them";
  std::string const last = text->end({});
  EXPECT_TRUE(last.starts_with("\n2 files, ")) << last;
}

TEST(CheckText, SaysWhenThereIsNothing) {
  EXPECT_EQ(test::text_of({}, false), "no statements\n");
  EXPECT_EQ(test::text_of({CheckedFile{"empty.sql", "", {}}}, false), "no statements\n");
}

TEST(CheckText, ColoursOnlyWhenTold) {
  EXPECT_EQ(test::text_of({rename_file()}, false).find('\x1b'), std::string::npos);
  std::string const coloured = test::text_of({rename_file()}, true);
  EXPECT_NE(coloured.find("\x1b[1;31munsafe\x1b[0m"), std::string::npos);
  EXPECT_NE(coloured.find("    | \x1b[1;31m  ^~~~"), std::string::npos);
}

TEST(CheckText, PassesNoControlCharactersOn) {
  CheckedFile file{"m\x1b[2J.sql", "SELECT '\x1b[2J'", {}};
  file.statements = {reviewed(file.text, file.text, "SELECT", Verdict::Brief)};
  EXPECT_EQ(test::text_of({file}, false).find('\x1b'), std::string::npos);
}

TEST(CheckJson, IsTheDocumentThatOtherProgramsReadExactly) {
  EXPECT_EQ(test::json_of({rename_file()}, 15), R"({
  "schema_version": 1,
  "server_version": 15,
  "statements": [
    {
      "file": "m.sql",
      "line": 1,
      "column": 1,
      "sql": "ALTER TABLE users\n  RENAME COLUMN name TO display_name",
      "kind": "ALTER TABLE RENAME COLUMN",
      "verdict": "unsafe",
      "transactional": true,
      "waits_for_snapshots": false,
      "effects": [
        {
          "relation": "public.users",
          "lock": "ACCESS EXCLUSIVE",
          "blocks": [
            "reads",
            "writes"
          ],
          "rewrites": false,
          "scans": false,
          "rebuilds_indexes": [],
          "new": false
        }
      ],
      "depends_on": [],
      "expected": [],
      "findings": [
        {
          "rule": "rename-column",
          "severity": "error",
          "message": "Running code still asks for name.",
          "remedy": "Let bellows keep both columns in step.",
          "fails_with": null,
          "line": 2,
          "column": 3,
          "end_line": 2,
          "end_column": 37
        }
      ],
      "allowed": [],
      "mistakes": [],
      "splits_into": [
        "expand",
        "backfill",
        "contract"
      ]
    }
  ],
  "summary": {
    "safe": 0,
    "brief": 0,
    "unsafe": 1,
    "unknown": 0
  }
}
)");
}

TEST(CheckJson, KeepsListsAsListsAndTextUtf8) {
  CheckedFile file{"m.sql", "SELECT '\xff'", {}};
  Reviewed statement = reviewed(file.text, file.text, "SELECT", Verdict::Safe);
  locks::Effect fresh = effect("t", locks::Mode::AccessExclusive);
  fresh.on_new = true;
  statement.effects.relations = {fresh};
  statement.effects.depends_on = {"a"};
  statement.allowed = {{Finding{"r", Severity::Error, "m", ""}, "why"}};
  statement.directives.mistakes = {"one"};
  file.statements = {statement};
  auto const json = nlohmann::json::parse(test::json_of({file, CheckedFile{"n.sql", "", {}}}, 18));
  EXPECT_EQ(json["server_version"], 18);
  auto const& first = json["statements"].at(0);
  EXPECT_EQ(json["statements"].size(), 1U);
  EXPECT_EQ(first["sql"], "SELECT '\xEF\xBF\xBD'");
  EXPECT_EQ(first["effects"][0]["blocks"], nlohmann::json::array());
  EXPECT_EQ(first["effects"][0]["new"], true);
  EXPECT_EQ(first["depends_on"], nlohmann::json::array({"a"}));
  EXPECT_EQ(first["mistakes"], nlohmann::json::array({"one"}));
  EXPECT_EQ(first["allowed"][0]["because"], "why");
  EXPECT_EQ(first["splits_into"], nlohmann::json::array());
}

TEST(CheckJson, CountsTheVerdictsOfAllFiles) {
  CheckedFile file{"m.sql", "X", {}};
  for (Verdict verdict : {Verdict::Safe, Verdict::Brief, Verdict::Unsafe, Verdict::Unknown}) {
    file.statements.push_back(reviewed("X", "X", "X", verdict));
  }
  auto const json = nlohmann::json::parse(test::json_of({file, rename_file()}));
  EXPECT_EQ(json["summary"],
            nlohmann::json({{"safe", 1}, {"brief", 1}, {"unsafe", 2}, {"unknown", 1}}));
}

TEST(CheckJson, IsWrittenFileByFile) {
  auto const json = check_json();
  EXPECT_TRUE(json->begin(15).ends_with("\"statements\": ["));
  std::string const first = json->add(rename_file());
  EXPECT_TRUE(first.starts_with("\n    {\n      \"file\": \"m.sql\",")) << first;
  EXPECT_TRUE(first.ends_with("\n    }")) << first;
  EXPECT_EQ(json->add(rename_file()), "," + first);
  EXPECT_TRUE(json->end({}).ends_with("\n}\n"));
}

TEST(CheckJson, SaysAtTheEndWhatAllWasJudgedAgainst) {
  JudgedBy judged{{.source = Basis::Source::Migrations, .name = "m/"}, 2};
  judged.basis.unfollowed = {{"m/1.sql", 3, "DO"}};
  judged.basis.remarks = {"another tool was here"};
  auto const json = nlohmann::ordered_json::parse(test::json_of({rename_file()}, 15, {judged}));
  EXPECT_EQ(json["judged_against"].dump(),
            R"([{"source":"migrations","name":"m/","files_checked":2,"replayed":0,"last":"",)"
            R"("not_understood":[{"file":"m/1.sql","line":3,"what":"DO"}],"copies_passed_over":0,)"
            R"("remarks":["another tool was here"]}])");
  EXPECT_FALSE(nlohmann::json::parse(test::json_of({})).contains("judged_against"));
  EXPECT_EQ(nlohmann::json::parse(test::json_of({}))["statements"], nlohmann::json::array());
}

TEST(CheckText, ALongRowOfStatementsThatAreAlikeIsOneLine) {
  std::string text;
  for (int at = 1; at <= 5; ++at) {
    text += "INSERT INTO t VALUES (" + std::to_string(at) + ");\n";
  }
  CheckedFile file{"m.sql", text, {}};
  for (int at = 1; at <= 5; ++at) {
    file.statements.push_back(reviewed(text, "INSERT INTO t VALUES (" + std::to_string(at) + ")",
                                       "INSERT", Verdict::Safe));
  }
  EXPECT_EQ(test::text_of({file}, false),
            "m.sql:1:1: safe: INSERT, and 4 more alike, up to line 5\n5 statements: 5 safe\n");
  file.statements.resize(3);
  EXPECT_EQ(test::text_of({file}, false),
            "m.sql:1:1: safe: INSERT\nm.sql:2:1: safe: INSERT\nm.sql:3:1: safe: INSERT\n"
            "3 statements: 3 safe\n");
}

TEST(CheckText, EndsItsLinesAtTheGivenWidth) {
  EXPECT_EQ(test::text_of({rename_file()}, false, 40),
            R"(m.sql:2:3: unsafe: ALTER TABLE RENAME
    COLUMN
  2 |   RENAME COLUMN name TO display_n…
    |   ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
  public.users: ACCESS EXCLUSIVE, blocks
    reads and writes
  error: Running code still asks for
    name. [rename-column]
    instead: Let bellows keep both
      columns in step.
  splits into expand, backfill, contract

1 statement: 1 unsafe
)");
}

}  // namespace
}  // namespace bellows::runner::report_check_test
