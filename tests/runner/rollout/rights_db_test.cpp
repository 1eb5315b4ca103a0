#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/said.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// A role that may not do all that a migration needs: told before the first step, with what to
/// GRANT.
namespace bellows::test::rights_db_test {
namespace {

class Rights : public testing::Test {
 protected:
  Rights() {
    db.run(
        fmt::format("CREATE ROLE {0} LOGIN; CREATE ROLE {0}_owner; {1} ALTER TABLE users OWNER "
                    "TO {0}_owner; GRANT CREATE, USAGE ON SCHEMA public TO {0}_owner",
                    role, users_table));
  }
  ~Rights() override {
    db.run(fmt::format("DROP OWNED BY {0}, {0}_owner CASCADE; DROP ROLE {0}, {0}_owner", role));
  }
  Rights(Rights const&) = delete;
  Rights& operator=(Rights const&) = delete;

  void expect_says(std::vector<std::string> const& command, int code,
                   std::vector<std::string> const& words) const {
    test::expect_says(project.run(command), code, words);
  }
  /// Types what a message says to type.
  void follow(std::string const& said) const {
    std::string const before = "superuser: ";
    auto const from = said.find(before);
    ASSERT_NE(from, std::string::npos) << said;
    auto const begin = from + before.size();
    std::string grants = said.substr(begin, said.find("; then the same", begin) - begin);
    db.run(grants.substr(0, grants.find("; or: ")));
  }
  std::string objects() const {
    return db.value("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") +
           " " +
           db.value("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace");
  }

