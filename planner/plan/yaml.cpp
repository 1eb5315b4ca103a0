#include "planner/plan/yaml.hpp"

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

// A block for what has lines, plain or quoted (the emitter decides) for the rest.
void text(YAML::Emitter& out, std::string const& value) {
  bool const lines = value.find('\n') != std::string::npos;
  if (lines) {
    out << (fits_block(value) ? YAML::Literal : YAML::DoubleQuoted);
  }
  out << value;
}

void pair(YAML::Emitter& out, char const* key, std::string const& value) {
  out << YAML::Key << key << YAML::Value;
  text(out, value);
}

void names(YAML::Emitter& out, std::vector<sql::Identifier> const& identifiers) {
  out << YAML::Flow << YAML::BeginSeq;
  for (sql::Identifier const& identifier : identifiers) {
    out << identifier.raw();
  }
  out << YAML::EndSeq;
}

void statements(YAML::Emitter& out, char const* key, std::vector<std::string> const& sql) {
  if (sql.size() == 1) {
    return pair(out, key, sql.front());
  }
  out << YAML::Key << key << YAML::Value << YAML::BeginSeq;
  for (std::string const& statement : sql) {
    text(out, statement);
  }
  out << YAML::EndSeq;
}

void action(YAML::Emitter& out, RunSql const& run) {
  statements(out, "sql", run.statements);
  if (run.alone) {
    out << YAML::Key << "transaction" << YAML::Value << "none";
  }
}

void columns(YAML::Emitter& out, char const* key, Columns const& all) {
  out << YAML::Key << key << YAML::Value << YAML::BeginMap;
  for (auto const& [column, expression] : all) {
    pair(out, column.raw().c_str(), expression);
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
  out << YAML::Key << "delete" << YAML::Value << true;
}

void batch_action(YAML::Emitter& out, CopyRows const& copy) {
  out << YAML::Key << "copy" << YAML::Value << YAML::BeginMap;
  pair(out, "into", copy.into.quoted());
  columns(out, "columns", copy.columns);
  optional_pair(out, "overriding", copy.overriding);
  optional_pair(out, "on_conflict", copy.on_conflict);
  out << YAML::EndMap;
}

void action(YAML::Emitter& out, Batch const& batch) {
  out << YAML::Key << "batch" << YAML::Value << YAML::BeginMap;
  pair(out, "table", batch.table.quoted());
  out << YAML::Key << "key" << YAML::Value;
  names(out, batch.key);
  std::visit([&](auto const& what) { batch_action(out, what); }, batch.action);
  optional_pair(out, "where", batch.where);
  if (batch.rows) {
    out << YAML::Key << "rows" << YAML::Value << *batch.rows;
  }
  out << YAML::EndMap;
}

void action(YAML::Emitter& out, Verify const& verify) {
  out << YAML::Key << "verify" << YAML::Value << YAML::BeginMap;
  pair(out, "table", verify.table.quoted());
  out << YAML::Key << "key" << YAML::Value;
  names(out, verify.key);
  pair(out, "differs", verify.differs);
  if (verify.tolerated) {
    out << YAML::Key << "tolerated" << YAML::Value << true;
  }
  out << YAML::EndMap;
}

void action(YAML::Emitter& out, Gate const& gate) {
  out << YAML::Key << "gate" << YAML::Value << YAML::BeginMap;
  pair(out, "kind", gate.kind);
  pair(out, "sequence", gate.sequence.quoted());
  out << YAML::EndMap;
}

void step(YAML::Emitter& out, Step const& step) {
  out << YAML::BeginMap;
  pair(out, "step", step.id);
  if (!step.about.empty()) {
    pair(out, "about", step.about);
  }
  std::visit([&](auto const& what) { action(out, what); }, step.action);
  if (!step.locks.empty()) {
    out << YAML::Key << "locks" << YAML::Value << YAML::Flow << YAML::BeginMap;
    for (auto const& [relation, mode] : step.locks) {
      out << YAML::Key << relation.quoted() << YAML::Value << std::string{locks::to_string(mode)};
    }
    out << YAML::EndMap;
  }
  if (!std::holds_alternative<Gate>(step.action)) {
    pair(out, "lasts", std::string{to_string(step.lasts)});
  }
  if (!step.requirements.empty()) {
    out << YAML::Key << "requires" << YAML::Value << YAML::BeginSeq;
    for (Requirement const& requirement : step.requirements) {
      out << YAML::BeginMap;
      pair(out, "query", requirement.query);
      pair(out, "otherwise", requirement.otherwise);
      out << YAML::EndMap;
    }
    out << YAML::EndSeq;
  }
  if (!step.done_when.empty()) {
    pair(out, "done_when", step.done_when);
  }
  if (!step.undo.empty()) {
    statements(out, "undo", step.undo);
  }
  if (step.undo_alone) {
    out << YAML::Key << "undo_transaction" << YAML::Value << "none";
  }
  if (step.irreversible) {
    out << YAML::Key << "irreversible" << YAML::Value << true;
  }
  out << YAML::EndMap;
}

void phase(YAML::Emitter& out, char const* key, std::vector<Step> const& steps) {
  if (steps.empty()) {
    return;
  }
  out << YAML::Key << key << YAML::Value << YAML::BeginSeq;
  for (Step const& each : steps) {
    step(out, each);
  }
  out << YAML::EndSeq;
}

void text_map(YAML::Emitter& out, char const* key,
              std::vector<std::pair<std::string, std::string>> const& entries) {
  if (entries.empty()) {
    return;
  }
  out << YAML::Key << key << YAML::Value << YAML::BeginMap;
  for (auto const& [name, value] : entries) {
    pair(out, name.c_str(), value);
  }
  out << YAML::EndMap;
}

void made_for(YAML::Emitter& out, Plan const& plan) {
  out << YAML::Key << "made_for" << YAML::Value << YAML::BeginMap;
  out << YAML::Key << "server" << YAML::Value << plan.server_version;
  pair(out, "catalog", plan.catalog);
  if (!plan.relies_on.empty()) {
    out << YAML::Key << "relies_on" << YAML::Value << YAML::BeginMap;
    for (ReliedOn const& fact : plan.relies_on) {
      out << YAML::Key << fact.table.quoted() << YAML::Value;
      names(out, fact.columns);
    }
    out << YAML::EndMap;
  }
  out << YAML::EndMap;
}

}  // namespace

std::string to_yaml(Plan const& plan) {
  YAML::Emitter out;
  out.SetMapFormat(YAML::Block);
  out << YAML::BeginMap;
  out << YAML::Key << "bellows" << YAML::Value << format_version;
  pair(out, "migration", plan.migration);
  out << YAML::Key << "source" << YAML::Value << YAML::BeginMap;
  pair(out, "file", plan.source_file);
  pair(out, "meaning", plan.source_meaning);
  out << YAML::EndMap;
  made_for(out, plan);
  text_map(out, "application", plan.application);
  text_map(out, "allowed", plan.allowed);
  phase(out, "expand", plan.expand);
  phase(out, "backfill", plan.backfill);
  phase(out, "contract", plan.contract);
  out << YAML::EndMap;
  return std::string{out.c_str()} + "\n";
}

}  // namespace bellows::plan
