#include "planner/catalog/replay.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

/// DO blocks of plain statements are looked into; of others nothing is guessed.
namespace bellows::rules::block_test {
namespace {

catalog::Catalog known() {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog,
                       "CREATE TABLE users (id int PRIMARY KEY, name text);"
                       "CREATE TABLE orders (id int PRIMARY KEY, user_id int);");
  return catalog;
}

std::vector<Reviewed> reviewed(std::string_view text, catalog::Catalog& catalog) {
  return review(sql::read_migration("m", "m.sql", text), catalog);
}

Reviewed reviewed(std::string_view text) {
  catalog::Catalog catalog = known();
  return reviewed(text, catalog).at(0);
}

/// "rule: the text that it points at".
std::vector<std::string> told(std::string_view text) {
  std::vector<std::string> all;
  Reviewed const one = reviewed(text);
  for (Finding const& finding : one.findings) {
    if (finding.severity == Severity::Note) {
      continue;
    }
    all.push_back(finding.rule + ": " +
                  one.statement.raw.text.substr(finding.at.offset, finding.at.length));
  }
  return all;
}

constexpr char const* guarded = R"(DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE column_name = 'plan') THEN
    ALTER TABLE users ADD COLUMN plan text;
    ALTER TABLE users ALTER COLUMN name SET NOT NULL;
  ELSIF EXISTS (SELECT FROM pg_type WHERE typname = 'mood') THEN
    CREATE INDEX orders_user ON orders (user_id);
  ELSE
    RAISE NOTICE 'nothing; at all';
  END IF;
  BEGIN
    ALTER TABLE orders ADD CONSTRAINT to_users FOREIGN KEY (user_id) REFERENCES users;
  EXCEPTION WHEN duplicate_object THEN NULL;
  END;
END $$)";

TEST(Block, OfPlainStatementsIsLookedInto) {
  EXPECT_EQ(told(guarded), (std::vector<std::string>{
                               "set-not-null: SET NOT NULL", "index-not-concurrent: INDEX",
                               "several-strong-locks: CREATE INDEX orders_user ON orders (user_id)",
                               "add-foreign-key: FOREIGN KEY (user_id) REFERENCES users"}));
  Reviewed const one = reviewed(guarded);
  EXPECT_EQ(one.verdict, Verdict::Unsafe);
  ASSERT_EQ(one.statement.block.size(), 4U);
  EXPECT_EQ(one.statement.block[1].raw.at.line, 5);
  EXPECT_EQ(one.statement.block[1].raw.at.column, 5);
  EXPECT_TRUE(one.statement.block[1].guarded);
  ASSERT_EQ(one.effects.relations.size(), 2U);
  EXPECT_EQ(one.effects.relations[0].relation.display(), "public.orders");
  EXPECT_EQ(one.effects.relations[0].lock, locks::Mode::ShareRowExclusive);
  EXPECT_EQ(one.effects.relations[1].lock, locks::Mode::AccessExclusive);
  EXPECT_TRUE(one.effects.relations[1].scans);
}

TEST(Block, IsReplayedAsFarAsItMayGo) {
  catalog::Catalog catalog = known();
  reviewed(guarded, catalog);
  EXPECT_TRUE(catalog.complete);
  catalog::Table const& users = *catalog.table({sql::Identifier(), sql::Identifier("users")});
  EXPECT_NE(users.column(sql::Identifier("plan")), nullptr);
  EXPECT_TRUE(users.column(sql::Identifier("name"))->not_null);
}

TEST(Block, OfBriefStatementsIsBrief) {
  EXPECT_EQ(reviewed("DO $$ BEGIN ALTER TABLE users ADD COLUMN a int; END $$").verdict,
            Verdict::Brief);
  EXPECT_EQ(reviewed("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'mood') THEN "
                     "CREATE TYPE mood AS ENUM ('calm'); END IF; END $$")
                .verdict,
            Verdict::Safe);
  EXPECT_EQ(reviewed("DO $$ BEGIN RAISE NOTICE 'hello'; END $$").verdict, Verdict::Safe);
}

TEST(Block, MakesItsOwnTables) {
  Reviewed const one = reviewed(
      "DO $$ BEGIN CREATE TABLE made (id int); CREATE INDEX ON made (id);"
      "ALTER TABLE made ALTER id TYPE bigint; END $$");
  EXPECT_EQ(one.verdict, Verdict::Safe);
  ASSERT_EQ(one.effects.relations.size(), 1U);
  EXPECT_TRUE(one.effects.relations[0].on_new);
}

TEST(Block, ThatIsNotPlainIsNotGuessedAt) {
  for (char const* text : {
           "DO $$ BEGIN EXECUTE 'ALTER TABLE users DROP COLUMN name'; END $$",
           "DO $$ BEGIN FOR i IN 1..3 LOOP DELETE FROM users WHERE id = i; END LOOP; END $$",
           "DO $$ DECLARE n int := 1; BEGIN DELETE FROM users WHERE id = n; END $$",
           "DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM users; END $$",
           "DO $$ BEGIN PERFORM own_function(); END $$",
           "DO $$ BEGIN IF own_function() THEN CREATE TABLE a (id int); END IF; END $$",
           "DO $$ BEGIN ALTER TABLE users ADD COLUMN a int; COMMIT; END $$",
           "DO LANGUAGE plperl $$ spi_exec_query('x') $$",
       }) {
    Reviewed const one = reviewed(text);
    EXPECT_FALSE(one.statement.plain_block) << text;
    EXPECT_EQ(one.verdict, Verdict::Unknown) << text;
    catalog::Catalog catalog = known();
    reviewed(text, catalog);
    EXPECT_FALSE(catalog.complete) << text;
  }
}

