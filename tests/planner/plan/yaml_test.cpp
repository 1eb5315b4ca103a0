#include "planner/plan/yaml.hpp"

#include "planner/plan/make_plan.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace bellows::plan::yaml_test {
namespace {

using sql::Identifier;
using sql::QualifiedName;

QualifiedName users() {
  return {Identifier{"public"}, Identifier{"users"}};
}

Plan everything() {
  Plan plan;
  plan.migration = "20260301_x";
  plan.source_file = "migrations/20260301_x.sql";
  plan.source_meaning = "sha256:aa";
  plan.catalog = "sha256:bb";
  plan.relies_on = {{users(), {Identifier{"id"}, Identifier{"Odd: name"}}}};
  plan.application = {{"until_backfill_done", "reads: and writes \"name\" # not a comment"}};
  plan.allowed = {{"drop-column", "nobody reads it"}};
  Step sql;
  sql.id = "add-column";
  sql.about = "two statements";
  sql.action = RunSql{.statements = {"ALTER TABLE x\n  ADD y int", "SELECT ': # \\ ''' -- \t x"},
                      .alone = false};
  sql.locks = {{{Identifier{"Sch ema"}, Identifier{"ta\"ble"}}, locks::Mode::AccessExclusive}};
  sql.requirements = {{"SELECT true", "never"}, {"SELECT 1 = 1", "say a word", true}};
  sql.trial = {users(), {Identifier{"Sch ema"}, Identifier{"ta\"ble"}}};
  sql.done_when = "SELECT 1 = 1";
  sql.undo = {"DROP TABLE a", "DROP TABLE b"};
  Step alone;
  alone.id = "index";
  alone.action = RunSql{.statements = {"CREATE INDEX CONCURRENTLY i ON t (a)"}, .alone = true};
  alone.lasts = Lasts::WithRows;
  alone.undo = {"DROP INDEX CONCURRENTLY IF EXISTS i"};
  alone.undo_alone = true;
  plan.expand = {sql, alone};
  Step copy;
  copy.id = "copy";
  copy.action = Batch{.table = users(),
                      .key = {Identifier{"a"}, Identifier{"B c"}},
                      .action = SetColumns{{{Identifier{"x"}, "y || 'true'"}}},
                      .where = "x IS NULL",
                      .rows = 5000};
  Step erase;
  erase.id = "delete";
  erase.action = Batch{.table = users(),
                       .key = {Identifier{"a"}},
                       .action = DeleteRows{},
                       .where = "gone",
                       .rows = {}};
  Step move;
  move.id = "move";
  move.action = Batch{.table = users(),
                      .key = {Identifier{"a"}},
                      .action = CopyRows{.into = {Identifier{"Sch ema"}, Identifier{"t"}},
                                         .columns = {{Identifier{"true"}, "1"}},
                                         .overriding = "SYSTEM VALUE",
                                         .on_conflict = "(\"true\") DO NOTHING"},
                      .where = "",
                      .rows = {}};
  Step verify;
  verify.id = "verify";
  verify.action = Verify{.table = users(), .key = {Identifier{"a"}}, .differs = "x <> y"};
  Step look;
  look.id = "look";
  look.action =
      Verify{.table = users(), .key = {Identifier{"a"}}, .differs = "x", .tolerated = true};
  plan.backfill = {copy, erase, move, verify, look};
  Step gate;
  gate.id = "quiet";
  Gate quiet;
  quiet.kind = quiet_gate;
  quiet.sequence = users();
  gate.action = quiet;
  Step swap;
  swap.id = "swap";
  swap.action =
      RunSql{.statements = {"true"}, .alone = false};  // a text, although YAML has such a word
  swap.irreversible = true;
  plan.contract = {gate, swap};
  return plan;
}

TEST(PlanYaml, LineEndsAndControlCharactersOfAStatementStay) {
  for (char const* statement :
       {"ALTER TABLE x\r\n ADD y int", "SELECT 'a\n\tb\r'", "\n x", " a\nb", "SELECT '\x01\n\x7F'",
        "SELECT E'\\n'", "a\n  b\n\n\n c", "späť\n💥"}) {
    Plan plan = everything();
    plan.expand[0].action = RunSql{.statements = {statement}, .alone = false};
    EXPECT_TRUE(from_yaml(to_yaml(plan)) == plan) << to_yaml(plan);
  }
}

TEST(PlanYaml, BytesThatAreNoUtf8AreRefused) {
  std::string text = to_yaml(everything());
  text.replace(text.find("two statements"), 3, "tw\xF6");
  EXPECT_THROW(from_yaml(text), std::invalid_argument);
}

TEST(PlanYaml, AMigrationOfOtherBytesHasNoPlan) {
  auto const migration = sql::read_migration("m", "m.sql", "INSERT INTO t VALUES ('caf\xE9')");
  auto const made = make_plan(migration, catalog::Catalog{});
  ASSERT_TRUE(std::holds_alternative<NoPlan>(made));
  EXPECT_EQ(std::get<NoPlan>(made).reasons.at(0).rule, "not-utf-8");
}

TEST(PlanYaml, WhatIsReadIsWhatWasWritten) {
  Plan const plan = everything();
  std::string const text = to_yaml(plan);
  Plan const again = from_yaml(text);
  EXPECT_TRUE(again == plan) << text;
  EXPECT_EQ(to_yaml(again), text);
}

// What nobody reviews, nobody has to scroll over: it stands at the end, by name.
TEST(PlanYaml, CatalogQueriesStandAtTheEnd) {
  std::string const text = to_yaml(everything());
  std::size_t const queries = text.find("\nqueries:\n");
  ASSERT_NE(queries, std::string::npos) << text;
  EXPECT_LT(text.find("irreversible: true"), queries);
  EXPECT_NE(text.find("done_when: {see: add-column/done}"), std::string::npos) << text;
  EXPECT_NE(text.find("query: {see: add-column/requires-2}"), std::string::npos) << text;
  EXPECT_LT(queries, text.find("add-column/requires-2: SELECT 1 = 1"));
}

// Plans of before, and edited ones, have them in their place.
TEST(PlanYaml, AQueryMayStandInItsPlace) {
  std::string text = to_yaml(everything());
  auto const put = [&](std::string const& from, std::string const& to) {
    text.replace(text.find(from), from.size(), to);
  };
  put("{see: add-column/done}", "SELECT 1 = 1");
  put("{see: add-column/requires-1}", "SELECT true");
  put("{see: add-column/requires-2}", "SELECT 1 = 1");
  text.erase(text.find("\nqueries:\n") + 1);
  EXPECT_TRUE(from_yaml(text) == everything()) << text;
}

std::string error_of(std::string const& text) {
  try {
    from_yaml(text);
  } catch (std::invalid_argument const& error) {
    return error.what();
  }
  return "accepted";
}

constexpr char const* head =
    "bellows: 1\nmigration: m\nsource: {file: f, meaning: h}\nmade_for: {server: 15, catalog: c}\n";

TEST(PlanYaml, AMistakeIsSaidWithItsLine) {
  struct Case {
    std::string text;
    std::string message;
  };
  std::string const h = head;
  for (Case const& each :
       {Case{"", "the plan must be a map"},
        Case{"bellows: 2\n", "format 2"},
        Case{h + "expnad: []\n", "line 5: the plan has no 'expnad'"},
        Case{h + "expand:\n  - step: a\n    sql: x\n    udno: y\n", "line 8: a step has no 'udno'"},
        Case{h + "expand:\n  - step: a\n", "needs 'sql'"},
        Case{h + "expand:\n  - {step: a, sql: x}\n  - {step: a, sql: y}\n",
             "two steps are called 'a'"},
        Case{h + "expand:\n  - {step: a, sql: [x, y], transaction: none}\n", "one statement"},
        Case{h + "expand:\n  - {step: a, sql: x, locks: {t: STRONG}}\n", "not a lock mode"},
        Case{h + "expand:\n  - {step: a, sql: x, lasts: long}\n", "instant or with-rows"},
        Case{h + "backfill:\n  - {step: a, batch: {table: t, key: [], set: {x: y}}}\n",
             "'where' must say which rows are due"},
        Case{h + "backfill:\n  - {step: a, batch: {table: t, key: [], where: z, copy: {into: u, "
                 "columns: {x: y}}}}\n",
             "a copy needs a key"},
        Case{h + "backfill:\n  - {step: a, batch: {table: t, where: z, set: {x: y}}}\n",
             "needs 'key'"},
        Case{h + "backfill:\n  - {step: a, batch: {table: 't; drop', key: [a], set: {x: y}}}\n",
             "line 6"},
        Case{h + "backfill:\n  - {step: a, batch: {table: t, key: [a]}}\n",
             "one of 'set', 'delete: true' and 'copy'"},
        Case{h + "backfill:\n  - {step: a, batch: {table: t, key: [a], delete: true, set: {x: "
                 "y}}}\n",
             "one of 'set', 'delete: true' and 'copy'"},
        Case{h + "backfill:\n  - {step: a, batch: {table: t, key: [a], delete: false}}\n",
             "can only be true"},
        Case{h + "backfill:\n  - {step: a, batch: {table: t, key: [a], copy: {into: u, columns: "
                 "{}}}}\n",
             "columns must be mapped"},
        Case{
            h + "backfill:\n  - {step: a, batch: {table: t, key: [a], copy: {into: u, columns: {x: "
                "y}, overriding: ALL}}}\n",
            "'overriding' can't be that"},
        Case{h + "contract:\n  - {step: a, gate: {kind: loud, sequence: s}}\n",
             "a gate is 'quiet' or 'unnamed'"},
        Case{h + "expand:\n  - {step: a, sql: x, done_when: {see: b}}\nqueries: {c: SELECT 1}\n",
             "line 6: 'queries' has no 'b'"},
        Case{h + "expand:\n  - {step: a, sql: x, done_when: {sea: b}}\nqueries: {b: SELECT 1}\n",
             "a query has no 'sea'"},
        Case{h + "queries: {b: SELECT 1, b: SELECT 2}\n", "two queries have one name"},
        Case{h + "expand: [}\n", "line 5"}}) {
    EXPECT_NE(error_of(each.text).find(each.message), std::string::npos)
        << each.text << "\n→ " << error_of(each.text);
  }
}

}  // namespace
}  // namespace bellows::plan::yaml_test
