#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

#include <string>

/// Applications that may do little: nothing but write their table, and of it only their own rows.
namespace bellows::test::sync_rights_db_test {
namespace {

/// Roles belong to the whole cluster, so they are named after the test's database.
class Roles {
 public:
  explicit Roles(TempDatabase const& db)
      : owner("owner_" + db.name()), app("app_" + db.name()), db_(db) {
    db.run(fmt::format("CREATE ROLE {}; CREATE ROLE {}", owner, app));
  }
  Roles(Roles const&) = delete;
  Roles& operator=(Roles const&) = delete;
  ~Roles() {
    try {
      db_.run(fmt::format("DROP OWNED BY {0}, {1} CASCADE; DROP ROLE {0}, {1}", owner, app));
    } catch (std::exception const& error) {
      ADD_FAILURE() << error.what();
    }
  }

  std::string const owner;
  std::string const app;

 private:
  TempDatabase const& db_;
};

/// A table that `owner` owns, bellows run as the owner, and what `app` may do with it.
class Restricted {
 public:
  explicit Restricted(std::string const& scene, std::string const& migration = rename_sql)
      : project(db_.conninfo() + " options='-c role=" + roles.owner + "'") {
    db_.run(fmt::format("GRANT CREATE ON DATABASE {0} TO {1}; GRANT CREATE ON SCHEMA public TO {1}",
                        db_.name(), roles.owner));
    auto session = db_.session("owner");
    session.run("SET ROLE " + roles.owner);
    session.run(fmt::format("DO $do$ BEGIN EXECUTE {}; END $do$",
                            sql::quote_literal(fmt::format(fmt::runtime(scene), roles.app))));
    project.migration(rename_name, migration);
    Ran const planned = project.run({"plan", "--database-url", db_.conninfo()});
    Ran const expanded = project.run({"expand", rename_name});
    if (planned.code != 0 || expanded.code != 0) {
      throw std::runtime_error(planned.answer + planned.said + expanded.said);
    }
  }

  TempDatabase const& db() const { return db_; }
  postgres::Session application() const {
    auto session = db_.session("application");
    session.run("SET ROLE " + roles.app);
    return session;
  }
  void finish() const {
    Ran const up = project.run({"up"});
    ASSERT_EQ(up.code, 0) << up.said;
    Ran const contract = project.run({"contract", "--quiet-period", "0"});
    ASSERT_EQ(contract.code, 0) << contract.said;
    EXPECT_EQ(leftovers(db_), "");
  }

 private:
  TempDatabase db_;

