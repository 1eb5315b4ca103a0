#include "planner/catalog/replay.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// What breaks running code though no row is touched, and what the same migration mends.
namespace bellows::rules::breaking_test {
namespace {

constexpr char const* schema = R"(
CREATE TYPE mood AS ENUM ('calm', 'wild');
CREATE TABLE parents (id int PRIMARY KEY);
CREATE TABLE users (id serial PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY, name text DEFAULT '',
  plan text NOT NULL DEFAULT 'free', bare text, parent int CONSTRAINT to_parent REFERENCES parents);
CREATE TABLE kids (id int REFERENCES users);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER counted AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW names AS SELECT name FROM users;)";

catalog::Catalog known() {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog, schema);
  return catalog;
}

/// "rule severity" of each finding about breaking, statement by statement.
std::vector<std::string> told(std::string_view text, catalog::Catalog catalog = known()) {
  constexpr std::string_view breaking[] = {
      "drop-function",       "drop-type", "drop-sequence", "rename-object",   "drop-default",
      "drop-identity",       "revoke",    "rule-instead",  "disable-trigger", "disable-rule",
      "serial-sequence-type"};
  std::vector<std::string> all;
  for (Reviewed const& one : review(sql::read_migration("m", "m.sql", text), catalog)) {
    for (Finding const& finding : one.findings) {
      if (std::ranges::find(breaking, finding.rule) != std::end(breaking)) {
        all.push_back(finding.rule + " " + std::string(to_string(finding.severity)));
      }
    }
  }
  return all;
}

std::string message(std::string_view text) {
  catalog::Catalog catalog = known();
  Reviewed const one = review(sql::read_migration("m", "m.sql", text), catalog).at(0);
  return one.findings.empty() ? "" : one.findings.back().message;
}

using All = std::vector<std::string>;

TEST(Breaking, IsToldAsGravelyAsTheCatalogKnows) {
  for (auto const& [text, expected] : std::vector<std::pair<char const*, All>>{
           {"DROP FUNCTION f(int)", {"drop-function error"}},
           {"DROP FUNCTION f", {"drop-function error"}},
           {"DROP FUNCTION IF EXISTS f(int, int)", {}},  // another one, which is not there
           {"DROP FUNCTION touch() CASCADE", {}},        // only triggers execute it
           {"ALTER TABLE users ALTER plan DROP DEFAULT", {"drop-default error"}},
           {"ALTER TABLE users ALTER name DROP DEFAULT", {"drop-default warning"}},
           {"ALTER TABLE users ALTER bare DROP DEFAULT", {}},  // it has none
           {"ALTER TABLE nowhere ALTER bare DROP DEFAULT", {"drop-default warning"}},
           {"ALTER TABLE users ADD a int NOT NULL DEFAULT 0; ALTER TABLE users ALTER a DROP "
            "DEFAULT",
            {"drop-default error"}},
           {"ALTER TABLE users ALTER n DROP IDENTITY", {"drop-identity error"}},
           {"ALTER TABLE users ALTER bare DROP IDENTITY IF EXISTS", {}},
           {"REVOKE ALL ON users, kids FROM webapp, PUBLIC", {"revoke error"}},
           {"CREATE TABLE own (id int); REVOKE ALL ON own FROM PUBLIC", {}},
           {"GRANT SELECT ON users TO webapp", {}},
           {"ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC", {}},
           {"CREATE RULE r AS ON INSERT TO users DO INSTEAD NOTHING", {"rule-instead error"}},
           {"CREATE RULE r AS ON INSERT TO users DO ALSO NOTIFY x", {}},
           {"CREATE RULE r AS ON INSERT TO names DO INSTEAD NOTHING", {}},  // it failed before
           {"ALTER TABLE users DISABLE TRIGGER ALL", {"disable-trigger error"}},
           {"ALTER TABLE users DISABLE TRIGGER USER", {"disable-trigger warning"}},
           {"ALTER TABLE users DISABLE TRIGGER touched", {"disable-trigger warning"}},
           {"ALTER TABLE users ENABLE REPLICA TRIGGER touched", {"disable-trigger warning"}},
           {"ALTER TABLE users ENABLE TRIGGER ALL", {}},
           {"ALTER TABLE users DISABLE RULE r", {"disable-rule warning"}},
           {"ALTER TABLE users ALTER id TYPE bigint", {"serial-sequence-type warning"}},
           {"ALTER TABLE users ALTER n TYPE bigint", {}},  // an identity's follows
           {"ALTER TYPE mood RENAME TO temper", {"rename-object error"}},
           {"ALTER TYPE mood ADD VALUE 'odd'", {}},
       }) {
    EXPECT_EQ(told(text), expected) << text;
  }
}

