#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

#include <string>

/// Every way to write a row between expand and contract, and what both applications see then.
namespace bellows::test::sync_trigger_db_test {
namespace {

constexpr char const* lossy =
    "-- bellows: using display_name = initcap(name)\n"
    "-- bellows: reverse name = lower(display_name)\n"
    "ALTER TABLE users RENAME COLUMN name TO display_name;\n";

/// Expanded, not backfilled: the state in which both applications write.
class Expanded : public RenameBench {
 public:
  explicit Expanded(std::string const& scene = users_table,
                    std::string const& migration = rename_sql)
      : RenameBench(scene, migration), app(db.session("application")) {
    expand();
  }

  void run(std::string const& sql) { app.run(sql); }
  std::string error(std::string const& sql) { return sqlstate_of(app, sql); }

  /// "old|new" of a row.
  std::string row(int id) {
    auto const rows = app.run(fmt::format(
        "SELECT coalesce(name::text, 'NULL'), coalesce(display_name::text, 'NULL') FROM users "
        "WHERE id = {}",
        id));
    return rows.empty() ? "no row" : rows.text(0, 0) + "|" + rows.text(0, 1);
  }
  std::int64_t old_writes() {
    return app
        .run(
            "SELECT CASE WHEN is_called THEN last_value ELSE 0 END "
            "FROM bellows_old_writes_users_name_display_name")
        .number(0, 0);
  }
  /// How often the sync function ran while `statements` did, in one transaction.
  std::int64_t calls(std::vector<std::string> const& statements) {
    auto transaction = app.begin();
    transaction.set_local("track_functions", "pl");
    for (std::string const& statement : statements) {
      transaction.run(statement);
    }
    auto const rows = transaction.run(
        "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_xact_user_functions "
        "WHERE funcname ~ '^bellows_sync'");
    std::int64_t const count = rows.number(0, 0);
    transaction.commit();
    return count;
  }