 public:
  Roles roles{db_};
  Project project;
};

constexpr char const* lossy =
    "-- bellows: using display_name = initcap(name)\n"
    "-- bellows: reverse name = lower(display_name)\n"
    "ALTER TABLE users RENAME COLUMN name TO display_name;\n";

constexpr char const* granted =
    "CREATE TABLE users (id int PRIMARY KEY, name text, visits int NOT NULL DEFAULT 0);"
    "INSERT INTO users VALUES (1, 'legacy'), (2, 'legacy');"
    "GRANT SELECT, INSERT, UPDATE, DELETE ON users TO {};";

void write_by_both(postgres::Session& app) {
  app.run("INSERT INTO users (id, name) VALUES (11, 'old')");
  app.run("INSERT INTO users (id, display_name) VALUES (12, 'New')");
  app.run("UPDATE users SET name = 'old' WHERE id = 1");
  app.run("UPDATE users SET display_name = 'New' WHERE id = 2");
}

constexpr char const* all_values =
    "SELECT string_agg(id || ':' || display_name, ',' ORDER BY id) FROM users";

TEST(SyncRights, ApplicationWithTableRightsOnly) {
  Restricted const t(granted);
  auto app = t.application();
  EXPECT_EQ(sqlstate_of(app, "SELECT * FROM bellows.migrations"), "42501");
  write_by_both(app);
  t.finish();
  EXPECT_EQ(t.db().value(all_values), "1:old,2:New,11:old,12:New");
}

TEST(SyncRights, ConvertingPairWithTableRightsOnly) {
  Restricted const t(granted, lossy);
  auto app = t.application();
  write_by_both(app);
  t.finish();
  EXPECT_EQ(t.db().value(all_values), "1:Old,2:New,11:Old,12:New");
}

TEST(SyncRights, ApplicationThatWritesThroughAViewAndMayNotEvenUseTheSchema) {
  Restricted const t(
      "CREATE SCHEMA hidden; CREATE TABLE hidden.users (id int PRIMARY KEY, name text);"
      "CREATE VIEW public.users AS SELECT * FROM hidden.users;"
      "GRANT SELECT, INSERT, UPDATE ON public.users TO {};",
      "ALTER TABLE hidden.users RENAME COLUMN name TO display_name;\n");
  auto app = t.application();
  app.run("INSERT INTO users (id, name) VALUES (1, 'a')");
  app.run("UPDATE users SET name = 'b'");
  EXPECT_EQ(t.db().value("SELECT display_name FROM hidden.users"), "b");
}

constexpr char const* tenants =
    "CREATE TABLE users (id int PRIMARY KEY, name text, visits int NOT NULL DEFAULT 0,"
    " tenant text NOT NULL DEFAULT 'a');"
    "INSERT INTO users VALUES (1, 'legacy', 0, 'a'), (2, 'legacy', 0, 'a'), (3, 'legacy', 0, 'b');"
    "ALTER TABLE users ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY own ON users USING (tenant = current_setting('app.tenant', true));"
    "GRANT SELECT, INSERT, UPDATE, DELETE ON users TO {};";

TEST(SyncRowSecurity, AnApplicationThatSeesItsOwnRowsOnly) {
  Restricted const t(tenants);
  auto app = t.application();
  app.run("SET app.tenant = 'a'");
  write_by_both(app);
  EXPECT_EQ(sqlstate_of(app, "INSERT INTO users (id, name, tenant) VALUES (9, 'x', 'b')"), "42501");
  app.run("UPDATE users SET name = 'mine'");
  t.finish();
  EXPECT_EQ(t.db().value(all_values), "1:mine,2:mine,3:legacy,11:mine,12:mine");
}

// The owner itself sees only what the policy shows: rows that can't be seen can't be filled, and
// leaving them out unsaid would lose their values at contract.
TEST(SyncRowSecurity, ForcedUponTheOwnerIsAnErrorAndNotAPartOfTheRows) {
  Restricted const t(tenants);
  t.db().run("ALTER TABLE users FORCE ROW LEVEL SECURITY");
  Ran const up = t.project.run({"up"});
  EXPECT_EQ(up.code, 7) << up.said;
  EXPECT_NE(up.said.find("row-level security"), std::string::npos) << up.said;
  EXPECT_EQ(t.db().value("SELECT state FROM bellows.migrations"), "failed");
  t.db().run("ALTER TABLE users NO FORCE ROW LEVEL SECURITY");
  Ran const resumed = t.project.run({"resume"});
  EXPECT_EQ(resumed.code, 0) << resumed.said;
  EXPECT_EQ(t.db().value("SELECT count(*) FROM users WHERE display_name = 'legacy'"), "3");
}

TEST(SyncRowSecurity, ForcedUponTheOwnerWhoBypassesIt) {
  Restricted const t(tenants);
  t.db().run("ALTER TABLE users FORCE ROW LEVEL SECURITY; ALTER ROLE " + t.roles.owner +
             " BYPASSRLS");
  t.finish();
  EXPECT_EQ(t.db().value(all_values), "1:legacy,2:legacy,3:legacy");
}

constexpr char const* granted_by_column =
    "CREATE TABLE users (id int PRIMARY KEY, name text, visits int NOT NULL DEFAULT 0);"
    "INSERT INTO users VALUES (1, 'legacy'), (2, 'legacy');"
    "GRANT SELECT (id, name), INSERT (id, name), UPDATE (name) ON users TO {0};"
    "GRANT REFERENCES (name) ON users TO {0} WITH GRANT OPTION;"
    "GRANT SELECT (name) ON users TO PUBLIC;";

std::string privileges(TempDatabase const& db, std::string const& column) {
  return db.value(fmt::format(
      "SELECT string_agg(concat_ws(' ', grantee::regrole, privilege_type, is_grantable), ', ' "
      "ORDER BY "
      "grantee, privilege_type) FROM pg_attribute a, aclexplode(a.attacl) WHERE a.attrelid = "
      "'users'::regclass AND a.attname = '{}'",
      column));
}

TEST(SyncRights, ApplicationWithPrivilegesOnColumnsOnly) {
  for (char const* migration : {rename_sql, lossy}) {
    Restricted const t(granted_by_column, migration);
    auto app = t.application();
    std::string const before = privileges(t.db(), "name");
    EXPECT_NE(before, "");
    EXPECT_EQ(privileges(t.db(), "display_name"), before) << migration;
    write_by_both(app);
    EXPECT_EQ(sqlstate_of(app, "SELECT name, display_name FROM users"), "");
    EXPECT_EQ(sqlstate_of(app, "SELECT visits FROM users"), "42501");
    EXPECT_EQ(sqlstate_of(app, "UPDATE users SET visits = 1"), "42501");
    t.finish();
    EXPECT_EQ(privileges(t.db(), "display_name"), before) << migration;
    EXPECT_EQ(sqlstate_of(app, "UPDATE users SET display_name = 'Then' WHERE id = 1"), "");
    EXPECT_EQ(sqlstate_of(app, "INSERT INTO users (id, display_name) VALUES (13, 'Then')"), "");
    EXPECT_EQ(sqlstate_of(app, "SELECT visits FROM users"), "42501");
  }
}

TEST(SyncRights, WhatIsGrantedOnTheCopyAloneHoldsContract) {
  Restricted const t(granted_by_column);
  auto owner = t.db().session("owner");
  owner.run(
      fmt::format("GRANT UPDATE (display_name) ON users TO {} WITH GRANT OPTION", t.roles.app));
  ASSERT_EQ(t.project.run({"up"}).code, 0);
  Ran const held = t.project.run({"contract", "--quiet-period", "0"});
  EXPECT_NE(held.code, 0);
  EXPECT_NE(held.said.find("GRANT the same on name"), std::string::npos) << held.said;
  owner.run(fmt::format("GRANT UPDATE (name) ON users TO {} WITH GRANT OPTION", t.roles.app));
  EXPECT_EQ(t.project.run({"resume"}).code, 0);
  EXPECT_NE(privileges(t.db(), "display_name").find("UPDATE t"), std::string::npos);
}

}  // namespace
}  // namespace bellows::test::sync_rights_db_test
