#include "planner/catalog/replay.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

/// What migrations add to a table whose CREATE nobody has shown is remembered.
namespace bellows::catalog::glimpses_test {
namespace {

rules::Reviewed last(std::initializer_list<char const*> migrations) {
  Catalog catalog;
  rules::Reviewed reviewed;
  for (char const* text : migrations) {
    reviewed = rules::review(sql::read_migration("m", "m.sql", text), catalog).back();
  }
  return reviewed;
}

constexpr char const* added =
    "ALTER TABLE users ADD CONSTRAINT there CHECK (email IS NOT NULL) NOT VALID";
constexpr char const* validated = "ALTER TABLE users VALIDATE CONSTRAINT there";
constexpr char const* set = "ALTER TABLE users ALTER COLUMN email SET NOT NULL";

TEST(Glimpses, ProveNotNull) {
  EXPECT_EQ(last({added, validated}).verdict, rules::Verdict::Safe);
  EXPECT_TRUE(last({added, validated}).effects.depends_on.empty());
  EXPECT_EQ(last({added, validated, set}).verdict, rules::Verdict::Brief);
  EXPECT_EQ(last({"ALTER TABLE users ADD CHECK (email IS NOT NULL)", set}).verdict,
            rules::Verdict::Brief);
  EXPECT_EQ(last({added, validated, set, set}).verdict, rules::Verdict::Brief);
  EXPECT_EQ(last({added, validated, "ALTER TABLE users RENAME COLUMN email TO mail",
                  "ALTER TABLE users ALTER COLUMN mail SET NOT NULL"})
                .verdict,
            rules::Verdict::Brief);
  EXPECT_EQ(last({added, validated, "ALTER TABLE users RENAME TO people",
                  "ALTER TABLE people ALTER COLUMN email SET NOT NULL"})
                .verdict,
            rules::Verdict::Brief);
}

TEST(Glimpses, AreNoMoreThanWhatWasShown) {
  EXPECT_EQ(last({added, set}).verdict, rules::Verdict::Unsafe) << "not validated";
  EXPECT_EQ(last({added, validated, "ALTER TABLE users DROP CONSTRAINT there", set}).verdict,
            rules::Verdict::Unsafe);
  EXPECT_EQ(last({added, validated, "ALTER TABLE users ALTER COLUMN name SET NOT NULL"}).verdict,
            rules::Verdict::Unsafe);
  EXPECT_EQ(last({added, validated, "DROP TABLE users", set}).verdict, rules::Verdict::Unsafe);
  EXPECT_FALSE(last({"ALTER TABLE users VALIDATE CONSTRAINT other"}).effects.depends_on.empty());
}

TEST(Glimpses, TellTheTypeOfAColumnThatCame) {
  char const* const came = "ALTER TABLE users ADD COLUMN code varchar(10)";
  EXPECT_EQ(last({came, "ALTER TABLE users ALTER COLUMN code TYPE text"}).verdict,
            rules::Verdict::Brief);
  EXPECT_EQ(last({came, "ALTER TABLE users ALTER COLUMN code TYPE varchar(5)"}).verdict,
            rules::Verdict::Unsafe);
}

/// How many rows a write takes, where only names tell.
TEST(FewRows, AreKnownByAKeyOrALimit) {
  for (char const* text : {
           "UPDATE users SET a = 1 WHERE id = 1",
           "DELETE FROM users WHERE id IN (1, 2, 3)",
           "UPDATE users SET a = 1 WHERE uuid = '0'",
           "DELETE FROM users WHERE user_id = 7",
           "UPDATE users SET a = 1 WHERE id IN (SELECT id FROM users WHERE a IS NULL LIMIT 5000)",
           "DELETE FROM users WHERE id = ANY (ARRAY(SELECT id FROM users LIMIT 100))",
           "DELETE FROM users WHERE ctid IN (SELECT ctid FROM users WHERE old LIMIT 1000)",
           "UPDATE users SET a = 1 WHERE id = (SELECT max(id) FROM users)",
           "WITH chunk AS (SELECT id FROM users LIMIT 500 FOR UPDATE SKIP LOCKED) UPDATE users u "
           "SET a = 1 FROM chunk WHERE u.id = chunk.id",
           "WITH chunk AS (SELECT id FROM users LIMIT 500) DELETE FROM users WHERE id IN (SELECT "
           "id "
           "FROM chunk)",
           "DELETE FROM users USING (SELECT id FROM users LIMIT 10) s WHERE users.id = s.id",
       }) {
    EXPECT_EQ(last({text}).verdict, rules::Verdict::Safe) << text;
  }
  for (char const* text : {
           "UPDATE users SET a = 1",
           "UPDATE users SET a = 1 WHERE status = 'new'",
           "UPDATE users SET a = 1 WHERE account_id = 1",
           "UPDATE users SET a = 1 WHERE id > 5",
           "UPDATE users SET a = 1 WHERE id IN (SELECT id FROM users WHERE a IS NULL)",
           "UPDATE users SET a = 1 WHERE id IN (SELECT id FROM users LIMIT 5000000)",
           "UPDATE users SET a = 1 WHERE id NOT IN (SELECT id FROM users LIMIT 5)",
           "UPDATE users SET a = 1 WHERE id = (SELECT id FROM x WHERE x.n = users.n LIMIT 1)",
           "UPDATE users u SET a = 1 FROM others o WHERE u.id = o.id",
       }) {
    EXPECT_EQ(last({text}).verdict, rules::Verdict::Unsafe) << text;
  }
  EXPECT_EQ(last({"CREATE TABLE marks (id int PRIMARY KEY, n int)",
                  "UPDATE marks SET n = 1 WHERE n IN (SELECT n FROM marks LIMIT 10)"})
                .verdict,
            rules::Verdict::Unsafe)
      << "n is no key: many rows may have one of them";
}

}  // namespace
}  // namespace bellows::catalog::glimpses_test
