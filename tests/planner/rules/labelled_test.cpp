#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// The hazards, and the safe forms, that the labelled corpora of other linters have
/// (MigrationPilot, squawk, pgfence), in statements of our own and without a catalog, as those are
/// judged. A label that is wrong of PostgreSQL, or of how bellows runs a file, stands below with
/// the reason.
namespace bellows::rules::labelled_test {
namespace {

std::vector<Reviewed> judged(std::string_view text, int server_version = 15) {
  catalog::Catalog catalog;
  catalog.server_version = server_version;
  return review(sql::read_migration("m", "m.sql", text), catalog);
}

std::string errors(std::vector<Reviewed> const& all) {
  std::string rules;
  for (Reviewed const& reviewed : all) {
    for (Finding const& finding : reviewed.findings) {
      rules += finding.severity == Severity::Error ? finding.rule + " " : "";
    }
  }
  return rules;
}

bool says_anything(std::vector<Reviewed> const& all) {
  return std::ranges::any_of(all, [](Reviewed const& one) { return !one.findings.empty(); });
}

TEST(Labelled, DangerousIsTold) {
  for (char const* text : {
           "CREATE INDEX ON visits (day)",
           "SET lock_timeout = '1s'; CREATE UNIQUE INDEX visits_day ON visits (day)",
           "ALTER TABLE visits ALTER day SET NOT NULL",
           "ALTER TABLE visits ADD CONSTRAINT c CHECK (guests > 0)",
           "ALTER TABLE visits ADD COLUMN token uuid DEFAULT gen_random_uuid()",
           "ALTER TABLE visits ADD COLUMN number serial",
           "ALTER TABLE visits ADD COLUMN half int GENERATED ALWAYS AS (guests / 2) STORED",
           "ALTER TABLE visits ADD COLUMN room int NOT NULL",
           "ALTER TABLE visits ALTER id TYPE bigint",
           "ALTER TABLE visits ADD FOREIGN KEY (house) REFERENCES houses (id)",
           "ALTER TABLE visits ADD UNIQUE (day)",
           "ALTER TABLE visits ADD PRIMARY KEY (id)",
           "ALTER TABLE visits ADD CONSTRAINT k EXCLUDE USING gist (during WITH &&)",
           "BEGIN; ALTER TYPE mood ADD VALUE 'calm'; UPDATE visits SET mood = 'calm' WHERE id = 1;"
           " COMMIT",
           "BEGIN; CREATE INDEX CONCURRENTLY i ON visits (day); COMMIT",
           "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON visits (day)",
           "ALTER TABLE visits DROP COLUMN day",
           "DROP TABLE visits CASCADE",
           "DROP DATABASE house",
           "ALTER TABLE visits RENAME COLUMN day TO date",
           "ALTER TABLE visits RENAME TO stays",
           "ALTER SCHEMA app RENAME TO house",
           "BEGIN; ALTER TABLE visits ADD COLUMN a int; UPDATE visits SET a = 1; COMMIT",
           "UPDATE visits SET paid = false",
           "DELETE FROM visits WHERE true",
           "TRUNCATE houses CASCADE",
           "VACUUM FULL visits",
           "CLUSTER visits USING visits_day",
           "REINDEX TABLE visits",
           "REFRESH MATERIALIZED VIEW totals",
           "DROP INDEX visits_day",
           "ALTER TABLE visits DETACH PARTITION visits_2025",
           "ALTER TABLE visits ATTACH PARTITION visits_2026 FOR VALUES FROM (1) TO (2)",
           "ALTER TABLE visits ALTER day DROP NOT NULL",
           "ALTER TABLE visits DROP CONSTRAINT visits_pkey",
           "ALTER DOMAIN level ADD CONSTRAINT c CHECK (VALUE > 0)",
           "BEGIN; ALTER TABLE visits ADD CONSTRAINT c CHECK (guests > 0) NOT VALID;"
           " ALTER TABLE visits VALIDATE CONSTRAINT c; COMMIT",
           "BEGIN; ALTER TABLE visits ADD COLUMN a int",
           "BEGIN; BEGIN; SELECT 1; COMMIT",
           "ALTER TABLE visits ADD COLUMN a int; ALTER TABLE houses ADD COLUMN a int",
       }) {
    EXPECT_TRUE(says_anything(judged(text))) << text;
  }
}

TEST(Labelled, SafeHasNoError) {
  for (char const* text : {
           "DROP INDEX CONCURRENTLY IF EXISTS i",
           "CREATE INDEX CONCURRENTLY i ON visits (day)",
           "ALTER TABLE visits ADD COLUMN paid boolean NOT NULL DEFAULT false",
           "ALTER TABLE visits ADD COLUMN seen timestamptz DEFAULT now()",
           "ALTER TABLE visits ADD COLUMN note text",
           "SET lock_timeout = '2s'; ALTER TABLE visits ADD CONSTRAINT c FOREIGN KEY (house)"
           " REFERENCES houses (id) NOT VALID; ALTER TABLE visits VALIDATE CONSTRAINT c",
           "BEGIN; SET LOCAL lock_timeout = '2s'; ALTER TABLE visits ADD CONSTRAINT c CHECK (guests"
           " > 0) NOT VALID; COMMIT; BEGIN; ALTER TABLE visits VALIDATE CONSTRAINT c; COMMIT",
           "BEGIN; ALTER TABLE visits ADD CONSTRAINT c CHECK (day IS NOT NULL) NOT VALID; COMMIT;"
           " BEGIN; ALTER TABLE visits VALIDATE CONSTRAINT c; COMMIT;"
           " BEGIN; ALTER TABLE visits ALTER COLUMN day SET NOT NULL; COMMIT;"
           " BEGIN; ALTER TABLE visits DROP CONSTRAINT c; COMMIT",
           "ALTER TABLE visits ADD CONSTRAINT k UNIQUE USING INDEX visits_day",
           "ALTER TYPE mood ADD VALUE 'calm'",
           "ALTER TABLE visits DETACH PARTITION visits_2025 CONCURRENTLY",
           "BEGIN; CREATE TABLE t (id int PRIMARY KEY, a int); CREATE INDEX ON t (a);"
           " ALTER TABLE t ADD CHECK (a > 0); COMMIT",
           "CREATE TABLE t (id int PRIMARY KEY, house int REFERENCES houses (id))",
           "CREATE TABLE t (id int); ALTER TABLE t ADD FOREIGN KEY (id) REFERENCES houses (id)",
           "REINDEX TABLE CONCURRENTLY visits",
           "BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT",
           "DROP SCHEMA old",
       }) {
    EXPECT_EQ(errors(judged(text)), "") << text;
  }
  EXPECT_EQ(errors(judged("ALTER TABLE visits ADD CONSTRAINT n NOT NULL day NOT VALID;"
                          "ALTER TABLE visits VALIDATE CONSTRAINT n",
                          18)),
            "");
}

// Called dangerous for want of a lock_timeout: `bellows up` asks for every strong lock by short
// attempts, whatever the file says, and the summary says so for who runs it otherwise.
TEST(Labelled, ALockTimeoutIsTheRunnersMatter) {
  EXPECT_FALSE(says_anything(judged("ALTER TABLE visits ADD COLUMN age integer")));
}

// Called dangerous: a domain that is made with its constraint is used by nobody yet, and a default
// that is constant costs no rewrite since 11, which is older than what bellows runs on.
TEST(Labelled, WhatNobodyUsesYetHurtsNobody) {
  EXPECT_FALSE(says_anything(judged("CREATE DOMAIN level AS numeric(5, 2) CHECK (VALUE > 0)")));
  EXPECT_FALSE(says_anything(judged("ALTER TABLE visits ADD COLUMN n integer DEFAULT 10")));
}

// Called safe: the constraint is NOT VALID, but the column is new, and every row of before breaks
// it, so that every later update of such a row fails until it is filled.
TEST(Labelled, AnUnfilledColumnBreaksItsOwnCheck) {
  EXPECT_NE(errors(judged("ALTER TABLE visits ADD COLUMN slug text;"
                          "ALTER TABLE visits ADD CHECK (slug IS NOT NULL) NOT VALID"))
                .find("check-rejects-old-rows"),
            std::string::npos);
}

// Called safe by its constraint's name: what that says stands in a migration that is not shown.
// With it, or a catalog, there is nothing to tell.
TEST(Labelled, ANotNullIsProvedByWhatIsShown) {
  std::string const add =
      "ALTER TABLE visits ADD CONSTRAINT visits_day_not_null CHECK (day IS NOT NULL) NOT VALID";
  std::string const rest =
      "ALTER TABLE visits VALIDATE CONSTRAINT visits_day_not_null;"
      "ALTER TABLE visits ALTER COLUMN day SET NOT NULL;"
      "ALTER TABLE visits DROP CONSTRAINT visits_day_not_null";
  EXPECT_NE(errors(judged(rest)).find("set-not-null"), std::string::npos);
  catalog::Catalog catalog;
  review(sql::read_migration("1", "1.sql", add), catalog);
  EXPECT_EQ(errors(review(sql::read_migration("2", "2.sql", rest), catalog)), "");
}

// Called safe where no foreign key is followed: the rows are gone at once all the same.
TEST(Labelled, TruncateTakesTheRowsWithoutCascade) {
  EXPECT_NE(errors(judged("TRUNCATE visits")).find("truncate"), std::string::npos);
}

}  // namespace
}  // namespace bellows::rules::labelled_test
