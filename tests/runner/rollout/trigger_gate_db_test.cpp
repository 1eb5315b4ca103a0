#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

#include <string>

/// Trigger functions whose new text does not stand in the migration.
namespace bellows::test::trigger_gate_db_test {
namespace {

std::string trimming(std::string const& column, std::string const& replace = "") {
  return fmt::format(
      "CREATE {0}FUNCTION trim_it() RETURNS trigger LANGUAGE plpgsql AS $$ "
      "BEGIN NEW.{1} := trim(NEW.{1}); RETURN NEW; END $$;",
      replace, column);
}

std::string scene(std::string const& more = "") {
  return std::string{users_table} +
         "INSERT INTO users (id, name) VALUES (1, 'legacy'), (2, 'two');" + trimming("name") +
         "CREATE TRIGGER trim_it BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION "
         "trim_it();" +
         more;
}

std::string rows(RenameBench const& t) {
  return t.db.value(
      "SELECT string_agg(id || ':' || coalesce(name, '-') || '|' || coalesce(display_name, '-'), ' "
      "' "
      "ORDER BY id) FROM users");
}

TEST(TriggerGate, NamesWhatStillSaysTheOldNameAndOpensOnceItIsReplaced) {
  RenameBench const t(scene());
  t.must({"up"});
  Ran const closed = t.project.run({"contract", "--quiet-period", "0"});
  EXPECT_EQ(closed.code, 8) << closed.said;
  for (char const* said : {"public.trim_it() of trigger trim_it on users", "CREATE OR REPLACE",
                           "--force triggers-without-old-name"}) {
    EXPECT_NE(closed.said.find(said), std::string::npos) << said << "\n" << closed.said;
  }
  t.db.run(trimming("display_name", "OR REPLACE "));
  t.contract();
  t.db.run("INSERT INTO users (id, display_name) VALUES (3, ' new ')");
  EXPECT_EQ(t.db.value("SELECT display_name FROM users WHERE id = 3"), "new");
  EXPECT_EQ(leftovers(t.db), "");
}

TEST(TriggerGate, IsAskedAgainAsLongAsNothingBehindItIsDone) {
  RenameBench const t(scene());
  t.must({"up"});
  t.db.run(trimming("display_name", "OR REPLACE ") + "UPDATE users SET name = 'old' WHERE id = 1;");
  EXPECT_EQ(t.project.run({"contract", "--quiet-period", "1h", "--gate-wait", "10ms"}).code, 8);
  t.db.run(trimming("name", "OR REPLACE "));
  Ran const again =
      t.project.run({"contract", "--force", "old-side-quiet", "--because", "it is gone"});
  EXPECT_EQ(again.code, 8) << again.said;
  EXPECT_NE(again.said.find("gate triggers-without-old-name"), std::string::npos) << again.said;
  t.must({"contract", "--force", "triggers-without-old-name", "--because", "to see it fail"});
  EXPECT_EQ(t.state(), "contracted");
}

TEST(TriggerGate, ReadsArgumentsAndTheTriggersOfViewsToo) {
  RenameBench const t(
      std::string{users_table} +
      "ALTER TABLE users ADD COLUMN tsv tsvector; CREATE VIEW v AS SELECT id, name FROM users;"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE users SET name = "
      "NEW.name WHERE id = NEW.id; RETURN NEW; END $$;"
      "CREATE TRIGGER t INSTEAD OF UPDATE ON v FOR EACH ROW EXECUTE FUNCTION f();"
      "CREATE TRIGGER tsv BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION "
      "tsvector_update_trigger(tsv, 'pg_catalog.simple', name);");
  t.must({"up"});
  std::string const said = t.project.run({"contract", "--quiet-period", "0"}).said;
  EXPECT_NE(said.find("trigger tsv on users has it as an argument"), std::string::npos) << said;
  EXPECT_NE(said.find("public.f() of trigger t on v"), std::string::npos) << said;
  t.db.run(
      "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE users "
      "SET "
      "display_name = NEW.name WHERE id = NEW.id; RETURN NEW; END $$; DROP TRIGGER tsv ON users;");
  t.contract();
  t.db.run("INSERT INTO users (id, display_name) VALUES (1, 'a'); UPDATE v SET name = 'b'");
  EXPECT_EQ(t.db.value("SELECT display_name FROM users"), "b");
}

TEST(TriggerGate, FunctionsReplacedByHandLeadByTheNewName) {
  RenameBench const t(scene());
  t.expand();
  t.db.run("UPDATE users SET display_name = ' a ' WHERE id = 1");
  EXPECT_EQ(rows(t), "1:a|a 2:two|-");
  t.db.run(trimming("display_name", "OR REPLACE "));
  t.db.run("UPDATE users SET display_name = ' b ' WHERE id = 1");
  t.db.run(
      "INSERT INTO users (id, name) VALUES (3, ' old '); "
      "INSERT INTO users (id, display_name) VALUES (4, ' new ')");
  t.db.run("UPDATE users SET name = ' c ' WHERE id = 2");
  EXPECT_EQ(rows(t), "1:b|b 2:c|c 3:old|old 4:new|new");
  t.must({"up"});
  t.contract();
  EXPECT_EQ(t.db.value("SELECT string_agg(display_name, ' ' ORDER BY id) FROM users"),
            "b c old new");
}

TEST(TriggerGate, AnAbortLeavesTheTriggersAsTheyWere) {
  char const* triggers =
      "SELECT string_agg(pg_get_triggerdef(t.oid) || t.tgenabled::text || coalesce(obj_description("
      "t.oid), ''), E'\\n' ORDER BY tgname) FROM pg_trigger t WHERE tgrelid = 'users'::regclass";
  RenameBench const t(scene(
      "ALTER TABLE users ADD COLUMN tsv tsvector;"
      "CREATE TRIGGER listed AFTER UPDATE OF name, visits ON users FOR EACH ROW EXECUTE FUNCTION "
      "trim_it(); COMMENT ON TRIGGER listed ON users IS 'mine'; ALTER TABLE users DISABLE TRIGGER "
      "listed; CREATE TRIGGER tsv BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION "
      "tsvector_update_trigger(tsv, 'pg_catalog.simple', name);"));
  std::string const before = t.db.value(triggers);
  t.expand();
  EXPECT_NE(t.db.value(triggers), before);
  t.must({"abort", rename_name});
  EXPECT_EQ(t.db.value(triggers), before);
  EXPECT_EQ(leftovers(t.db), "");
}

TEST(TriggerGate, AListFollowsTheColumnThatConverts) {
  RenameBench const t(
      std::string{users_table} +
          "INSERT INTO users (id, name) VALUES (1, 'ann'), (2, 'bob');"
          "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.visits "
          ":= NEW.visits + 1; RETURN NEW; END $$;"
          "CREATE TRIGGER t BEFORE UPDATE OF name ON users FOR EACH ROW EXECUTE "
          "FUNCTION f();",
      "-- bellows: using display_name = initcap(name)\n"
      "-- bellows: reverse name = lower(display_name)\n" +
          std::string{rename_sql});
  t.expand();
  t.db.run("UPDATE users SET display_name = 'Eve' WHERE id = 2");
  t.must({"up"});
  t.contract();
  t.db.run("UPDATE users SET display_name = 'Zoe' WHERE id = 2");
  EXPECT_EQ(t.db.value("SELECT string_agg(display_name || visits, ' ' ORDER BY id) FROM users"),
            "Ann0 Zoe2")
      << "the backfill sets neither name";
  EXPECT_EQ(leftovers(t.db), "");
}

/// Of a pair that converts, the other side's value is put back, not computed anew.
TEST(TriggerGate, ATriggerThatPutsTheOldValueBackCostsTheNewSideNothing) {
  RenameBench const t(
      std::string{users_table} +
          "INSERT INTO users (id, name) VALUES (1, 'ann');"
          "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF "
          "OLD.visits > 0 THEN NEW.name := OLD.name; END IF; RETURN NEW; END $$;"
          "CREATE TRIGGER keep BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION "
          "keep();",
      "-- bellows: using display_name = initcap(name)\n"
      "-- bellows: reverse name = lower(display_name)\n" +
          std::string{rename_sql});
  t.expand();
  t.db.run("UPDATE users SET display_name = 'McDonald', visits = 1");
  EXPECT_EQ(rows(t), "1:mcdonald|McDonald");
  for (char const* kept : {"display_name = 'Other'", "name = 'other'", "visits = 2",
                           "display_name = NULL", "name = 'x', display_name = 'Y'"}) {
    t.db.run(fmt::format("UPDATE users SET {}", kept));
    EXPECT_EQ(rows(t), "1:mcdonald|McDonald") << kept;
  }
}

}  // namespace
}  // namespace bellows::test::trigger_gate_db_test
