#include "planner/plan/yaml.hpp"
#include "planner/sql/text.hpp"

#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <stdexcept>

namespace bellows::plan {
namespace {

[[noreturn]] void reject(YAML::Node const& node, std::string const& why) {
  throw std::invalid_argument(fmt::format("plan, line {}: {}", node.Mark().line + 1, why));
}

// Larger than any plan; a reader must not take unbounded memory.
constexpr std::size_t max_bytes = 16U << 20U;

// A block ends with a line end that is YAML's, not the statement's.
std::string without_last_newline(std::string text) {
  while (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

/// A map whose every key must be known; what is asked for is ticked off.
class Map {
 public:
  Map(YAML::Node const& node, std::string what, std::initializer_list<char const*> known)
      : node_(node), what_(std::move(what)) {
    if (!node.IsMap()) {
      reject(node, what_ + " must be a map");
    }
    std::set<std::string> seen;
    for (auto const& entry : node) {
      auto const key = entry.first.as<std::string>();
      auto const same = [&](char const* name) { return key == name; };
      if (std::none_of(known.begin(), known.end(), same)) {
        reject(entry.first, fmt::format("{} has no '{}'", what_, key));
      }
      if (!seen.insert(key).second) {
        reject(entry.first, fmt::format("'{}' stands twice", key));
      }
    }
  }

  bool has(char const* key) const { return node_[key].IsDefined(); }

  YAML::Node at(char const* key) const {
    YAML::Node const found = node_[key];
    if (!found.IsDefined()) {
      reject(node_, fmt::format("{} needs '{}'", what_, key));
    }
    return found;
  }

  std::string text(char const* key) const { return scalar(at(key)); }
  std::string text_or_empty(char const* key) const { return has(key) ? text(key) : std::string{}; }

  static std::string scalar(YAML::Node const& node) {
    if (!node.IsScalar()) {
      reject(node, "expected a text");
    }
    return without_last_newline(node.Scalar());
  }

  template <typename T>
  T value(char const* key) const {
    try {
      return at(key).as<T>();
    } catch (YAML::Exception const&) {
      reject(at(key), fmt::format("'{}' has a value of the wrong kind", key));
    }
  }

 private:
  YAML::Node node_;
  std::string what_;
};

sql::QualifiedName qualified(YAML::Node const& node) {
  try {
    return sql::parse_qualified_name(Map::scalar(node));
  } catch (std::invalid_argument const& error) {
    reject(node, error.what());
  }
}

std::vector<sql::Identifier> identifiers(YAML::Node const& node) {
  if (!node.IsSequence()) {
    reject(node, "expected a list of column names");
  }
  std::vector<sql::Identifier> all;
  for (YAML::Node const& entry : node) {
    all.emplace_back(Map::scalar(entry));
  }
  return all;
}

std::vector<std::string> statements(YAML::Node const& node) {
  if (node.IsScalar()) {
    return {Map::scalar(node)};
  }
  if (!node.IsSequence() || node.size() == 0) {
    reject(node, "expected a statement or a list of statements");
  }
  std::vector<std::string> all;
  for (YAML::Node const& entry : node) {
    all.push_back(Map::scalar(entry));
  }
  return all;
}

bool outside_transaction(Map const& step, char const* key) {
  if (!step.has(key)) {
    return false;
  }
  if (step.text(key) != "none") {
    reject(step.at(key), fmt::format("'{}' can only be 'none'", key));
  }
  return true;
}

RunSql run_sql(Map const& step) {
  RunSql run{.statements = statements(step.at("sql")),
             .alone = outside_transaction(step, "transaction")};
  if (run.alone && run.statements.size() != 1) {
    reject(step.at("sql"), "outside a transaction there is one statement");
  }
  return run;
}

Columns columns(YAML::Node const& node) {
  if (!node.IsMap() || node.size() == 0) {
    reject(node, "columns must be mapped to expressions");
  }
  Columns all;
  for (auto const& entry : node) {
    all.emplace_back(sql::Identifier{Map::scalar(entry.first)}, Map::scalar(entry.second));
  }
  return all;
}

/// A text that can only be one of a few, since it goes into a statement as it is.
std::string one_of(Map const& map, char const* key, std::initializer_list<char const*> choices) {
  std::string text = map.text_or_empty(key);
  auto const same = [&](char const* choice) { return text == choice; };
  if (!text.empty() && std::none_of(choices.begin(), choices.end(), same)) {
    reject(map.at(key), fmt::format("'{}' can't be that", key));
  }
  return text;
}

CopyRows copy(YAML::Node const& node) {
  Map const map(node, "copy", {"into", "columns", "overriding", "on_conflict"});
  return {.into = qualified(map.at("into")),
          .columns = columns(map.at("columns")),
          .overriding = one_of(map, "overriding", {"SYSTEM VALUE", "USER VALUE"}),
          .on_conflict = map.text_or_empty("on_conflict")};
}

std::variant<SetColumns, DeleteRows, CopyRows> batch_action(Map const& map) {
  int const given = int{map.has("set")} + int{map.has("delete")} + int{map.has("copy")};
  if (given != 1) {
    reject(map.at("table"), "a batch needs one of 'set', 'delete: true' and 'copy'");
  }
  if (map.has("set")) {
    return SetColumns{columns(map.at("set"))};
  }
  if (map.has("copy")) {
    return copy(map.at("copy"));
  }
  if (!map.value<bool>("delete")) {
    reject(map.at("delete"), "'delete' can only be true");
  }
  return DeleteRows{};
}

Batch batch(YAML::Node const& node) {
  Map const map(node, "batch", {"table", "key", "set", "delete", "copy", "where", "rows"});
  Batch batch;
  batch.table = qualified(map.at("table"));
  batch.key = identifiers(map.at("key"));
  batch.action = batch_action(map);
  batch.where = map.text_or_empty("where");
  if (batch.key.empty() && (map.has("copy") || batch.where.empty())) {
    reject(map.at("key"), map.has("copy")
                              ? "a copy needs a key: a row that moves would be copied twice"
                              : "without a key, 'where' must say which rows are due");
  }
  if (map.has("rows")) {
    batch.rows = map.value<int>("rows");
    if (*batch.rows < 1) {
      reject(map.at("rows"), "'rows' must be at least 1");
    }
  }
  return batch;
}

Verify verify(YAML::Node const& node) {
  Map const map(node, "verify", {"table", "key", "differs", "tolerated"});
  return {.table = qualified(map.at("table")),
          .key = identifiers(map.at("key")),
          .differs = map.text("differs"),
          .tolerated = map.has("tolerated") && map.value<bool>("tolerated")};
}

std::vector<sql::QualifiedName> qualified_list(YAML::Node const& node) {
  if (!node.IsSequence()) {
    reject(node, "expected a list of names");
  }
  std::vector<sql::QualifiedName> all;
  for (YAML::Node const& entry : node) {
    all.push_back(qualified(entry));
  }
  return all;
}

Gate unnamed(YAML::Node const& node) {
  Map const map(node, "gate",
                {"kind", "table", "column", "replaces_functions", "replaces_triggers"});
  Gate gate;
  gate.kind = unnamed_gate;
  gate.table = qualified(map.at("table"));
  gate.column = sql::Identifier(map.text("column"));
  if (map.has("replaces_functions")) {
    gate.replaces_functions = qualified_list(map.at("replaces_functions"));
  }
  if (map.has("replaces_triggers")) {
    gate.replaces_triggers = identifiers(map.at("replaces_triggers"));
  }
  return gate;
}

Gate gate(YAML::Node const& node) {
  if (node.IsMap() && node["kind"].IsDefined() && Map::scalar(node["kind"]) == unnamed_gate) {
    return unnamed(node);
  }
  Map const map(node, "gate", {"kind", "sequence"});
  Gate gate;
  gate.kind = map.text("kind");
  gate.sequence = qualified(map.at("sequence"));
  if (gate.kind != quiet_gate) {
    reject(map.at("kind"), "a gate is 'quiet' or 'unnamed'");
  }
  return gate;
}

std::variant<RunSql, Batch, Verify, Gate> action(Map const& step) {
  if (step.has("batch")) {
    return batch(step.at("batch"));
  }
  if (step.has("verify")) {
    return verify(step.at("verify"));
  }
  if (step.has("gate")) {
    return gate(step.at("gate"));
  }
  return run_sql(step);
}

void read_locks(Map const& map, Step& step) {
  if (!map.has("locks")) {
    return;
  }
  YAML::Node const locks = map.at("locks");
  if (!locks.IsMap()) {
    reject(locks, "'locks' maps relations to lock modes");
  }
  for (auto const& entry : locks) {
    auto const mode = locks::mode_from(Map::scalar(entry.second));
    if (!mode) {
      reject(entry.second, "not a lock mode; write it as LOCK TABLE does, e.g. ACCESS EXCLUSIVE");
    }
    step.locks.emplace_back(qualified(entry.first), *mode);
  }
}

/// Those at the end of the file, by name.
using Queries = std::map<std::string, std::string>;

/// A query in full, or `see: NAME` of one at the end of the file.
std::string query(YAML::Node const& node, Queries const& queries) {
  if (!node.IsMap()) {
    return Map::scalar(node);
  }
  Map const map(node, "a query", {"see"});
  auto const found = queries.find(map.text("see"));
  if (found == queries.end()) {
    reject(node, fmt::format("'queries' has no '{}'", map.text("see")));
  }
  return found->second;
}

void read_requirements(Map const& map, Step& step, Queries const& queries) {
  if (!map.has("requires")) {
    return;
  }
  for (YAML::Node const& entry : map.at("requires")) {
    Map const requirement(entry, "a requirement", {"query", "otherwise", "at_start"});
    step.requirements.push_back(
        {query(requirement.at("query"), queries), requirement.text("otherwise"),
         requirement.has("at_start") && requirement.value<bool>("at_start")});
  }
}

void read_trial(Map const& map, Step& step) {
  if (!map.has("trial")) {
    return;
  }
  YAML::Node const tables = map.at("trial");
  auto const* run = std::get_if<RunSql>(&step.action);
  if (run == nullptr || run->alone) {
    reject(tables, "a trial is of 'sql' in a transaction");
  }
  if (!tables.IsSequence() || tables.size() == 0) {
    reject(tables, "'trial' is a list of tables");
  }
  for (YAML::Node const& table : tables) {
    step.trial.push_back(qualified(table));
  }
}

Lasts lasts(Map const& map) {
  std::string const text = map.has("lasts") ? map.text("lasts") : "instant";
  for (Lasts const each : {Lasts::Instant, Lasts::WithRows}) {
    if (text == to_string(each)) {
      return each;
    }
  }
  reject(map.at("lasts"), "'lasts' is instant or with-rows");
}

Step read_step(YAML::Node const& node, Queries const& queries) {
  Map const map(node, "a step",
                {"step", "about", "sql", "transaction", "batch", "verify", "gate", "locks", "lasts",
                 "requires", "trial", "done_when", "undo", "undo_transaction", "irreversible"});
  Step step;
  step.id = map.text("step");
  if (step.id.empty()) {
    reject(map.at("step"), "a step needs a name");
  }
  step.about = map.text_or_empty("about");
  step.action = action(map);
  read_locks(map, step);
  step.lasts = lasts(map);
  read_requirements(map, step, queries);
  read_trial(map, step);
  step.done_when = map.has("done_when") ? query(map.at("done_when"), queries) : "";
  if (map.has("undo")) {
    step.undo = statements(map.at("undo"));
  }
  step.undo_alone = outside_transaction(map, "undo_transaction");
  step.irreversible = map.has("irreversible") && map.value<bool>("irreversible");
  return step;
}

std::vector<Step> phase(Map const& plan, char const* key, std::set<std::string>& ids,
                        Queries const& queries) {
  std::vector<Step> steps;
  if (!plan.has(key)) {
    return steps;
  }
  if (!plan.at(key).IsSequence()) {
    reject(plan.at(key), "a phase is a list of steps");
  }
  for (YAML::Node const& entry : plan.at(key)) {
    steps.push_back(read_step(entry, queries));
    if (!ids.insert(steps.back().id).second) {
      reject(entry, fmt::format("two steps are called '{}'; the journal goes by the name",
                                steps.back().id));
    }
  }
  return steps;
}

std::vector<std::pair<std::string, std::string>> text_map(Map const& plan, char const* key) {
  std::vector<std::pair<std::string, std::string>> entries;
  if (!plan.has(key)) {
    return entries;
  }
  for (auto const& entry : plan.at(key)) {
    entries.emplace_back(Map::scalar(entry.first), Map::scalar(entry.second));
  }
  return entries;
}

Plan read_plan(YAML::Node const& root) {
  Map const map(root, "the plan",
                {"bellows", "migration", "source", "made_for", "application", "allowed", "expand",
                 "backfill", "contract", "queries"});
  if (map.value<int>("bellows") != format_version) {
    reject(map.at("bellows"), fmt::format("format {} is not known to this bellows (it knows {})",
                                          map.text("bellows"), format_version));
  }
  Plan plan;
  plan.migration = map.text("migration");
  Map const source(map.at("source"), "source", {"file", "meaning"});
  plan.source_file = source.text("file");
  plan.source_meaning = source.text("meaning");
  Map const made_for(map.at("made_for"), "made_for", {"server", "catalog", "relies_on"});
  plan.server_version = made_for.value<int>("server");
  plan.catalog = made_for.text("catalog");
  if (made_for.has("relies_on")) {
    for (auto const& entry : made_for.at("relies_on")) {
      plan.relies_on.push_back({qualified(entry.first), identifiers(entry.second)});
    }
  }
  plan.application = text_map(map, "application");
  plan.allowed = text_map(map, "allowed");
  auto const named = text_map(map, "queries");
  Queries const queries(named.begin(), named.end());
  if (queries.size() != named.size()) {
    reject(map.at("queries"), "two queries have one name");
  }
  std::set<std::string> ids;
  plan.expand = phase(map, "expand", ids, queries);
  plan.backfill = phase(map, "backfill", ids, queries);
  plan.contract = phase(map, "contract", ids, queries);
  return plan;
}

}  // namespace

Plan from_yaml(std::string_view text) {
  if (text.size() > max_bytes) {
    throw std::invalid_argument("plan: larger than 16 MiB");
  }
  if (!sql::is_utf8(text)) {
    throw std::invalid_argument("plan: not UTF-8");
  }
  try {
    return read_plan(YAML::Load(std::string{text}));
  } catch (YAML::Exception const& error) {
    throw std::invalid_argument(fmt::format("plan, line {}: {}", error.mark.line + 1, error.msg));
  }
}

}  // namespace bellows::plan
