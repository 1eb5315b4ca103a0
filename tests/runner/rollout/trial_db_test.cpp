#include "runner/rollout/old_write_counters.hpp"
#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// Expand writes a row before and after it adds a column, and leaves nothing where that fails.
namespace bellows::test::trial_db_test {
namespace {

constexpr char const* add_sql = "ALTER TABLE item ADD COLUMN extra int;\n";
constexpr char const* item_rename = "ALTER TABLE item RENAME COLUMN title TO headline;\n";

constexpr char const* scene = R"(
CREATE TABLE item (id int PRIMARY KEY, title text NOT NULL, n int NOT NULL DEFAULT 0);
INSERT INTO item SELECT g, 't' || g, g FROM generate_series(1, 20) g;
CREATE TABLE history (id int, title text, n int);
)";

std::string trigger(std::string const& body, std::string const& when,
                    std::string const& condition = "") {
  return "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN " + body +
         "; RETURN coalesce(NEW, OLD); END $f$; CREATE TRIGGER own " + when +
         " ON item FOR EACH ROW " + condition + " EXECUTE FUNCTION keep();";
}

struct Case {
  char const* name;
  std::string sql;
  std::string words;  // said when it fails; empty: it goes through
};

/// Bodies that no reading of words finds out, since the statement is put together when it runs.
std::vector<Case> cases() {
  std::string const whole = "EXECUTE 'IN' || 'SERT INTO history SELECT ($1).' || '*' USING ";
  return {
      {"update", trigger(whole + "OLD", "AFTER UPDATE"), "an UPDATE"},
      {"a changed value",
       trigger(whole + "OLD", "AFTER UPDATE", "WHEN (OLD.* IS DISTINCT FROM NEW.*)"),
       "an UPDATE that changes a value"},
      {"a list of columns", trigger(whole + "OLD", "BEFORE UPDATE OF title"), "an UPDATE"},
      {"insert", trigger(whole + "NEW", "BEFORE INSERT"), "an INSERT"},
      {"delete", trigger(whole + "OLD", "AFTER DELETE"), "a DELETE"},
      {"deferred",
       "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN " + whole +
           "NEW; RETURN NULL; END $f$; CREATE CONSTRAINT TRIGGER own AFTER INSERT ON item "
           "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep();",
       "an INSERT"},
      {"delete where rows are pointed to",
       "CREATE TABLE part (item_id int REFERENCES item); INSERT INTO part SELECT id FROM item;" +
           trigger(whole + "NEW", "BEFORE INSERT"),
       "an INSERT"},
      {"columns by name", trigger("INSERT INTO history SELECT OLD.id, OLD.title", "AFTER UPDATE"),
       ""},
      {"fails already", trigger("RAISE EXCEPTION 'never'", "BEFORE UPDATE OR INSERT OR DELETE"),
       ""},
      {"generated and identity",
       "ALTER TABLE item ADD COLUMN i int GENERATED ALWAYS AS IDENTITY, ADD COLUMN g int GENERATED "
       "ALWAYS AS (n + 1) STORED;" +
           trigger("INSERT INTO history (id) VALUES (NEW.id)", "AFTER INSERT OR UPDATE"),
       ""},
  };
}

std::string world(TempDatabase const& db) {
  return Project(db.conninfo()).run({"snapshot"}).answer +
         db.value("SELECT string_agg(i::text || i.ctid || i.xmin, ',' ORDER BY id) FROM item i") +
         db.value("SELECT count(*) FROM history");
}

void expect_nothing_changed(Case const& one, TempDatabase const& db, Project const& project,
                            std::string const& before) {
  Ran const ran = project.run({"expand", "1_m"});
  EXPECT_EQ(ran.code, 6) << ran.said;
  for (std::string const& word :
       {one.words, std::string("public.item"), std::string("trigger own, which executes keep()"),
        std::string("SQLSTATE 42601"), std::string("next: ")}) {
    EXPECT_NE(ran.said.find(word), std::string::npos) << word << "\n" << ran.said;
  }
  EXPECT_EQ(world(db), before);
  EXPECT_EQ(leftovers(db), "");
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.migrations"), "0");
}

/// A single phase and the first one of three by turns.
TEST(Trial, AWriteThatWentBeforeFailsExpandAndLeavesNothing) {
  int count = 0;
  for (Case const& one : cases()) {
    SCOPED_TRACE(one.name);
    TempDatabase const db;
    db.run(scene + one.sql);
    Project const project(db.conninfo());
    project.migration("1_m", count++ % 2 == 0 ? item_rename : add_sql);
    ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
    if (!one.words.empty()) {
      expect_nothing_changed(one, db, project, world(db));
      continue;
    }
    Ran const ran = project.run({"expand", "1_m"});
    EXPECT_EQ(ran.code, 0) << ran.said;
    bool const told = ran.said.find("not tried") != std::string::npos;
    EXPECT_EQ(told, one.name == std::string_view("fails already")) << ran.said;
  }
}

/// What is only tried is no write of the old application: contract's gate goes by that counter.
TEST(Trial, DoesNotMoveTheCounterOfAGate) {
  TempDatabase const db;
  db.run(scene + trigger("NEW.n := NEW.n", "BEFORE INSERT OR UPDATE"));
  Project const project(db.conninfo());
  project.migration("1_m", item_rename);
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  auto const counted = [&] {
    return db.value(
        "SELECT last_value || ' ' || is_called FROM bellows_old_writes_item_title_"
        "headline");
  };
  ASSERT_EQ(project.run({"up"}).code, 0);
  EXPECT_EQ(counted(), "1 false");
  project.migration("2_add", add_sql);
  ASSERT_EQ(project.run({"up"}).code, 0);
  EXPECT_EQ(counted(), "1 false");
  db.run("UPDATE item SET title = 'x' WHERE id < 4");
  EXPECT_EQ(counted(), "3 true");
  project.migration("3_add", "ALTER TABLE item ADD COLUMN more int;\n");
  ASSERT_EQ(project.run({"up"}).code, 0);
  EXPECT_EQ(counted(), "3 true");
}

/// Without a lock somebody may write between reading and putting back; that write stays counted.
TEST(Trial, OnlyTheCounterOfALockedTableIsPutBack) {
  RenameBench const t{users_table};
  t.must({"up"});
  auto const counted_after = [&](std::string const& lock) {
    postgres::Session session = t.db.session();
    postgres::Transaction transaction = session.begin();
    transaction.run("SELECT nextval('bellows_old_writes_users_name_display_name')");
    if (!lock.empty()) {
      transaction.run(lock);
    }
    runner::OldWriteCounters counters;
    counters.read(transaction, {sql::parse_qualified_name("public.users")});
    transaction.run("SELECT nextval('bellows_old_writes_users_name_display_name')");
    counters.put_back(transaction);
    return t.db.value("SELECT last_value FROM bellows_old_writes_users_name_display_name");
  };
  EXPECT_EQ(counted_after(""), "2");
  EXPECT_EQ(counted_after("LOCK TABLE users IN ROW EXCLUSIVE MODE"), "4");
  EXPECT_EQ(counted_after("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"), "5");
}

TEST(Trial, WhatCouldNotBeTriedIsTold) {
  TempDatabase const db;
  db.run(scene + trigger("IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'kept for ever'; END IF",
                         "BEFORE UPDATE OR DELETE"));
  Project const project(db.conninfo());
  project.migration("1_m", add_sql);
  Ran const ran = project.run({"up"});
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_NE(ran.said.find("not tried: a DELETE of public.item: ERROR:  kept for ever"),
            std::string::npos)
      << ran.said;
  db.run(
      "CREATE TABLE bare (a int); CREATE TRIGGER own BEFORE UPDATE ON bare FOR EACH ROW EXECUTE "
      "FUNCTION keep()");
  project.migration("2_m", "ALTER TABLE bare ADD COLUMN b int;\n");
  Ran const empty = project.run({"up"});
  EXPECT_EQ(empty.code, 0) << empty.said;
  EXPECT_NE(empty.said.find("not tried: writes of public.bare: it has no rows"), std::string::npos)
      << empty.said;
}

TEST(Trial, TheAuthorCanLeaveItOut) {
  TempDatabase const db;
  db.run(scene + cases().front().sql);
  Project const project(db.conninfo());
  project.migration("1_m", std::string("-- bellows: no trial\n") + add_sql);
  Ran const ran = project.run({"up"});
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_EQ(db.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'item'::regclass AND "
                     "attname = 'extra'"),
            "1");
}