  postgres::Session app;
};

std::string with_rows(std::string const& rows) {
  return std::string{users_table} + "INSERT INTO users (id, name) VALUES " + rows + ";";
}

TEST(SyncInsert, FillsWhatIsNotGiven) {
  Expanded t;
  t.run("INSERT INTO users (id, name) VALUES (1, 'old')");
  t.run("INSERT INTO users (id, display_name) VALUES (2, 'new')");
  t.run("INSERT INTO users (id, name, display_name) VALUES (3, 'old', 'new')");
  t.run("INSERT INTO users (id) VALUES (4)");
  t.run("INSERT INTO users (id, name) VALUES (5, NULL)");
  t.run("INSERT INTO users (id, name, display_name) VALUES (6, 'same', 'same')");
  EXPECT_EQ(t.row(1), "old|old");
  EXPECT_EQ(t.row(2), "new|new");
  EXPECT_EQ(t.row(3), "new|new");
  EXPECT_EQ(t.row(4), "NULL|NULL");
  EXPECT_EQ(t.row(5), "NULL|NULL");
  EXPECT_EQ(t.row(6), "same|same");
  EXPECT_EQ(t.old_writes(), 1);
}

TEST(SyncUpdate, TheSideThatChangedLeads) {
  Expanded t;
  t.run("INSERT INTO users (id, name) SELECT g, 'n' FROM generate_series(1, 6) g");
  std::int64_t const before = t.old_writes();
  t.run("UPDATE users SET name = 'old' WHERE id = 1");
  t.run("UPDATE users SET display_name = 'new' WHERE id = 2");
  t.run("UPDATE users SET name = 'old', display_name = 'new' WHERE id = 3");
  t.run("UPDATE users SET name = NULL WHERE id = 4");
  t.run("UPDATE users SET display_name = NULL WHERE id = 5");
  t.run("UPDATE users SET name = 'old', display_name = display_name WHERE id = 6");
  EXPECT_EQ(t.row(1), "old|old");
  EXPECT_EQ(t.row(2), "new|new");
  EXPECT_EQ(t.row(3), "new|new");
  EXPECT_EQ(t.row(4), "NULL|NULL");
  EXPECT_EQ(t.row(5), "NULL|NULL");
  EXPECT_EQ(t.row(6), "old|old");
  EXPECT_EQ(t.old_writes() - before, 3) << "rows 1, 4 and 6 were led by the old side";
}

TEST(SyncUpdate, FillsARowOnTheWay) {
  Expanded t(with_rows("(1, 'legacy'), (2, 'legacy'), (3, 'legacy'), (4, NULL)"));
  EXPECT_EQ(t.row(1), "legacy|NULL");
  t.run("UPDATE users SET visits = 1 WHERE id IN (1, 4)");
  t.run("UPDATE users SET display_name = 'new' WHERE id = 2");
  t.run("UPDATE users SET name = 'old' WHERE id = 3");
  EXPECT_EQ(t.row(1), "legacy|legacy");
  EXPECT_EQ(t.row(2), "new|new");
  EXPECT_EQ(t.row(3), "old|old");
  EXPECT_EQ(t.row(4), "NULL|NULL");
  EXPECT_EQ(t.old_writes(), 1) << "filling is not a write of the old application";
}

TEST(SyncUpdate, DoesNotFireForOtherColumnsNorForEqualValues) {
  Expanded t(with_rows("(1, 'legacy'), (2, NULL)"));
  t.run("UPDATE users SET visits = 1");  // fills row 1
  EXPECT_EQ(t.calls({"UPDATE users SET visits = visits + 1",
                     "UPDATE users SET name = name, display_name = display_name",
                     "UPDATE users SET name = 'both', display_name = 'both' WHERE id = 1"}),
            0);
  EXPECT_EQ(t.calls({"UPDATE users SET name = 'x' WHERE id = 1"}), 1);
  EXPECT_EQ(t.row(1), "x|x");
}

TEST(SyncUpdate, TheBackfillDoesNotFireItAndItsRowsAreNotCounted) {
  Expanded t(with_rows("(1, 'a'), (2, 'b')"));
  EXPECT_EQ(t.calls({"UPDATE users SET display_name = name WHERE display_name IS NULL"}), 0);
  EXPECT_EQ(t.old_writes(), 0);
}

constexpr char const* scene_with_default =
    "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL DEFAULT 'nobody', visits int);";

TEST(SyncDefault, ConstantDefaultOfTheOldColumn) {
  Expanded t(scene_with_default);
  t.run("INSERT INTO users (id) VALUES (1)");
  t.run("INSERT INTO users (id, display_name) VALUES (2, 'new')");
  EXPECT_EQ(t.row(1), "nobody|nobody");
  EXPECT_EQ(t.row(2), "new|new");
  EXPECT_EQ(t.old_writes(), 0) << "nobody said anything about the old column";
  t.run("INSERT INTO users (id, name) VALUES (3, 'old')");
  EXPECT_EQ(t.row(3), "old|old");
  EXPECT_EQ(t.old_writes(), 1);
}

TEST(SyncDefault, VolatileDefaultOfTheOldColumn) {
  Expanded t("CREATE TABLE users (id int PRIMARY KEY, name text DEFAULT gen_random_uuid()::text);");
  t.run("INSERT INTO users (id) VALUES (1)");
  t.run("INSERT INTO users (id, display_name) VALUES (2, 'new')");
  t.run("INSERT INTO users (id, name) VALUES (3, 'old')");
  std::string const first = t.row(1);
  ASSERT_EQ(first.size(), 36U + 1 + 36) << first;
  EXPECT_EQ(first.substr(0, 36), first.substr(37));
  EXPECT_EQ(t.row(2), "new|new");
  EXPECT_EQ(t.row(3), "old|old");
  EXPECT_EQ(t.old_writes(), 0) << "which of them the old application wrote can't be told";
  t.run("UPDATE users SET name = 'x' WHERE id = 1");
  EXPECT_EQ(t.old_writes(), 1);
}

TEST(SyncNotNull, NothingOnEitherSideIsRefusedAsEver) {
  Expanded t(scene_with_default);
  t.run("INSERT INTO users (id, name) VALUES (1, 'a')");
  EXPECT_EQ(t.error("UPDATE users SET display_name = NULL WHERE id = 1"), "23502");
  EXPECT_EQ(t.error("UPDATE users SET name = NULL WHERE id = 1"), "23502");
  EXPECT_EQ(t.error("INSERT INTO users (id, name) VALUES (2, NULL)"), "23502");
  EXPECT_EQ(t.row(1), "a|a");
  EXPECT_EQ(t.row(2), "no row");
}

TEST(SyncNotNull, ConvertedColumnKeepsNotNullAndDefault) {
  std::string const scene = std::string{scene_with_default} + "INSERT INTO users VALUES (1, 'ann')";
  Expanded t(scene, lossy);
  t.backfill();
  EXPECT_EQ(t.error("UPDATE users SET display_name = NULL WHERE id = 1"), "23502");
  t.contract();
  t.run("INSERT INTO users (id) VALUES (2)");
  EXPECT_EQ(t.db.value("SELECT string_agg(display_name, ',' ORDER BY id) FROM users"),
            "Ann,Nobody");
  EXPECT_EQ(t.error("INSERT INTO users (id, display_name) VALUES (3, NULL)"), "23502");
  EXPECT_EQ(leftovers(t.db), "");
}

TEST(SyncUpsert, FromBothSides) {
  Expanded t(with_rows("(1, 'legacy'), (2, 'legacy')"));
  char const* by_old =
      "INSERT INTO users (id, name) VALUES (1, 'o1'), (3, 'o3') "
      "ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name";
  char const* by_new =
      "INSERT INTO users (id, display_name) VALUES (2, 'n2'), (4, 'n4') "
      "ON CONFLICT (id) DO UPDATE SET display_name = EXCLUDED.display_name";
  t.run(by_old);
  t.run(by_new);
  EXPECT_EQ(t.row(1), "o1|o1");
  EXPECT_EQ(t.row(2), "n2|n2");
  EXPECT_EQ(t.row(3), "o3|o3");
  EXPECT_EQ(t.row(4), "n4|n4");
  t.run("INSERT INTO users (id, name) VALUES (2, 'x') ON CONFLICT (id) DO NOTHING");
  EXPECT_EQ(t.row(2), "n2|n2");
  // A row of one side, taken over by the other: EXCLUDED went through the insert trigger.
  t.run(
      "INSERT INTO users (id, name) VALUES (2, 'x') ON CONFLICT (id) DO UPDATE "
      "SET display_name = EXCLUDED.display_name");
  EXPECT_EQ(t.row(2), "x|x");
}

TEST(SyncCopy, FromBothSides) {
  Expanded t;
  t.run(R"(COPY users (id, name) FROM PROGRAM 'printf "1\told\n2\t\\\\N\n"')");
  t.run(R"(COPY users (id, display_name) FROM PROGRAM 'printf "3\tnew\n4\t\\\\N\n"')");
  EXPECT_EQ(t.row(1), "old|old");
  EXPECT_EQ(t.row(2), "NULL|NULL");
  EXPECT_EQ(t.row(3), "new|new");
  EXPECT_EQ(t.row(4), "NULL|NULL");
  EXPECT_EQ(t.old_writes(), 1);
}

TEST(SyncMerge, FromBothSides) {
  Expanded t(with_rows("(1, 'legacy'), (2, 'legacy')"));
  if (t.app.server_version() < 150000) {
    GTEST_SKIP() << "MERGE came with 15";
  }
  auto const merge = [](std::string const& column, std::string const& values) {
    return fmt::format(
        "MERGE INTO users u USING (VALUES {1}) AS s (id, v) ON u.id = s.id "
        "WHEN MATCHED THEN UPDATE SET {0} = s.v WHEN NOT MATCHED THEN INSERT (id, {0}) "
        "VALUES (s.id, s.v)",
        column, values);
  };
  t.run(merge("name", "(1, 'o1'), (3, 'o3')"));
  t.run(merge("display_name", "(2, 'n2'), (4, 'n4')"));
  EXPECT_EQ(t.row(1), "o1|o1");
  EXPECT_EQ(t.row(2), "n2|n2");
  EXPECT_EQ(t.row(3), "o3|o3");
  EXPECT_EQ(t.row(4), "n4|n4");
}

constexpr char const* trimming =
    "CREATE TABLE users (id int PRIMARY KEY, name text, visits int NOT NULL DEFAULT 0);"
    "CREATE FUNCTION trim_name() RETURNS trigger LANGUAGE plpgsql AS $$"
    "BEGIN NEW.name := trim(NEW.name); IF NEW.visits = 99 THEN NEW.name := 'ninety-nine'; END IF; "
    "RETURN NEW; END $$;"
    "CREATE TRIGGER trim_name BEFORE INSERT OR UPDATE ON users FOR EACH ROW "
    "EXECUTE FUNCTION trim_name();"
    "CREATE TRIGGER \"{zz\" BEFORE INSERT OR UPDATE ON users FOR EACH ROW "
    "EXECUTE FUNCTION trim_name();";

TEST(SyncUserTriggers, SeesWhatTheyMadeOfTheOldColumn) {
  Expanded t(trimming);
  t.run("INSERT INTO users (id, name) VALUES (1, '  ann ')");
  EXPECT_EQ(t.row(1), "ann|ann");
  t.run("UPDATE users SET name = ' bob ' WHERE id = 1");
  EXPECT_EQ(t.row(1), "bob|bob");
  t.run("UPDATE users SET visits = 99 WHERE id = 1");  // the trigger changes a column nobody named
  EXPECT_EQ(t.row(1), "ninety-nine|ninety-nine");
  t.run("INSERT INTO users (id, display_name) VALUES (2, 'new')");
  EXPECT_EQ(t.row(2), "new|new");
}

TEST(SyncUserTriggers, AreNotFiredMoreOftenThanTheWriteItself) {
  Expanded t(std::string{users_table} +
             "CREATE TABLE fired (what text);"
             "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$"
             "BEGIN INSERT INTO fired VALUES (TG_OP); RETURN NULL; END $$;"
             "CREATE TRIGGER note AFTER INSERT OR UPDATE ON users FOR EACH ROW "
             "EXECUTE FUNCTION note();");
  t.run("INSERT INTO users (id, name) VALUES (1, 'a')");
  t.run("UPDATE users SET display_name = 'b' WHERE id = 1");
  EXPECT_EQ(t.db.value("SELECT string_agg(what, ',') FROM fired"), "INSERT,UPDATE");
}

TEST(SyncReplica, FiresWhereOrdinaryTriggersDoNot) {
  Expanded t(with_rows("(1, 'legacy')"));
  t.run("SET session_replication_role = replica");
  t.run("INSERT INTO users (id, name) VALUES (2, 'old')");
  t.run("INSERT INTO users (id, display_name) VALUES (3, 'new')");
  t.run("UPDATE users SET name = 'old' WHERE id = 1");
  EXPECT_EQ(t.row(1), "old|old");
  EXPECT_EQ(t.row(2), "old|old");
  EXPECT_EQ(t.row(3), "new|new");
}

TEST(SyncLossyPair, AnUnrelatedUpdateNeverTakesBackANewerWrite) {
  Expanded t(with_rows("(1, 'ann'), (2, 'bob'), (3, 'MCDONALD'), (4, 'eve')"), lossy);
  t.run("UPDATE users SET display_name = 'McDonald' WHERE id = 1");
  EXPECT_EQ(t.row(1), "mcdonald|McDonald");
  for (char const* unrelated :
       {"UPDATE users SET visits = visits + 1", "UPDATE users SET name = name, visits = visits + 1",
        "UPDATE users SET display_name = display_name"}) {
    t.run(unrelated);
    EXPECT_EQ(t.row(1), "mcdonald|McDonald") << unrelated;
    EXPECT_EQ(t.row(2), "bob|Bob") << unrelated;
    EXPECT_EQ(t.row(3), "MCDONALD|Mcdonald") << unrelated;
  }
  t.run("UPDATE users SET name = 'o''brien' WHERE id = 1");
  EXPECT_EQ(t.row(1), "o'brien|O'Brien");
  t.run("INSERT INTO users (id, display_name) VALUES (5, 'vanGogh')");
  EXPECT_EQ(t.row(5), "vangogh|vanGogh");
  t.run("UPDATE users SET display_name = NULL WHERE id = 2");
  EXPECT_EQ(t.row(2), "NULL|NULL");
  t.backfill();
  EXPECT_EQ(t.row(5), "vangogh|vanGogh");
  EXPECT_EQ(t.row(4), "eve|Eve");
  t.contract();
  EXPECT_EQ(
      t.db.value("SELECT string_agg(coalesce(display_name, '-'), ',' ORDER BY id) FROM users"),
      "O'Brien,-,Mcdonald,Eve,vanGogh");
}

TEST(SyncCounter, CountsWritesOfTheOldSideAndNothingElse) {
  Expanded t(with_rows("(1, 'legacy'), (2, 'legacy')"));
  auto const counted = [&](std::string const& sql) {
    std::int64_t const before = t.old_writes();
    t.run(sql);
    return t.old_writes() - before;
  };
  EXPECT_EQ(counted("UPDATE users SET visits = 1"), 0);
  EXPECT_EQ(counted("INSERT INTO users (id, display_name) VALUES (3, 'n')"), 0);
  EXPECT_EQ(counted("UPDATE users SET display_name = 'n'"), 0);
  EXPECT_EQ(counted("UPDATE users SET name = name"), 0);
  EXPECT_EQ(counted("UPDATE users SET name = 'n'"), 0);  // what is there already
  EXPECT_EQ(counted("UPDATE users SET name = 'o'"), 3);
  EXPECT_EQ(counted("INSERT INTO users (id, name) VALUES (4, 'o'), (5, 'o')"), 2);
  EXPECT_EQ(counted("UPDATE users SET name = NULL WHERE id = 1"), 1);
  EXPECT_EQ(counted("UPDATE users SET name = 'p', display_name = 'q'"), 0);
  EXPECT_EQ(counted("DELETE FROM users WHERE id = 1"), 0);
}

}  // namespace
}  // namespace bellows::test::sync_trigger_db_test
