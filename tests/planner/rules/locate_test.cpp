#include "planner/rules/locate.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

namespace bellows::rules::locate_test {
namespace {

/// "rule: what is pointed at" of each finding of the one statement.
std::vector<std::string> pointed_at(std::string const& text) {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog,
                       "CREATE TABLE users (id int PRIMARY KEY, name text, role text, type int)");
  auto const all = review(sql::read_migration("m", "m.sql", text), catalog);
  std::vector<std::string> found;
  for (Finding const& finding : all.at(0).findings) {
    found.push_back(finding.rule + ": " +
                    all[0].statement.raw.text.substr(finding.at.offset, finding.at.length));
  }
  return found;
}

TEST(Locate, PointsAtTheClause) {
  struct Case {
    char const* text;
    char const* wanted;
  };
  for (auto const& [text, wanted] : {
           Case{"ALTER TABLE users RENAME COLUMN name TO label",
                "rename-column: RENAME COLUMN name TO label"},
           Case{"ALTER TABLE IF EXISTS ONLY public.users ADD COLUMN a int, DROP role",
                "drop-column: DROP role"},
           Case{"ALTER TABLE users ADD a uuid DEFAULT gen_random_uuid() NOT NULL",
                "add-column-volatile-default: DEFAULT gen_random_uuid()"},
           Case{"ALTER TABLE users ADD a int NOT NULL CHECK (a > 0 AND a IS NOT NULL)",
                "add-column-not-null: NOT NULL"},
           Case{"ALTER TABLE users ADD a numeric(5,2), ADD CONSTRAINT c CHECK (id > 0)",
                "add-check: CHECK (id > 0)"},
           Case{"CREATE UNIQUE INDEX i ON users (name)", "index-not-concurrent: INDEX"},
           Case{"ALTER TABLE users ALTER COLUMN id TYPE bigint", "change-type: TYPE bigint"},
           Case{"ALTER TABLE users ALTER name /* x, y */ SET NOT NULL",
                "set-not-null: SET NOT NULL"},
           Case{"UPDATE users SET role = 'x'", "update-in-one-go: UPDATE"},
           Case{"DELETE FROM users WHERE role = 'x'", "delete-in-one-go: DELETE"},
           Case{"INSERT INTO users (id) SELECT id FROM people", "insert-in-one-go: INSERT"},
           Case{"ALTER TABEL users ADD a int", "syntax-error: TABEL"},
       }) {
    auto const found = pointed_at(text);
    EXPECT_NE(std::find(found.begin(), found.end(), wanted), found.end())
        << text << ": " << (found.empty() ? "nothing" : found[0]);
  }
}

TEST(Locate, WithoutAPartItIsTheWholeStatement) {
  EXPECT_EQ(pointed_at("DROP TABLE users"), std::vector<std::string>{"drop-table: "});
}

}  // namespace
}  // namespace bellows::rules::locate_test
