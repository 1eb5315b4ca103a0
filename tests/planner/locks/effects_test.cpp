#include "planner/locks/effects.hpp"

#include "planner/catalog/replay.hpp"

#include <gtest/gtest.h>

/// The lock table itself is checked against a server (tests/runner/locks); here is what no server
/// shows: versions, what the catalog does not know, order, new tables.
namespace bellows::locks::effects_test {
namespace {

catalog::Catalog scene() {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog, R"(
    CREATE TABLE users (id int PRIMARY KEY, email varchar(100));
    CREATE TABLE sessions (id int PRIMARY KEY, user_id int REFERENCES users, at timestamp);
    CREATE TABLE audits (id int REFERENCES users);)");
  return catalog;
}

std::string told(std::string_view text, catalog::Catalog const& catalog) {
  Effects const effects = effects_of(sql::parse_one(text), catalog);
  std::string result = effects.known ? "" : "unknown ";
  for (Effect const& effect : effects.relations) {
    result += effect.relation.display() + " " + std::string(to_string(effect.lock)) +
              (effect.rewrites ? " rewrites" : "") + (effect.scans ? " scans" : "") +
              (effect.on_new ? " new" : "") + "; ";
  }
  return result;
}

TEST(Effects, AnAttachDependsOnTheTimeZoneOnlyWhereACheckCouldTell) {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog,
                       "CREATE TABLE log (at timestamptz NOT NULL) PARTITION BY RANGE (at);"
                       "CREATE TABLE plain (at timestamptz NOT NULL);"
                       "CREATE TABLE said (at timestamptz NOT NULL, CHECK (at >= '2026-01-01' AND "
                       "at < '2026-02-01'))");
  auto const depends = [&](std::string const& table) {
    return !effects_of(sql::parse_one("ALTER TABLE log ATTACH PARTITION " + table +
                                      " FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')"),
                       catalog)
                .depends_on.empty();
  };
  EXPECT_FALSE(depends("plain"));
  EXPECT_TRUE(depends("said"));
}

TEST(Effects, TellTheTargetFirstThenByName) {
  EXPECT_EQ(told("DROP TABLE users CASCADE", scene()),
            "public.users ACCESS EXCLUSIVE; public.audits ACCESS EXCLUSIVE; public.sessions ACCESS "
            "EXCLUSIVE; ");
  EXPECT_EQ(told("ALTER TABLE sessions DROP COLUMN user_id", scene()),
            "public.sessions ACCESS EXCLUSIVE; public.users ACCESS EXCLUSIVE; ");
}

TEST(Effects, TakeTheStrictestOfSeveralCommands) {
  EXPECT_EQ(
      told("ALTER TABLE users ALTER email SET STATISTICS 5, ALTER email SET DEFAULT 'x'", scene()),
      "public.users ACCESS EXCLUSIVE; ");
}

TEST(Effects, KnowWhatIsNew) {
  catalog::Catalog catalog = scene();
  EXPECT_EQ(told("CREATE TABLE t (a int REFERENCES users)", catalog),
            "public.t ACCESS EXCLUSIVE new; public.users SHARE ROW EXCLUSIVE; ");
  catalog.table({sql::Identifier(), sql::Identifier("users")})->is_new = true;
  EXPECT_EQ(told("CREATE INDEX ON users (email)", catalog), "public.users SHARE scans new; ");
  EXPECT_EQ(told("DROP INDEX users_pkey", catalog),
            "public.users_pkey ACCESS EXCLUSIVE new; public.users ACCESS EXCLUSIVE new; ");
}