// The server refuses it before it does anything: that is known, and nothing changes.
TEST(Block, ThatIsNoPlpgsqlFailsAndChangesNothing) {
  catalog::Catalog catalog = known();
  Reviewed const one = reviewed("DO $$ BEGIN this is no PL/pgSQL $$", catalog).at(0);
  EXPECT_FALSE(one.statement.plain_block);
  EXPECT_EQ(one.verdict, Verdict::Unknown);
  ASSERT_EQ(one.findings.size(), 1U);
  EXPECT_EQ(one.findings[0].fails_with, "42601");
  EXPECT_TRUE(catalog.complete);
}

TEST(Block, ADirectiveAboveItIsForAllOfIt) {
  Reviewed const one = reviewed(
      "-- bellows: allow drop-column because unused\n"
      "DO $$ BEGIN ALTER TABLE users DROP COLUMN name; END $$");
  EXPECT_EQ(one.findings.size(), 0U);
  EXPECT_EQ(one.allowed.size(), 1U);
  Reviewed const split = reviewed("DO $$ BEGIN UPDATE users SET name = 'x'; END $$");
  ASSERT_EQ(split.findings.size(), 1U);
  EXPECT_EQ(split.splitter, nullptr);
  EXPECT_TRUE(split.findings[0].remedy.starts_with("Write the statement by itself"));
}

/// A catalog that is known by files, after one of them has done what its text does not show.
std::vector<Reviewed> after(std::string_view unseen, std::string_view text) {
  catalog::Catalog catalog;
  catalog::replay_text(catalog,
                       "CREATE FUNCTION widen() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER "
                       "TABLE users DROP CONSTRAINT named; END $$;"
                       "CREATE TABLE users (id int PRIMARY KEY, name varchar(10), CONSTRAINT named "
                       "CHECK (name IS NOT NULL));"
                       "CREATE TABLE orders (id int PRIMARY KEY, code varchar(10));");
  catalog::replay(catalog, sql::read_migration("3", "0003.sql", unseen));
  return reviewed(text, catalog);
}

constexpr char const* light = "ALTER TABLE users ALTER name SET NOT NULL";

TEST(Unseen, IsSaidWhereAnAnswerRestsOnTheCatalog) {
  for (char const* text : {
           "SELECT widen()",
           "DO $$ BEGIN FOR i IN 1..2 LOOP ALTER TABLE users DROP CONSTRAINT named; END LOOP; END "
           "$$",
           "DO $$ BEGIN EXECUTE 'ALTER TABLE users DROP CONSTRAINT named'; END $$",
           "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables LOOP EXECUTE "
           "format('ALTER TABLE %I DROP CONSTRAINT IF EXISTS named', t); END LOOP; END $$",
           "CALL tidy('users')",
       }) {
    Reviewed const one = after(std::string("\n\n") + text, light).at(0);
    ASSERT_EQ(one.findings.size(), 1U) << text;
    EXPECT_EQ(one.findings[0].rule, "depends") << text;
    EXPECT_EQ(one.findings[0].severity, Severity::Error) << text;
    EXPECT_EQ(one.findings[0].message,
              "The answer depends on what line 3 of 0003.sql has done: it may have changed "
              "public.users.")
        << text;
    EXPECT_EQ(after(text, "ALTER TABLE users ALTER name TYPE text").at(0).verdict, Verdict::Unsafe);
  }
}

TEST(Unseen, IsNotSaidOfOtherTablesNorWhereItMakesNoDifference) {
  for (char const* text : {
           "DO $$ BEGIN FOR i IN 1..2 LOOP ALTER TABLE orders ADD COLUMN a int; END LOOP; END $$",
           "CALL tidy('orders')", "SELECT setval('orders_seq', 5)",
           "DO $$ BEGIN ALTER TABLE users ADD COLUMN a int; END $$",  // that is seen
       }) {
    EXPECT_EQ(after(text, light).at(0).verdict, Verdict::Brief) << text;
  }
  char const* const call = "CALL tidy('users')";
  EXPECT_EQ(after(call, "ALTER TABLE users ADD COLUMN b int").at(0).verdict, Verdict::Brief);
  EXPECT_EQ(after(call,
                  "DROP TABLE users; CREATE TABLE users (id varchar(3));"
                  "ALTER TABLE users ALTER id TYPE text")
                .back()
                .verdict,
            Verdict::Safe)
      << "another table";
  EXPECT_EQ(after(call, "ALTER TABLE orders ALTER code TYPE text").at(0).verdict, Verdict::Brief);
}

}  // namespace
}  // namespace bellows::rules::block_test
