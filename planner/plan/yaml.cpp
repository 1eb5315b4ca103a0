#include "planner/plan/yaml.hpp"

#include "planner/plan/in_short.hpp"
#include "planner/plan/yaml_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

namespace bellows::plan {
namespace {

using sql::QualifiedName;

void pair(YamlText& out, char const* key, std::string_view value) {
  out.key(key);
  out.value(value);
}

/// What is no text: a number, true, a word of the format.
void plain_pair(YamlText& out, char const* key, std::string_view value) {
  out.key(key);
  out.plain(value);
}

/// Of a map whose keys are names of the user's.
void named_pair(YamlText& out, std::string const& name, std::string const& value) {
  out.key_named(name);
  out.value(value);
}

std::vector<std::string> raw_names(std::vector<sql::Identifier> const& identifiers) {
  std::vector<std::string> names;
  for (sql::Identifier const& identifier : identifiers) {
    names.push_back(identifier.raw());
  }
  return names;
}

std::vector<std::string> quoted_names(std::vector<QualifiedName> const& qualified) {
  std::vector<std::string> names;
  for (QualifiedName const& name : qualified) {
    names.push_back(name.quoted());
  }
  return names;
}

void names(YamlText& out, char const* key, std::vector<std::string> const& names) {
  out.key(key);
  out.names(names);
}

void statements(YamlText& out, char const* key, std::vector<std::string> const& sql) {
  if (sql.size() == 1) {
    return pair(out, key, sql.front());
  }
  if (sql.empty()) {
    return plain_pair(out, key, "[]");
  }
  out.key(key);
  out.open_list();
  for (std::string const& statement : sql) {
    out.item();
    out.value(statement);
  }
  out.close_list();
}

void action(YamlText& out, RunSql const& run) {
  statements(out, "sql", run.statements);
  if (run.alone) {
    plain_pair(out, "transaction", "none");
  }
}

void columns(YamlText& out, char const* key, Columns const& all) {
  if (all.empty()) {
    return plain_pair(out, key, "{}");
  }
  out.key(key);
  out.open_map();
  for (auto const& [column, expression] : all) {
    named_pair(out, column.raw(), expression);
  }
  out.close_map();
}

void optional_pair(YamlText& out, char const* key, std::string const& value) {
  if (!value.empty()) {
    pair(out, key, value);
  }
}

void batch_action(YamlText& out, SetColumns const& set) {
  columns(out, "set", set.columns);
}

void batch_action(YamlText& out, DeleteRows const& /*nothing more*/) {
  plain_pair(out, "delete", "true");
}

void batch_action(YamlText& out, CopyRows const& copy) {
  out.key("copy");
  out.open_map();
  pair(out, "into", copy.into.quoted());
  columns(out, "columns", copy.columns);
  optional_pair(out, "overriding", copy.overriding);
  optional_pair(out, "on_conflict", copy.on_conflict);
  out.close_map();
}

void action(YamlText& out, Batch const& batch) {
  out.key("batch");
  out.open_map();
  pair(out, "table", batch.table.quoted());
  names(out, "key", raw_names(batch.key));
  std::visit([&](auto const& what) { batch_action(out, what); }, batch.action);
  optional_pair(out, "where", batch.where);
  if (batch.rows) {
    plain_pair(out, "rows", std::to_string(*batch.rows));
  }
  out.close_map();
}

void action(YamlText& out, Verify const& verify) {
  out.key("verify");
  out.open_map();
  pair(out, "table", verify.table.quoted());
  names(out, "key", raw_names(verify.key));
  pair(out, "differs", verify.differs);
  if (verify.tolerated) {
    plain_pair(out, "tolerated", "true");
  }
  out.close_map();
}

void action(YamlText& out, Gate const& gate) {
  out.key("gate");
  out.open_map();
  pair(out, "kind", gate.kind);
  if (gate.kind == unnamed_gate) {
    pair(out, "table", gate.table.quoted());
    pair(out, "column", gate.column.raw());
    if (!gate.replaces_functions.empty()) {
      names(out, "replaces_functions", quoted_names(gate.replaces_functions));
    }
    if (!gate.replaces_triggers.empty()) {
      names(out, "replaces_triggers", raw_names(gate.replaces_triggers));
    }
  } else {
    pair(out, "sequence", gate.sequence.quoted());
  }
  out.close_map();
}

/// What the steps ask the catalog, by the names that they go by: long, and written by bellows
/// alone, so that they stand behind what a reviewer reads.
using NamedQueries = std::vector<std::pair<std::string, std::string>>;

void query(YamlText& out, char const* key, std::string name, std::string const& text,
           NamedQueries& queries) {
  out.key(key);
  out.pairs({{"see", name}});
  queries.emplace_back(std::move(name), text);
}

void requirements(YamlText& out, Step const& step, NamedQueries& queries) {
  out.key("requires");
  out.open_list();
  int number = 0;
  for (Requirement const& requirement : step.requirements) {
    out.item();
    out.open_map();
    pair(out, "otherwise", requirement.otherwise);
    query(out, "query", fmt::format("{}/requires-{}", step.id, ++number), requirement.query,
          queries);
    if (requirement.at_start) {
      plain_pair(out, "at_start", "true");
    }
    out.close_map();
  }
  out.close_list();
}

void locks(YamlText& out, Step const& step) {
  std::vector<std::pair<std::string, std::string>> modes;
  for (auto const& [relation, mode] : step.locks) {
    modes.emplace_back(relation.quoted(), locks::to_string(mode));
  }
  out.key("locks");
  out.pairs(modes);
}

void step(YamlText& out, Step const& step, NamedQueries& queries) {
  out.open_map();
  pair(out, "step", step.id);
  if (!step.about.empty()) {
    pair(out, "about", step.about);
  }
  std::visit([&](auto const& what) { action(out, what); }, step.action);
  if (!step.locks.empty()) {
    locks(out, step);
  }
  if (!std::holds_alternative<Gate>(step.action)) {
    pair(out, "lasts", std::string{to_string(step.lasts)});
  }
  if (!step.requirements.empty()) {
    requirements(out, step, queries);
  }
  if (!step.trial.empty()) {
    names(out, "trial", quoted_names(step.trial));
  }
  if (!step.done_when.empty()) {
    query(out, "done_when", step.id + "/done", step.done_when, queries);
  }
  if (!step.undo.empty()) {
    statements(out, "undo", step.undo);
  }
  if (step.undo_alone) {
    plain_pair(out, "undo_transaction", "none");
  }
  if (step.irreversible) {
    plain_pair(out, "irreversible", "true");
  }
  out.close_map();
}

void phase(YamlText& out, char const* key, std::vector<Step> const& steps, NamedQueries& queries) {
  if (steps.empty()) {
    return;
  }
  out.key(key);
  out.open_list();
  for (Step const& each : steps) {
    out.item();
    step(out, each, queries);
  }
  out.close_list();
}

void text_map(YamlText& out, char const* key,
              std::vector<std::pair<std::string, std::string>> const& entries) {
  if (entries.empty()) {
    return;
  }
  out.key(key);
  out.open_map();
  for (auto const& [name, value] : entries) {
    named_pair(out, name, value);
  }
  out.close_map();
}

void made_for(YamlText& out, Plan const& plan) {
  out.key("made_for");
  out.open_map();
  plain_pair(out, "server", std::to_string(plan.server_version));
  pair(out, "catalog", plan.catalog);
  if (!plan.relies_on.empty()) {
    out.key("relies_on");
    out.open_map();
    for (ReliedOn const& fact : plan.relies_on) {
      out.key_named(fact.table.quoted());
      out.names(raw_names(fact.columns));
    }
    out.close_map();
  }
  out.close_map();
}

std::string queries_text(NamedQueries const& queries) {
  if (queries.empty()) {
    return "";
  }
  YamlText out;
  text_map(out, "queries", queries);
  return fmt::format(
      "# What the steps above ask the catalog, by name; nothing of it changes anything.\n{}\n",
      out.take());
}

}  // namespace

std::string to_yaml(Plan const& plan) {
  return to_yaml(plan, in_short(plan));
}

std::string to_yaml(Plan const& plan, std::string_view in_short) {
  NamedQueries queries;
  YamlText out;
  plain_pair(out, "bellows", std::to_string(format_version));
  pair(out, "migration", plan.migration);
  out.key("source");
  out.open_map();
  pair(out, "file", plan.source_file);
  pair(out, "meaning", plan.source_meaning);
  out.close_map();
  made_for(out, plan);
  text_map(out, "application", plan.application);
  text_map(out, "allowed", plan.allowed);
  phase(out, "expand", plan.expand, queries);
  phase(out, "backfill", plan.backfill, queries);
  phase(out, "contract", plan.contract, queries);
  return fmt::format("# In short: {}\n{}\n{}", in_short, out.take(), queries_text(queries));
}

}  // namespace bellows::plan