TEST(Trial, APartitionsOwnTriggerIsTried) {
  TempDatabase const db;
  db.run(
      "CREATE TABLE m (id int, v int) PARTITION BY RANGE (id);"
      "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (9);"
      "CREATE TABLE m2 PARTITION OF m FOR VALUES FROM (9) TO (99);"
      "INSERT INTO m SELECT g, g FROM generate_series(1, 50) g; CREATE TABLE history (id int, v "
      "int);"
      "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN "
      "EXECUTE 'IN' || 'SERT INTO history SELECT ($1).' || '*' USING OLD; RETURN NULL; END $f$;"
      "CREATE TRIGGER own AFTER UPDATE ON m2 FOR EACH ROW EXECUTE FUNCTION keep();");
  Project const project(db.conninfo());
  project.migration("1_m", "ALTER TABLE m ADD COLUMN extra int;\n");
  Ran const ran = project.run({"up"});
  EXPECT_EQ(ran.code, 6) << ran.said;
  EXPECT_NE(ran.said.find("public.m2"), std::string::npos) << ran.said;
}

/// A trigger that is slow must not hold a strong lock for long.
TEST(Trial, TakesHalfASecondAtTheMost) {
  TempDatabase const db;
  db.run(scene + trigger("PERFORM pg_sleep(30)", "BEFORE UPDATE OR INSERT OR DELETE"));
  Project const project(db.conninfo());
  project.migration("1_m", add_sql);
  auto const began = std::chrono::steady_clock::now();
  Ran const ran = project.run({"up"});
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{15});
  EXPECT_NE(ran.said.find("not tried: an UPDATE of public.item"), std::string::npos) << ran.said;
}

}  // namespace
}  // namespace bellows::test::trial_db_test
