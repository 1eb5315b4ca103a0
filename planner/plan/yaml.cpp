#include "planner/plan/yaml.hpp"

#include "planner/plan/in_short.hpp"
#include "planner/plan/plain_scalar.hpp"

#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <string_view>

namespace bellows::plan {
namespace {

using sql::QualifiedName;

/// A block reads back as it is. Its indentation is read off the first line, so it can't begin with
/// a space; a line end of another system and other control characters would be lost.
bool fits_block(std::string const& value) {
  constexpr std::string_view blank = " \t\n";
  return blank.find(value.front()) == std::string_view::npos && value.back() != '\n' &&
         std::ranges::none_of(value, [](char c) {
           return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
         });
}

/// A key of the format, or another scalar that is written as it stands. Numbers are, by yaml-cpp.
void plain(YAML::Emitter& out, std::string_view scalar) {
  out.WriteIntegralType(scalar);
}

void name(YAML::Emitter& out, std::string const& of_the_users) {
  if (is_plain_name(of_the_users)) {
    return plain(out, of_the_users);
  }
  out << of_the_users;
}

YAML::Emitter& begin_pair(YAML::Emitter& out, char const* key) {
  out << YAML::Key;
  plain(out, key);
  return out << YAML::Value;
}

// A block for what has lines, plain or quoted for the rest.
void text(YAML::Emitter& out, std::string const& value) {
  if (auto const known = scalar(value)) {
    return plain(out, *known);
  }
  if (is_plain_name(value)) {
    return plain(out, value);
  }
  bool const lines = value.find('\n') != std::string::npos;
  if (lines) {
    out << (fits_block(value) ? YAML::Literal : YAML::DoubleQuoted);
  }
  out << value;
}

void pair(YAML::Emitter& out, char const* key, std::string const& value) {
  begin_pair(out, key);
  text(out, value);
}

/// Of a map whose keys are names of the user's.
void named_pair(YAML::Emitter& out, std::string const& key, std::string const& value) {
  out << YAML::Key;
  name(out, key);
  out << YAML::Value;
  text(out, value);
}

void names(YAML::Emitter& out, std::vector<sql::Identifier> const& identifiers) {
  out << YAML::Flow << YAML::BeginSeq;
  for (sql::Identifier const& identifier : identifiers) {
    name(out, identifier.raw());
  }
  out << YAML::EndSeq;
}

void statements(YAML::Emitter& out, char const* key, std::vector<std::string> const& sql) {
  if (sql.size() == 1) {
    return pair(out, key, sql.front());
  }
  begin_pair(out, key) << YAML::BeginSeq;
  for (std::string const& statement : sql) {
    text(out, statement);
  }
  out << YAML::EndSeq;
}

void action(YAML::Emitter& out, RunSql const& run) {
  statements(out, "sql", run.statements);
  if (run.alone) {
    begin_pair(out, "transaction") << "none";
  }
}

void columns(YAML::Emitter& out, char const* key, Columns const& all) {
  begin_pair(out, key) << YAML::BeginMap;
  for (auto const& [column, expression] : all) {
    named_pair(out, column.raw(), expression);
  }
  out << YAML::EndMap;
}

void optional_pair(YAML::Emitter& out, char const* key, std::string const& value) {
  if (!value.empty()) {
    pair(out, key, value);
  }
}

void batch_action(YAML::Emitter& out, SetColumns const& set) {
  columns(out, "set", set.columns);
}

void batch_action(YAML::Emitter& out, DeleteRows const& /*nothing more*/) {
  begin_pair(out, "delete") << true;
}

void batch_action(YAML::Emitter& out, CopyRows const& copy) {
  begin_pair(out, "copy") << YAML::BeginMap;
  pair(out, "into", copy.into.quoted());
  columns(out, "columns", copy.columns);
  optional_pair(out, "overriding", copy.overriding);
  optional_pair(out, "on_conflict", copy.on_conflict);
  out << YAML::EndMap;
}

void action(YAML::Emitter& out, Batch const& batch) {
  begin_pair(out, "batch") << YAML::BeginMap;
  pair(out, "table", batch.table.quoted());
  begin_pair(out, "key");
  names(out, batch.key);
  std::visit([&](auto const& what) { batch_action(out, what); }, batch.action);
  optional_pair(out, "where", batch.where);
  if (batch.rows) {
    begin_pair(out, "rows") << *batch.rows;
  }
  out << YAML::EndMap;
}

void action(YAML::Emitter& out, Verify const& verify) {
  begin_pair(out, "verify") << YAML::BeginMap;
  pair(out, "table", verify.table.quoted());
  begin_pair(out, "key");
  names(out, verify.key);
  pair(out, "differs", verify.differs);
  if (verify.tolerated) {
    begin_pair(out, "tolerated") << true;
  }
  out << YAML::EndMap;
}

void action(YAML::Emitter& out, Gate const& gate) {
  begin_pair(out, "gate") << YAML::BeginMap;
  pair(out, "kind", gate.kind);
  if (gate.kind == unnamed_gate) {
    pair(out, "table", gate.table.quoted());
    pair(out, "column", gate.column.raw());
    if (!gate.replaces_functions.empty()) {
      begin_pair(out, "replaces_functions") << YAML::Flow << YAML::BeginSeq;
      for (QualifiedName const& function : gate.replaces_functions) {
        name(out, function.quoted());
      }
      out << YAML::EndSeq;
    }
    if (!gate.replaces_triggers.empty()) {
      begin_pair(out, "replaces_triggers");
      names(out, gate.replaces_triggers);
    }
  } else {
    pair(out, "sequence", gate.sequence.quoted());
  }
  out << YAML::EndMap;
}

/// What the steps ask the catalog, by the names that they go by: long, and written by bellows
/// alone, so that they stand behind what a reviewer reads.
using NamedQueries = std::vector<std::pair<std::string, std::string>>;

void query(YAML::Emitter& out, char const* key, std::string name, std::string const& text,
           NamedQueries& queries) {
  begin_pair(out, key) << YAML::Flow << YAML::BeginMap;
  begin_pair(out, "see") << name;  // not plain(): in flow style, braces and commas end a scalar
  out << YAML::EndMap;
  queries.emplace_back(std::move(name), text);
}

void requirements(YAML::Emitter& out, Step const& step, NamedQueries& queries) {
  begin_pair(out, "requires") << YAML::BeginSeq;
  int number = 0;
  for (Requirement const& requirement : step.requirements) {
    out << YAML::BeginMap;
    pair(out, "otherwise", requirement.otherwise);
    query(out, "query", fmt::format("{}/requires-{}", step.id, ++number), requirement.query,
          queries);
    if (requirement.at_start) {
      begin_pair(out, "at_start") << true;
    }
    out << YAML::EndMap;
  }
  out << YAML::EndSeq;
}

void step(YAML::Emitter& out, Step const& step, NamedQueries& queries) {
  out << YAML::BeginMap;
  pair(out, "step", step.id);
  if (!step.about.empty()) {
    pair(out, "about", step.about);
  }
  std::visit([&](auto const& what) { action(out, what); }, step.action);
  if (!step.locks.empty()) {
    begin_pair(out, "locks") << YAML::Flow << YAML::BeginMap;
    for (auto const& [relation, mode] : step.locks) {
      out << YAML::Key;
      name(out, relation.quoted());
      out << YAML::Value;
      plain(out, locks::to_string(mode));
    }
    out << YAML::EndMap;
  }
  if (!std::holds_alternative<Gate>(step.action)) {
    pair(out, "lasts", std::string{to_string(step.lasts)});
  }
  if (!step.requirements.empty()) {
    requirements(out, step, queries);
  }
  if (!step.trial.empty()) {
    begin_pair(out, "trial") << YAML::Flow << YAML::BeginSeq;
    for (QualifiedName const& table : step.trial) {
      name(out, table.quoted());
    }
    out << YAML::EndSeq;
  }
  if (!step.done_when.empty()) {
    query(out, "done_when", step.id + "/done", step.done_when, queries);
  }
  if (!step.undo.empty()) {
    statements(out, "undo", step.undo);
  }
  if (step.undo_alone) {
    begin_pair(out, "undo_transaction") << "none";
  }
  if (step.irreversible) {
    begin_pair(out, "irreversible") << true;
  }
  out << YAML::EndMap;
}

void phase(YAML::Emitter& out, char const* key, std::vector<Step> const& steps,
           NamedQueries& queries) {
  if (steps.empty()) {
    return;
  }
  begin_pair(out, key) << YAML::BeginSeq;
  for (Step const& each : steps) {
    step(out, each, queries);
  }
  out << YAML::EndSeq;
}

void text_map(YAML::Emitter& out, char const* key,
              std::vector<std::pair<std::string, std::string>> const& entries) {
  if (entries.empty()) {
    return;
  }
  begin_pair(out, key) << YAML::BeginMap;
  for (auto const& [name, value] : entries) {
    named_pair(out, name, value);
  }
  out << YAML::EndMap;
}

void made_for(YAML::Emitter& out, Plan const& plan) {
  begin_pair(out, "made_for") << YAML::BeginMap;
  begin_pair(out, "server") << plan.server_version;
  pair(out, "catalog", plan.catalog);
  if (!plan.relies_on.empty()) {
    begin_pair(out, "relies_on") << YAML::BeginMap;
    for (ReliedOn const& fact : plan.relies_on) {
      out << YAML::Key;
      name(out, fact.table.quoted());
      out << YAML::Value;
      names(out, fact.columns);
    }
    out << YAML::EndMap;
  }
  out << YAML::EndMap;
}

std::string queries_text(NamedQueries const& queries) {
  if (queries.empty()) {
    return "";
  }
  YAML::Emitter out;
  out.SetMapFormat(YAML::Block);
  out << YAML::BeginMap;
  text_map(out, "queries", queries);
  out << YAML::EndMap;
  return std::string("# What the steps above ask the catalog, by name; nothing of it changes ") +
         "anything.\n" + out.c_str() + "\n";
}

}  // namespace

std::string to_yaml(Plan const& plan) {
  NamedQueries queries;
  YAML::Emitter out;
  out.SetMapFormat(YAML::Block);
  out << YAML::BeginMap;
  begin_pair(out, "bellows") << format_version;
  pair(out, "migration", plan.migration);
  begin_pair(out, "source") << YAML::BeginMap;
  pair(out, "file", plan.source_file);
  pair(out, "meaning", plan.source_meaning);
  out << YAML::EndMap;
  made_for(out, plan);
  text_map(out, "application", plan.application);
  text_map(out, "allowed", plan.allowed);
  phase(out, "expand", plan.expand, queries);
  phase(out, "backfill", plan.backfill, queries);
  phase(out, "contract", plan.contract, queries);
  out << YAML::EndMap;
  return "# In short: " + in_short(plan) + "\n" + out.c_str() + "\n" + queries_text(queries);
}

}  // namespace bellows::plan