  TempDatabase db;
  std::string role = "r" + db.value("SELECT substr(md5(current_database()), 1, 12)");
  Project project{db.conninfo() + " user=" + role};
};

TEST_F(Rights, OfTheLedger) {
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  for (std::vector<std::string> const& command :
       {std::vector<std::string>{"up"}, {"expand", "1_a"}}) {
    expect_says(command, 6,
                {"role " + role + " may not do what 1_a needs", "nothing was changed",
                 "it may not make the ledger, the schema bellows", "GRANT CREATE ON DATABASE",
                 "CREATE SCHEMA bellows AUTHORIZATION"});
  }
  db.run("GRANT USAGE, CREATE ON SCHEMA public TO " + role);
  expect_says({"up", "--dry-run"}, 6,
              {"it may not make the ledger, the schema bellows", "GRANT CREATE ON DATABASE"});
  EXPECT_NE(project.run({"status"}).answer.find("it may not make the ledger"), std::string::npos);
  db.run("CREATE SCHEMA bellows AUTHORIZATION " + role);
  expect_says({"up", "--dry-run"}, 0, {});
  expect_says({"up"}, 0, {"done: "});
}

TEST_F(Rights, OfALedgerThatIsAnothers) {
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  Project const owner(db.conninfo());
  owner.migration("1_a", "CREATE TABLE a (id int);\n");
  ASSERT_EQ(owner.run({"up"}).code, 0);
  expect_says({"up"}, 6, {"may not use the ledger", "GRANT USAGE, CREATE ON SCHEMA bellows TO"});
  for (std::vector<std::string> const& command : {std::vector<std::string>{"status"},
                                                  {"up", "--dry-run"},
                                                  {"resume"},
                                                  {"pause"},
                                                  {"verify"},
                                                  {"contract"},
                                                  {"abort", "1_a"}}) {
    expect_says(command, 6, {"may not use the ledger"});
  }
  follow(project.run({"up"}).said);
  expect_says({"up"}, 0, {"nothing to do"});
}

TEST_F(Rights, AreCheckedForAllStepsBeforeTheFirst) {
  db.run(fmt::format("GRANT CREATE ON DATABASE {} TO {}",
                     db.value("SELECT quote_ident(current_database())"), role));
  db.run("GRANT USAGE, CREATE ON SCHEMA public TO " + role);
  struct Case {
    char const* sql;
    char const* what;
  };
  for (Case const& each : std::vector<Case>{
           {"ALTER TABLE users RENAME COLUMN name TO display_name;\n", "does not own public.users"},
           {"UPDATE users SET name = upper(name);\n", "the privilege UPDATE on public.users"},
           {"DELETE FROM users WHERE visits = 0;\n", "the privilege DELETE on public.users"},
           {"CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY i ON users (name);\n",
            "does not own users"},
           {"CREATE TABLE a (id int REFERENCES users);\n", "the privilege REFERENCES on users"},
           {"CREATE TABLE a (id int);\nINSERT INTO users VALUES (1);\n",
            "the privilege INSERT on users"}}) {
    project.migration("1_a", each.sql);
    ASSERT_EQ(Project(db.conninfo()).run({"status"}).code, 0);
    ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0) << each.sql;
    std::string const before = objects();
    for (std::vector<std::string> const& command :
         {std::vector<std::string>{"up", "--dry-run"}, {"up"}, {"backfill", "1_a"}}) {
      expect_says(command, 6,
                  {"role " + role + " may not do what 1_a needs", each.what,
                   "next: as the owner or a superuser: GRANT "});
    }
    EXPECT_EQ(objects(), before) << each.sql;
    EXPECT_EQ(db.value("SELECT to_regnamespace('bellows') IS NULL"), "t") << each.sql;
  }
  project.migration("1_a", "ALTER TABLE users RENAME COLUMN name TO display_name;\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  follow(project.run({"up"}).said);
  expect_says({"up"}, 0, {"expanded and backfilled: 1_a"});
}

// Somebody else goes on with it, or a right was taken away meanwhile: asked again before each phase
// and before the way back.
TEST_F(Rights, AreAskedAgainBeforeEveryPhaseAndTheWayBack) {
  Project const owner(db.conninfo());
  for (Project const* each : {&owner, static_cast<Project const*>(&project)}) {
    each->migration("1_a", "ALTER TABLE users RENAME COLUMN name TO display_name;\n");
  }
  db.run("INSERT INTO users (id, name) VALUES (1, 'a')");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  ASSERT_EQ(owner.run({"plan", "--database-url", db.conninfo()}).code, 0);
  ASSERT_EQ(owner.run({"expand", "1_a"}).code, 0);
  db.run(
      fmt::format("GRANT USAGE, CREATE ON SCHEMA bellows TO {0}; GRANT ALL ON ALL TABLES IN SCHEMA "
                  "bellows TO {0}; GRANT ALL ON ALL SEQUENCES IN SCHEMA bellows TO {0}",
                  role));
  expect_says({"status"}, 0, {"expanded"});
  std::vector<std::string> told{"role " + role + " may not do what 1_a needs",
                                "nothing was changed"};
  expect_says({"backfill", "1_a"}, 6, told);
  expect_says({"status"}, 0, {"expanded", "may not do what 1_a needs"});
  ASSERT_EQ(owner.run({"backfill", "1_a"}).code, 0);
  std::string const before = objects();
  told.emplace_back("does not own public.users");
  // Though it may not look at the gate. Whoever reads this need not be the one who contracts.
  std::string const due =
      "next: once no running application uses name: bellows contract, as a role that may; where it "
      "is this one: as the owner or a superuser: GRANT ";
  expect_says({"status"}, 0, {"backfilled", "would be refused now: role " + role, told[2], due});
  EXPECT_EQ(owner.run({"status"}).answer.find("refused"), std::string::npos);
  for (std::vector<std::string> const& command :
       {std::vector<std::string>{"contract", "--quiet-period", "0"}, {"abort", "1_a"}}) {
    expect_says(command, 6, told);
    expect_says(command, 6,
                {"does not own public.bellows_sync_users_name_display_name",
                 "ALTER ROUTINE public.bellows_sync_users_name_display_name OWNER TO"});
    EXPECT_EQ(db.value("SELECT state FROM bellows.migrations"), "backfilled");
    EXPECT_EQ(objects(), before);
  }
  ASSERT_EQ(owner.run({"up", "--release", "1"}).code, 0);
  expect_says({"up", "--release", "2", "--dry-run"}, 6, told);
  follow(project.run({"status"}).answer);
  EXPECT_EQ(project.run({"status"}).answer.find("refused"), std::string::npos);
  expect_says({"contract", "--quiet-period", "0"}, 0, {"contracted"});
}

// To be a member of a superuser's role is to be one.
TEST_F(Rights, ASuperusersRoleIsGrantedToNobody) {
  db.run("ALTER TABLE users OWNER TO CURRENT_USER; CREATE INDEX by_name ON users (name)");
  db.run(fmt::format("CREATE SCHEMA bellows AUTHORIZATION {0}; GRANT ALL ON SCHEMA public TO {0}",
                     role));
  project.migration(
      "1_a",
      "DROP INDEX CONCURRENTLY by_name;\nCREATE INDEX CONCURRENTLY by_visits ON users (visits);\n");
  expect_says({"up"}, 6, {"ALTER TABLE public.users OWNER TO " + role});
  std::string const said = project.run({"up"}).said;
  EXPECT_EQ(said.find("GRANT"), std::string::npos) << said;
}

// To be granted the owner's role would change nothing for the one, and is refused to the other.
TEST_F(Rights, ARoleIsNotGrantedInVain) {
  for (std::string const& made :
       {"ALTER ROLE " + role + " NOINHERIT",
        fmt::format("ALTER ROLE {0} INHERIT; GRANT {0} TO {0}_owner", role)}) {
    db.run(made + fmt::format("; ALTER TABLE users OWNER TO {}_owner; GRANT CREATE ON DATABASE {} "
                              "TO {}; GRANT CREATE, USAGE ON SCHEMA public TO {}",
                              role, db.value("SELECT current_database()"), role, role));
    std::string const column = made.find("GRANT") == std::string::npos ? "a" : "b";
    project.migration("1_" + column, "ALTER TABLE users ADD COLUMN " + column + " int;\n");
    Ran const ran = project.run({"up"});
    test::expect_says(ran, 6, {"does not own users", "ALTER TABLE public.users OWNER TO"});
    follow(ran.said);
    expect_says({"up"}, 0, {"done: 1_" + column});
  }
}

TEST_F(Rights, ThatAreTakenAwayMeanwhileAreToldWithTheGrant) {
  db.run("CREATE SCHEMA bellows AUTHORIZATION " + role);
  db.run("INSERT INTO users (id, name) SELECT g, 'a' FROM generate_series(1, 1000) g");
  db.run(fmt::format("GRANT SELECT, UPDATE ON users TO {}; GRANT USAGE ON SCHEMA public TO {}",
                     role, role));
  project.migration("1_a", "UPDATE users SET name = upper(name);\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  int const pid = project.start(small_up({"--batch-pause", "50ms"}));
  wait_until([&] { return db.value("SELECT count(*) > 20 FROM users WHERE name = 'A'") == "t"; },
             "the backfill");
  db.run("REVOKE UPDATE ON users FROM " + role);
  Ran const ran = project.wait(pid);
  EXPECT_EQ(ran.code, 7) << ran.said;
  EXPECT_NE(ran.said.find("GRANT UPDATE ON public.users TO " + role + ", then bellows resume"),
            std::string::npos)
      << ran.said;
  expect_says({"resume"}, 6, {"the privilege UPDATE on public.users"});
  db.run("GRANT UPDATE ON users TO " + role);
  expect_says({"resume", "--batch-pause", "0"}, 0, {});
  EXPECT_EQ(db.value("SELECT count(*) FROM users WHERE name = 'A'"), "1000");
}

TEST_F(Rights, WhatOnlyTheServerKnowsOfNamesTheRole) {
  db.run("CREATE SCHEMA bellows AUTHORIZATION " + role);
  project.migration("1_a", "COMMENT ON TABLE users IS 'people';\n");
  expect_says({"up"}, 6, {"must be owner", "GRANT role " + role + " what is missing"});
}

TEST_F(Rights, AMigrationThatBecomesAnotherRoleIsLeftToTheServer) {
  db.run(fmt::format("GRANT CREATE ON DATABASE {} TO {}; GRANT {}_owner TO {}",
                     db.value("SELECT quote_ident(current_database())"), role, role, role));
  db.run("ALTER ROLE " + role + " NOINHERIT");
  db.run("GRANT USAGE ON SCHEMA public TO " + role);
  project.migration("1_a", "SET LOCAL ROLE " + role +
                               "_owner;\nCREATE TABLE a (id int);\n"
                               "RESET ROLE;\n");
  Ran const ran = project.run({"up"});
  EXPECT_EQ(ran.said.find("may not do what"), std::string::npos) << ran.said;
}

}  // namespace
}  // namespace bellows::test::rights_db_test