TEST(Effects, ReachMembersAndChildren) {
  catalog::Catalog catalog = scene();
  catalog::replay_text(catalog, R"(
    CREATE TYPE shape AS (id int);
    CREATE TABLE shaped OF shape;
    CREATE DOMAIN level AS int;
    CREATE DOMAIN depth AS level;
    CREATE TABLE dug (depth depth);
    CREATE TABLE base (id int, a int);
    CREATE TABLE below () INHERITS (base);
    CREATE TABLE lowest () INHERITS (below);
    CREATE TABLE whole (a int) PARTITION BY LIST (a);
    CREATE TABLE part PARTITION OF whole FOR VALUES IN (1) PARTITION BY LIST (a);
    CREATE TABLE part_part PARTITION OF part FOR VALUES IN (1);
    CREATE PUBLICATION news FOR TABLE users;)");
  EXPECT_EQ(told("DROP TYPE shape CASCADE", catalog), "public.shaped ACCESS EXCLUSIVE; ");
  EXPECT_EQ(told("DROP DOMAIN level CASCADE", catalog), "public.dug ACCESS EXCLUSIVE; ");
  EXPECT_EQ(told("ALTER PUBLICATION news SET TABLE audits", catalog),
            "public.audits SHARE UPDATE EXCLUSIVE; public.users SHARE UPDATE EXCLUSIVE; ");
  EXPECT_EQ(told("ALTER TABLE ONLY base DROP COLUMN a", catalog),
            "public.base ACCESS EXCLUSIVE; public.below ACCESS EXCLUSIVE; ");
  EXPECT_EQ(told("ALTER TABLE base ADD PRIMARY KEY (id)", catalog),
            "public.base ACCESS EXCLUSIVE scans; public.below ACCESS EXCLUSIVE scans; "
            "public.lowest ACCESS EXCLUSIVE scans; ");
  EXPECT_EQ(told("ALTER TABLE whole DETACH PARTITION part", catalog),
            "public.whole ACCESS EXCLUSIVE; public.part ACCESS EXCLUSIVE; public.part_part ACCESS "
            "EXCLUSIVE; ");
  EXPECT_EQ(told("CREATE INDEX ON ONLY base (a)", catalog), "public.base SHARE scans; ");
  EXPECT_EQ(told("CREATE INDEX ON ONLY whole (a)", catalog), "public.whole SHARE; ");
}

/// The server refuses a circle; nobody who goes along parents may end in one.
TEST(Effects, AreTheSameAfterACircle) {
  catalog::Catalog catalog;
  catalog::replay_text(catalog, R"(
    CREATE TABLE whole (a int) PARTITION BY LIST (a);
    CREATE PUBLICATION news FOR TABLE whole;
    ALTER TABLE whole ATTACH PARTITION whole DEFAULT;
    CREATE TABLE base (id int);
    CREATE TABLE below () INHERITS (base);
    ALTER TABLE base INHERIT below;)");
  EXPECT_TRUE(catalog.table({{}, sql::Identifier("whole")})->partition_of.name.empty());
  EXPECT_TRUE(catalog.table({{}, sql::Identifier("base")})->inherits.empty());
}

TEST(Effects, DependOnTheVersion) {
  catalog::Catalog catalog = scene();
  std::string const text = "ALTER TABLE users SET ACCESS METHOD heap";
  EXPECT_EQ(told(text, catalog), "public.users ACCESS EXCLUSIVE rewrites; ");
  catalog.server_version = 14;  // refuses it, and so locks nothing
  EXPECT_EQ(told(text, catalog), "");
}

TEST(Effects, AreUnknownForWhatHasNoRowOrNoText) {
  for (char const* text : {"ALTER EXTENSION citext UPDATE", "DO $$ BEGIN EXECUTE f(); END $$",
                           "CALL p()", "SELECT mine()", "ALTER TABLE t FROBNICATE"}) {
    EXPECT_EQ(told(text, scene()), "unknown ") << text;
  }
}

std::vector<std::string> depends(std::string_view text, catalog::Catalog const& catalog) {
  return effects_of(sql::parse_one(text), catalog).depends_on;
}