// A release that does not know the new column yet inserts NULL, from the same moment on; the table
// need not be known for that.
TEST(Breaking, ADefaultThatGoesAtOnceWasNoDefault) {
  std::string const add = "ALTER TABLE nowhere ADD a int ";
  std::string const drop = "; ALTER TABLE nowhere ALTER a DROP DEFAULT";
  using Told = std::vector<std::string>;
  EXPECT_EQ(told(add + "NOT NULL DEFAULT 0" + drop, {}), Told{"drop-default error"});
  EXPECT_EQ(told(add + "DEFAULT 0" + drop, {}), Told{"drop-default warning"});
  EXPECT_EQ(told(add + drop, {}), Told{});
  EXPECT_EQ(told("ALTER TABLE nowhere ALTER a DROP DEFAULT", {}), Told{"drop-default warning"});
}

TEST(Breaking, IsForgivenWhereTheSameMigrationMendsIt) {
  for (char const* text : {
           "DROP FUNCTION f(int); CREATE FUNCTION f(a bigint) RETURNS int LANGUAGE sql RETURN 1",
           "ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('calm');"
           "DROP TYPE mood_old",
           "CREATE SEQUENCE s; DROP SEQUENCE s",
           "ALTER TABLE users ALTER plan DROP DEFAULT; ALTER TABLE users ALTER plan SET DEFAULT ''",
           "ALTER TABLE users ALTER plan DROP DEFAULT, ALTER plan SET DEFAULT 'x'",
           "ALTER TABLE users ALTER n DROP IDENTITY, ALTER n SET DEFAULT 4",
           "ALTER TABLE users DISABLE TRIGGER ALL; UPDATE users SET name = '' WHERE id = 1;"
           "ALTER TABLE users ENABLE TRIGGER ALL",
           "ALTER TABLE users DISABLE TRIGGER touched; ALTER TABLE users ENABLE TRIGGER USER",
           "CREATE RULE r AS ON INSERT TO users DO INSTEAD NOTHING; DROP RULE r ON users",
           "ALTER TABLE users ALTER id TYPE bigint; ALTER SEQUENCE users_id_seq AS bigint",
       }) {
    EXPECT_EQ(told(text), All{}) << text;
  }
  // What comes back is something else, or only a part of it.
  for (char const* text : {
           "ALTER TABLE users DISABLE TRIGGER ALL; ALTER TABLE users ENABLE TRIGGER USER",
           "ALTER TABLE users DISABLE TRIGGER touched; ALTER TABLE users ENABLE TRIGGER counted",
           "ALTER TABLE users ALTER plan DROP DEFAULT; ALTER TABLE users ALTER name SET DEFAULT ''",
           "DROP FUNCTION f(int); CREATE FUNCTION g() RETURNS int LANGUAGE sql RETURN 1",
           "ALTER TABLE users ALTER id TYPE bigint; ALTER SEQUENCE users_id_seq RESTART",
       }) {
    EXPECT_EQ(told(text).size(), 1U) << text;
  }
}

TEST(Breaking, SaysWhatIsNotCheckedAnyMore) {
  std::string const all = message("ALTER TABLE users DISABLE TRIGGER ALL");
  for (char const* part : {"to_parent", "public.kids", "counted, touched"}) {
    EXPECT_NE(all.find(part), std::string::npos) << all;
  }
  EXPECT_NE(message("ALTER TABLE users DISABLE TRIGGER touched").find("its trigger touched does"),
            std::string::npos);
  EXPECT_NE(message("REVOKE ALL ON users FROM webapp, PUBLIC").find("webapp, PUBLIC"),
            std::string::npos);
}

TEST(Breaking, WithoutATableEveryTableIsMeant) {
  for (char const* text :
       {"VACUUM FULL", "VACUUM (FULL, ANALYZE)", "CLUSTER", "CLUSTER VERBOSE",
        "REINDEX SCHEMA public", "REINDEX DATABASE shop", "REINDEX SYSTEM shop"}) {
    catalog::Catalog catalog;
    Reviewed const one = review(sql::read_migration("m", "m.sql", text), catalog).at(0);
    EXPECT_EQ(one.verdict, Verdict::Unsafe) << text;
    EXPECT_FALSE(one.effects.transactional) << text;
    ASSERT_EQ(one.findings.size(), 1U) << text;
    EXPECT_EQ(one.findings[0].rule, "long-lock") << text;
    EXPECT_FALSE(one.findings[0].remedy.empty()) << text;
  }
  for (char const* text : {"VACUUM", "ANALYZE", "REINDEX (CONCURRENTLY) SCHEMA public"}) {
    catalog::Catalog catalog;
    EXPECT_EQ(review(sql::read_migration("m", "m.sql", text), catalog).at(0).verdict, Verdict::Safe)
        << text;
  }
  catalog::Catalog catalog = known();
  Reviewed const full = review(sql::read_migration("m", "m.sql", "VACUUM FULL"), catalog).at(0);
  EXPECT_EQ(full.effects.relations.size(), 3U);
  EXPECT_TRUE(full.effects.relations[0].rewrites);
}

}  // namespace
}  // namespace bellows::rules::breaking_test
