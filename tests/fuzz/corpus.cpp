#include "tests/fuzz/corpus.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/catalog/snapshot.hpp"
#include "planner/rules/page.hpp"
#include "tests/runner/locks/lock_cases.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

namespace bellows::fuzz {
namespace {

namespace fs = std::filesystem;

/// Sorted by name, so that every machine starts from the same.
std::vector<std::string> files(fs::path const& directory, std::string_view extension) {
  std::vector<fs::path> paths;
  for (auto const& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / directory)) {
    if (entry.path().extension() == extension) {
      paths.push_back(entry.path());
    }
  }
  std::ranges::sort(paths);
  std::vector<std::string> texts;
  for (fs::path const& path : paths) {
    std::ifstream file(path);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

constexpr std::string_view with_everything = R"(-- bellows: up
-- bellows: using display_name = initcap(name)
-- bellows: reverse name = lower(display_name)
-- bellows: key id, other
-- bellows: batch 5000
-- bellows: allow rename-column because "it's" späť 💥
ALTER TABLE users RENAME COLUMN name TO display_name; -- trailing
/* a /* nested */ comment */ DO $body$ BEGIN PERFORM 1; END $body$;
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN a > 0 THEN 1 END; END;
INSERT INTO "Odd ""Name""" VALUES (E'\n\x41', U&'\0061', B'101', 1e10, $1);
-- bellows: down
DROP TABLE users;
)";

constexpr std::string_view expressions[] = {
    "initcap(name)",
    "(a + b) * -c::numeric(10,2)",
    "coalesce(users.name, 'x''y') || E'\\n'",
    "CASE WHEN a > 1 THEN b ELSE NULL END",
    "lower(email COLLATE \"C\") LIKE '%@%'",
    "data -> 'a' ->> 'b'",
    "ARRAY[1,2,3][1] = ANY (ids)",
    "at AT TIME ZONE 'UTC' + interval '1 day'",
    "public.\"Odd \"\"Name\"\"\"",
    "row(a, b) IS NOT DISTINCT FROM row(c, d)",
};

}  // namespace

std::vector<std::string> sql_corpus() {
  std::vector<std::string> all = files("migrations", ".sql");
  for (std::string& text : files("tests", ".sql")) {
    all.push_back(std::move(text));
  }
  all.emplace_back(with_everything);
  for (auto const* statements : {&locks::cases::transactional}) {
    all.insert(all.end(), std::begin(*statements), std::end(*statements));
  }
  for (locks::cases::Versioned const& one : locks::cases::versioned) {
    all.emplace_back(one.statement);
  }
  for (rules::Page const& page : rules::pages()) {
    all.emplace_back(page.bad);
    all.emplace_back(page.good);
  }
  return all;
}

std::vector<std::string> expression_corpus() {
  return {std::begin(expressions), std::end(expressions)};
}

std::vector<std::string> plan_corpus() {
  return files("plans", ".yaml");
}

std::vector<std::string> snapshot_corpus() {
  catalog::Catalog small;
  catalog::replay_text(small, rules::example_schema());
  catalog::Catalog large;
  for (std::string_view const statement : locks::cases::scene) {
    catalog::replay_text(large, statement);
  }
  return {catalog::to_json(small), catalog::to_json(large, true)};
}

}  // namespace bellows::fuzz
