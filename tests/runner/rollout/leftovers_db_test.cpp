#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/said.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

/// A database that was restored without the schema bellows while a rename was half-done: its
/// triggers work on, and are told with what takes them away.
namespace bellows::test::leftovers_db_test {
namespace {

using Words = std::vector<std::string>;
using Json = nlohmann::json;

constexpr char const* with_row = "INSERT INTO users VALUES (1, 'a');";

class Leftovers : public testing::Test {
 protected:
  void expect_says(RenameBench const& t, Words const& command, int code, Words const& words) const {
    test::expect_says(t.project.run(command), code, words);
  }
  static void lose_ledger(RenameBench const& t) { t.db.run("DROP SCHEMA bellows CASCADE"); }
  static Json told(RenameBench const& t) {
    return Json::parse(t.must({"status", "--format", "json"}).answer)["leftovers"];
  }
  /// Types what is said to remove it.
  static void remove(RenameBench const& t) {
    for (auto const& left : told(t)) {
      for (auto const& statement : left["remove"]) {
        t.db.run(statement.get<std::string>());
      }
    }
  }
};

TEST_F(Leftovers, OfALostLedgerAreNamedAndNothingBeginsOverThem) {
  RenameBench const t(std::string(users_table) + with_row);
  t.project.migration("20260401000000_visits", "ALTER TABLE users ADD COLUMN last_visit date;\n");
  t.project.migration("20260402000000_other", "CREATE TABLE other (id int);\n");
  t.backfill();
  lose_ledger(t);
  Words const named{"public.users has what is left of a rename",
                    "column display_name, a copy of name",
                    "trigger \"!bellows_sync_insert_users_name_display_name\"",
                    "function public.bellows_sync_users_name_display_name",
                    "sequence public.bellows_old_writes_users_name_display_name",
                    "once no running application uses display_name: DROP TRIGGER IF EXISTS ",
                    "ALTER TABLE public.users DROP COLUMN display_name"};
  expect_says(t, {"status"}, 0, named);
  expect_says(t, {"status"}, 0, {"its ledger, the schema bellows, is gone", "next: if the schema"});
  expect_says(t, {"check", "--database-url", t.db.conninfo(), "--fail-on", "never"}, 0, named);
  for (Words const& command : {Words{"up", "--dry-run"}, {"up"}, {"expand", rename_name}}) {
    expect_says(t, command, 11, named);
    expect_says(t, command, 11, {"20260301090000_rename can't begin", "nothing of it was begun"});
  }
  expect_says(t, {"expand", "20260401000000_visits"}, 11, {"20260401000000_visits can't begin"});
  expect_says(t, {"abort", rename_name}, 11, named);
  expect_says(t, {"expand", "20260402000000_other"}, 0, {"done"});
  remove(t);
  EXPECT_EQ(leftovers(t.db), "");
  EXPECT_EQ(told(t), Json::array());
  expect_says(t, {"up"}, 0, {});
  EXPECT_EQ(t.db.value("SELECT display_name FROM users"), "a");
}

// A ledger that a refused command had made would be in the way of the one that is restored.
TEST_F(Leftovers, OfALostLedgerWhatIsRefusedMakesNoneAndItIsRestored) {
  RenameBench const t(std::string(users_table) + with_row);
  t.project.migration("20260401000000_visits", "ALTER TABLE users ADD COLUMN last_visit date;\n");
  t.backfill();
  t.db.run("ALTER SCHEMA bellows RENAME TO saved");
  for (Words const& command : {Words{"up"},
                               {"up", "--release", "7"},
                               {"expand", rename_name},
                               {"backfill", rename_name},
                               {"contract"},
                               {"contract", rename_name},
                               {"resume"},
                               {"resume", rename_name},
                               {"abort", rename_name},
                               {"pause"},
                               {"set", "rows-per-second=3"}}) {
    expect_says(t, command, 11,
                {"public.users has what is left of a rename", "if the schema bellows was saved"});
    EXPECT_EQ(t.db.value("SELECT to_regnamespace('bellows') IS NULL"), "t") << command.front();
  }
  t.db.run("ALTER SCHEMA saved RENAME TO bellows");
  expect_says(t, {"resume"}, 0, {});
  expect_says(t, {"contract", rename_name, "--quiet-period", "0"}, 0, {"contracted"});
  EXPECT_EQ(leftovers(t.db), "");
}

TEST_F(Leftovers, WhereNothingIsLeftNoLedgerIsMadeForNothing) {
  RenameBench const t(std::string(users_table) + with_row);
  expect_says(t, {"contract"}, 0, {"nothing to contract"});
  expect_says(t, {"abort", rename_name}, 0, {"has not begun: there is nothing to take back"});
  expect_says(t, {"abort", "no_such"}, 2, {"no_such"});
  EXPECT_EQ(t.db.value("SELECT to_regnamespace('bellows') IS NULL"), "t");
}

TEST_F(Leftovers, AreToldOfNothingThatIsUnderWay) {
  RenameBench const t(std::string(users_table) + with_row);
  EXPECT_EQ(told(t), Json::array());
  t.expand();
  EXPECT_EQ(told(t), Json::array());
  t.backfill();
  EXPECT_EQ(told(t), Json::array());
  t.must({"abort", rename_name});
  EXPECT_EQ(told(t), Json::array());
}

TEST_F(Leftovers, AreNotWhatARenameThatFailedHalfWayHasMade) {
  RenameBench const t(std::string(users_table) + with_row,
                      std::string("-- bellows: using display_name = upper(name)\n"
                                  "-- bellows: reverse name = lower(display_name)\n") +
                          rename_sql);
  t.db.run(
      "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN IF "
      "current_query() LIKE '%ADD COLUMN display_name%' THEN RAISE 'not now'; END IF; END $$;"
      "CREATE EVENT TRIGGER refuse ON ddl_command_start EXECUTE FUNCTION refuse()");
  EXPECT_EQ(t.project.run({"expand", rename_name}).code, 7);
  EXPECT_EQ(told(t), Json::array());
  t.db.run("DROP EVENT TRIGGER refuse");
  t.must({"resume"});
  EXPECT_EQ(told(t), Json::array());
}

TEST_F(Leftovers, OfTheUsersOwnTriggersAreTakenBack) {
  std::string const own =
      "CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.visits := NEW.visits "
      "+ 1; RETURN NEW; END $$; CREATE TRIGGER own BEFORE UPDATE OF name ON users FOR EACH ROW "
      "EXECUTE FUNCTION own();";
  RenameBench const t(std::string(users_table) + with_row + own);
  std::string const before = t.schema();
  t.backfill();
  lose_ledger(t);
  remove(t);
  EXPECT_EQ(t.schema(), before);
}

TEST_F(Leftovers, FunctionsAloneStopThePlanThatWouldMakeThem) {
  RenameBench const t(std::string(users_table) + with_row);
  t.expand();
  lose_ledger(t);
  t.db.run("ALTER TABLE users DROP COLUMN display_name CASCADE");
  expect_says(t, {"status"}, 0,
              {"there is something left of a rename", "DROP FUNCTION public.bellows_sync_last_"});
  expect_says(t, {"up"}, 11, {"can't begin", "DROP FUNCTION", "DROP SEQUENCE"});
  remove(t);
  expect_says(t, {"up"}, 0, {});
}

// A ledger that is older, or another one: it is there, and knows nothing of the triggers.
TEST_F(Leftovers, OfALedgerThatKnowsNothingOfThem) {
  RenameBench const t(std::string(users_table) + with_row);
  t.backfill();
  t.db.run("DELETE FROM bellows.migrations");
  expect_says(t, {"status"}, 0, {"public.users has what is left of a rename"});
  expect_says(t, {"resume"}, 0, {"next: if the schema bellows was saved"});
  expect_says(t, {"up"}, 11, {"can't begin"});
}

}  // namespace
}  // namespace bellows::test::leftovers_db_test
