#include "runner/catalog/read_catalog.hpp"
#include "tests/support/trial_schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// What is done instead of a type change that rewrites, on a real server.
namespace bellows::rules::retyped_db_test {
namespace {

using test::TrialSchema;

constexpr std::string_view scene =
    "CREATE TABLE users (id integer PRIMARY KEY, role text);"
    "INSERT INTO users SELECT n, 'reader' FROM generate_series(1, 9) n;";

bool is_mistake(Finding const& finding) {
  return finding.rule == "statement-fails" || finding.rule == "directive";
}

/// Every statement of the remedy, in its order, typed as it is printed.
TEST(Retyped, TheWayToAnotherTypeEndsWithIt) {
  TrialSchema trial;
  trial.reset(scene);
  catalog::Catalog before = catalog::read_catalog(trial.session());
  auto const found =
      review(sql::read_migration("m", "m.sql", "ALTER TABLE users ALTER COLUMN role TYPE char(9)"),
             before)[0]
          .findings;
  auto const finding = std::ranges::find(found, "change-type", &Finding::rule);
  ASSERT_NE(finding, found.end());
  std::string const& remedy = finding->remedy;
  auto const part = [&](std::string_view from, std::string_view to) {
    std::size_t const begin = remedy.find(from);
    std::size_t const end = remedy.find(to, begin);
    EXPECT_NE(end, std::string::npos) << remedy;
    return remedy.substr(begin, end - begin);
  };
  std::string const directive =
      "-- bellows: allow-unsplit rename-column because role_new is in step";
  EXPECT_NE(remedy.find(directive), std::string::npos) << remedy;
  std::string swap = remedy.substr(remedy.find("DROP TRIGGER"));
  swap.pop_back();  // the full stop
  for (std::size_t at = swap.find("ALTER TABLE"); at != std::string::npos;
       at = swap.find("ALTER TABLE", at + directive.size() + 3)) {
    swap.insert(at, "\n" + directive + "\n");
  }
  for (std::string const& migration :
       {part("ALTER TABLE", "; then,"), part("UPDATE public", ", which"), swap}) {
    auto const outcome = trial.carry_out(migration);
    EXPECT_EQ(outcome.sqlstate, "") << migration << outcome.message;
    for (Reviewed const& one : outcome.live) {
      EXPECT_TRUE(std::ranges::none_of(one.findings, is_mistake)) << migration;
    }
  }
  trial.session().run("UPDATE users SET role = role");
  catalog::Catalog const after = catalog::read_catalog(trial.session());
  EXPECT_EQ(after.table(sql::parse_qualified_name("users"))->column(sql::Identifier("role"))->type,
            "character(9)");
}

}  // namespace
}  // namespace bellows::rules::retyped_db_test
