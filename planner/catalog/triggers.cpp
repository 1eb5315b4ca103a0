#include "planner/catalog/triggers.hpp"

#include "planner/catalog/dependents.hpp"
#include "planner/catalog/edit.hpp"

#include <algorithm>
#include <utility>

namespace bellows::catalog {

namespace {

/// Those of pg_catalog that a user's trigger can execute (manual, 9.28 and 12.4.3).
bool is_shipped(QualifiedName const& function) {
  constexpr std::string_view shipped[] = {"suppress_redundant_updates_trigger",
                                          "tsvector_update_trigger",
                                          "tsvector_update_trigger_column", "lo_manage"};
  return function.schema.empty() &&
         std::ranges::find(shipped, function.name.raw()) != std::end(shipped);
}

}  // namespace

Trigger trigger_of(sql::CreateTrigger const& statement, Identifier const& schema) {
  Trigger trigger;
  trigger.name = statement.name;
  trigger.before_row = statement.before_row;
  trigger.on_update = statement.on_update;
  trigger.definition = statement.definition;
  trigger.time = statement.time;
  trigger.row = statement.row;
  trigger.on_insert = statement.on_insert;
  trigger.on_delete = statement.on_delete;
  trigger.columns = statement.update_of;
  trigger.when = statement.when;
  trigger.arguments = statement.arguments;
  trigger.function = statement.function;
  if (is_shipped(trigger.function)) {
    trigger.function.schema = Identifier("pg_catalog");
  } else if (trigger.function.schema.empty()) {
    trigger.function.schema = schema;
  }
  return trigger;
}

std::optional<Trigger> trigger_of(std::string const& definition) {
  sql::Statement const statement = sql::parse_one(definition);
  auto const* made = std::get_if<sql::CreateTrigger>(&statement.body);
  return made == nullptr ? std::nullopt
                         : std::optional(trigger_of(*made, Identifier("pg_catalog")));
}

bool fires_for_sessions(Trigger const& trigger) {
  return trigger.fires == Firing::Origin || trigger.fires == Firing::Always;
}

void create_trigger(Catalog& catalog, sql::CreateTrigger const& statement) {
  Table const* target = std::as_const(catalog).table(statement.table);
  bool const only = target == nullptr || target->kind != TableKind::Partitioned || !statement.row;
  Trigger const made = trigger_of(statement, Identifier(catalog.search_path_schema));
  for (QualifiedName const& name : with_children(catalog, statement.table, only)) {
    Table* table = catalog.table(name);
    if (table == nullptr) {
      continue;
    }
    std::erase_if(table->triggers,
                  [&](Trigger const& trigger) { return trigger.name == statement.name; });
    table->triggers.push_back(made);
    std::ranges::sort(table->triggers, {}, &Trigger::name);
    Dependent const dependent{DependentKind::Trigger, {Identifier(), statement.name}, {}};
    drop_dependent(catalog, dependent, name);
    sql::Uses uses{{{name, Identifier()}}, {}};
    for (Identifier const& column : statement.columns) {
      uses.columns.push_back({Identifier(), column});
    }
    add_dependent(catalog, dependent, uses, name);
  }
}

void rename_trigger(Table& table, Identifier const& from, Identifier const& to) {
  for (Trigger& trigger : table.triggers) {
    if (trigger.name == from) {
      trigger.name = to;
    }
  }
  std::ranges::sort(table.triggers, {}, &Trigger::name);
  rename_dependent(table, DependentKind::Trigger, from, to);
}

void enable_trigger(Table& table, std::string_view kind, Identifier const& name) {
  constexpr std::pair<std::string_view, Firing> kinds[] = {
      {"ENABLE TRIGGER", Firing::Origin},          {"ENABLE ALWAYS TRIGGER", Firing::Always},
      {"ENABLE REPLICA TRIGGER", Firing::Replica}, {"DISABLE TRIGGER", Firing::Never},
      {"ENABLE TRIGGER ALL", Firing::Origin},      {"ENABLE TRIGGER USER", Firing::Origin},
      {"DISABLE TRIGGER ALL", Firing::Never},      {"DISABLE TRIGGER USER", Firing::Never},
  };
  for (auto const& [words, firing] : kinds) {
    for (Trigger& trigger : table.triggers) {
      if (words == kind && (name.empty() || trigger.name == name)) {
        trigger.fires = firing;
      }
    }
  }
}

void change_function(Catalog& catalog, sql::FunctionDefinition const& definition) {
  QualifiedName const name = catalog.resolve(definition.name);
  if (definition.alters) {
    if (definition.volatility) {
      catalog.functions.change(name, [&](Function& function) {
        bool const is_it =
            !definition.arguments_said || function.arguments.size() == definition.arguments.size();
        function.volatility = is_it ? *definition.volatility : function.volatility;
      });
    }
    return;
  }
  Function function;
  for (sql::TypeName const& type : definition.arguments) {
    function.arguments.push_back(qualified_type(catalog, type));
  }
  auto const is_named = [](std::string const& one) { return !one.empty(); };
  if (std::ranges::any_of(definition.argument_names, is_named)) {
    function.names = definition.argument_names;
  }
  function.returns =
      definition.returns.text.empty() ? "" : qualified_type(catalog, definition.returns);
  function.language = definition.language;
  function.body = definition.body;
  function.volatility = definition.volatility.value_or(sql::Volatility::Volatile);
  catalog.functions.put(name, std::move(function));
}

void rename_function(Catalog& catalog, QualifiedName const& from, QualifiedName const& to) {
  catalog.functions.rename(from, to);
  auto const executes = [&](Trigger const& trigger) { return trigger.function == from; };
  catalog.tables.edit_where(
      [&](Table const& table) { return std::ranges::any_of(table.triggers, executes); },
      [&](Table& table) {
        for (Trigger& trigger : table.triggers) {
          trigger.function = executes(trigger) ? to : trigger.function;
        }
      });
}

}  // namespace bellows::catalog