TEST(Effects, SayWhatTheyDependOn) {
  for (char const* text : {"ALTER TABLE users ADD COLUMN a int DEFAULT mine()",
                           "ALTER TABLE nowhere ALTER COLUMN a TYPE text",
                           "ALTER TABLE sessions ALTER at TYPE timestamptz", "DROP INDEX nowhere",
                           "DROP FUNCTION f CASCADE", "ALTER TABLE nowhere SET LOGGED"}) {
    EXPECT_EQ(depends(text, scene()).size(), 1U) << text;
  }
  for (char const* text :
       {"ALTER TABLE users ADD COLUMN a int DEFAULT 1", "ALTER TABLE users ALTER email TYPE text",
        "DROP TABLE nowhere", "DROP INDEX users_pkey"}) {
    EXPECT_TRUE(depends(text, scene()).empty()) << text;
  }
  catalog::Catalog partial;
  EXPECT_EQ(depends("DROP TABLE nowhere", partial).size(), 1U);
}

TEST(Effects, OfStatementsOutsideOfTransactions) {
  Effects const effects =
      effects_of(sql::parse_one("CREATE INDEX CONCURRENTLY i ON users (email)"), scene());
  EXPECT_FALSE(effects.transactional);
  EXPECT_TRUE(effects.waits_for_snapshots);
  EXPECT_TRUE(effects_of(sql::parse_one("CREATE INDEX i ON users (email)"), scene()).transactional);
}

TEST(Effects, Of19OpenTheReferencedKeyAndTheSequenceOfADefault) {
  catalog::Catalog catalog = scene();
  constexpr std::string_view reference =
      "ALTER TABLE sessions ADD FOREIGN KEY (id) REFERENCES users NOT VALID";
  constexpr std::string_view number = "ALTER TABLE audits ALTER id SET DEFAULT nextval('numbers')";
  catalog.server_version = 18;
  EXPECT_EQ(told(reference, catalog),
            "public.sessions SHARE ROW EXCLUSIVE; public.users SHARE ROW EXCLUSIVE; ");
  EXPECT_EQ(told(number, catalog), "public.audits ACCESS EXCLUSIVE; ");
  catalog.server_version = 19;
  EXPECT_EQ(
      told(reference, catalog),
      "public.sessions SHARE ROW EXCLUSIVE; public.users SHARE ROW EXCLUSIVE; public.users_pkey "
      "ACCESS SHARE; ");
  EXPECT_EQ(told(number, catalog), "public.audits ACCESS EXCLUSIVE; public.numbers ACCESS SHARE; ");
  EXPECT_EQ(told("CREATE TABLE kept (id int DEFAULT nextval('numbers'), u int REFERENCES users)",
                 catalog),
            "public.kept ACCESS EXCLUSIVE new; public.numbers ACCESS SHARE; public.users "
            "SHARE ROW EXCLUSIVE; public.users_pkey ACCESS SHARE; ");
}

TEST(Effects, ACheckOfWhichTheEnforcementIsAlteredIsThatOfItsChildrenToo) {
  catalog::Catalog catalog = scene();
  catalog.server_version = 19;
  catalog::replay_text(catalog,
                       "CREATE TABLE lax (id int, CONSTRAINT c CHECK (id > 0) NOT ENFORCED);"
                       "CREATE TABLE laxer () INHERITS (lax);");
  EXPECT_EQ(told("ALTER TABLE lax ALTER CONSTRAINT c ENFORCED", catalog),
            "public.lax ACCESS EXCLUSIVE scans; public.laxer ACCESS EXCLUSIVE scans; ");
  catalog::replay_text(catalog, "ALTER TABLE lax ALTER CONSTRAINT c ENFORCED");
  EXPECT_TRUE(catalog.table({sql::Identifier(), sql::Identifier("laxer")})
                  ->constraint(sql::Identifier("c"))
                  ->validated);
  EXPECT_EQ(told("ALTER TABLE lax ALTER CONSTRAINT c ENFORCED", catalog),
            "public.lax ACCESS EXCLUSIVE; ");
  EXPECT_EQ(told("ALTER TABLE lax ALTER CONSTRAINT c NOT ENFORCED", catalog),
            "public.lax ACCESS EXCLUSIVE; public.laxer ACCESS EXCLUSIVE; ");
}

}  // namespace
}  // namespace bellows::locks::effects_test
