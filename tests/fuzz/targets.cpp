#include "tests/fuzz/targets.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/catalog/snapshot.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/plan/yaml.hpp"
#include "planner/rules/page.hpp"
#include "planner/rules/review.hpp"
#include "planner/sql/script.hpp"
#include "tests/fuzz/corpus.hpp"
#include "tests/runner/cli/check_reports.hpp"
#include "tests/runner/locks/lock_cases.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace bellows::fuzz {
namespace {

void require(bool holds, char const* what) {
  if (!holds) {
    throw Broken{what};
  }
}

catalog::Catalog const& scene() {
  static catalog::Catalog const catalog = [] {
    catalog::Catalog made;
    catalog::replay_text(made, rules::example_schema());
    for (std::string_view const statement : locks::cases::scene) {
      catalog::replay_text(made, statement);
    }
    return made;
  }();
  return catalog;
}

/// Every statement stands where it says, and they come one behind the other.
void check_places(std::vector<sql::Statement> const& statements, std::string_view text) {
  std::size_t end = 0;
  for (sql::Statement const& statement : statements) {
    sql::RawStatement const& raw = statement.raw;
    require(raw.at.offset >= end, "statements overlap");
    end = raw.at.offset + raw.text.size();
    require(end <= text.size(), "a statement reaches beyond the text");
    require(text.substr(raw.at.offset, raw.text.size()) == raw.text, "a statement's place");
    require(raw.at == sql::position_at(text, raw.at.offset), "a statement's line and column");
  }
}

void check_reports(std::vector<runner::CheckedFile> const& files, int server_version) {
  require(nlohmann::json::accept(test::json_of(files, server_version)), "check's JSON");
  require(nlohmann::json::accept(test::sarif_of(files, "1")), "check's SARIF");
  std::string const text = test::text_of(files, false);
  require(text.find('\x1b') == std::string::npos, "an escape sequence for the terminal");
  test::github_of(files);
}

void check_plan(sql::Migration const& migration, catalog::Catalog const& before) {
  auto const made = plan::make_plan(migration, before);
  if (auto const* planned = std::get_if<plan::Plan>(&made)) {
    require(plan::from_yaml(plan::to_yaml(*planned)) == *planned, "a plan reads back differently");
  }
}

void check_snapshot(catalog::Catalog const& catalog) {
  std::string const written = catalog::to_json(catalog, true);
  require(catalog::to_json(catalog::from_json(written), true) == written,
          "a catalog reads back differently");
}

bool finds(catalog::Catalog const& catalog, catalog::Link link, sql::QualifiedName const& name,
           catalog::Table const& table) {
  auto const found = catalog.linked(link, name);
  return std::ranges::find(found, table.name) != found.end();
}

/// A change that the directory has not heard of would hide a table from every question.
void check_directory(catalog::Catalog const& catalog) {
  using catalog::Link;
  for (auto const& [name, table] : catalog.tables) {
    require(name == table.name, "a table under another's name");
    require(
        table.partition_of.name.empty() || finds(catalog, Link::Below, table.partition_of, table),
        "a partition is not found");
    for (sql::QualifiedName const& parent : table.inherits) {
      require(finds(catalog, Link::Below, parent, table), "a child is not found");
    }
    for (catalog::Constraint const& constraint : table.constraints) {
      require(finds(catalog, Link::Names, {name.schema, constraint.name}, table),
              "a constraint is not found");
      require(constraint.references.name.empty() ||
                  finds(catalog, Link::PointsTo, constraint.references, table),
              "a foreign key is not found");
    }
    for (catalog::Index const& index : table.indexes) {
      require(finds(catalog, Link::Names, {name.schema, index.name}, table),
              "an index is not found");
    }
  }
}

/// The whole of `check` and `plan`, for one of the versions.
void run_migration(std::string_view text) {
  text = sql::without_bom(text);
  sql::Migration const migration = sql::read_migration("m", "m.sql", text);
  check_places(migration.up, text);
  catalog::Catalog catalog = scene();
  catalog.server_version = 13 + static_cast<int>(text.size() % 6);
  catalog::Catalog after = catalog;
  std::vector<runner::CheckedFile> const files{
      {"m.sql", std::string(text), rules::review(migration, after)}};
  check_reports(files, catalog.server_version);
  check_plan(migration, catalog);
  if (sql::is_utf8(text)) {
    check_snapshot(after);
  }
}

void run_replay(std::string_view text) {
  catalog::Catalog catalog;
  catalog::replay_text(catalog, text);
  check_directory(catalog);
}

void run_expression(std::string_view text) {
  try {
    sql::Expression const expression = sql::Expression::parse(text);
    std::string const moved =
        expression.with_columns([](sql::Identifier const& name) { return "NEW." + name.quoted(); });
    sql::Expression::parse(moved);
    expression.with_builtin_functions_qualified();
  } catch (sql::SyntaxError const&) {
  }
  try {
    sql::QualifiedName const name = sql::parse_qualified_name(text);
    require(sql::parse_qualified_name(name.quoted()) == name, "a name reads back differently");
  } catch (std::invalid_argument const&) {
  }
}

void run_plan(std::string_view text) {
  plan::Plan read;
  try {
    read = plan::from_yaml(text);
  } catch (std::invalid_argument const&) {
    return;
  }
  require(plan::from_yaml(plan::to_yaml(read)) == read, "a plan reads back differently");
}

void run_snapshot(std::string_view text) {
  catalog::Catalog read;
  try {
    read = catalog::from_json(text);
  } catch (std::invalid_argument const&) {
    return;
  }
  check_snapshot(read);
}

constexpr Target all_targets[] = {
    {"migration", sql_corpus, run_migration},          {"replay", sql_corpus, run_replay},
    {"expression", expression_corpus, run_expression}, {"plan", plan_corpus, run_plan},
    {"snapshot", snapshot_corpus, run_snapshot},
};

}  // namespace

std::span<Target const> targets() {
  return all_targets;
}

}  // namespace bellows::fuzz
