#include "planner/catalog/functions.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/catalog/names.hpp"
#include "planner/rules/preconditions/parts.hpp"

// Source: trigger.c, CreateTriggerFiringOn(); pg_proc.c, ProcedureCreate(); alter.c,
// AlterObjectRename_internal().
namespace bellows::rules::preconditions {

namespace {

using sql::ObjectKind;

/// PostgreSQL's own that triggers call; search_path may lead to another schema's.
bool may_be_elsewhere(Catalog const& catalog, QualifiedName const& function) {
  std::string const& name = function.name.raw();
  bool const systems = name.starts_with("tsvector_update_trigger") ||
                       name == "suppress_redundant_updates_trigger" ||
                       function.schema.raw().starts_with("pg_");
  return systems ||
         (function.schema.empty() && std::ranges::any_of(catalog.functions, [&](auto const& entry) {
            return entry.first.name == function.name;
          }));
}

MaybeBreach trigger_calls_nothing(Facts const& facts) {
  auto const* trigger = facts.body<sql::CreateTrigger>();
  bool const tells = facts.catalog.complete && !facts.catalog.extended;
  if (trigger == nullptr || !tells ||
      !facts.catalog.functions.named(facts.catalog.resolve(trigger->function)).empty()) {
    return std::nullopt;
  }
  return may_be_elsewhere(facts.catalog, trigger->function)
             ? std::nullopt
             : std::optional(breach(trigger->function.display()));
}

/// One of the user's that is called so, whatever it takes, and none without arguments.
MaybeBreach trigger_calls_none(Facts const& facts) {
  auto const* trigger = facts.body<sql::CreateTrigger>();
  if (trigger == nullptr) {
    return std::nullopt;
  }
  auto const& all = facts.catalog.functions.named(facts.catalog.resolve(trigger->function));
  bool const fits =
      std::ranges::any_of(all, [](catalog::Function const& one) { return one.arguments.empty(); });
  return all.empty() || fits ? std::nullopt : std::optional(breach(trigger->function.display()));
}

MaybeBreach trigger_calls_another(Facts const& facts) {
  auto const* trigger = facts.body<sql::CreateTrigger>();
  if (trigger == nullptr) {
    return std::nullopt;
  }
  auto const& all = facts.catalog.functions.named(facts.catalog.resolve(trigger->function));
  auto const one = std::ranges::find_if(
      all, [](catalog::Function const& function) { return function.arguments.empty(); });
  return one == all.end() || one->returns.ends_with("trigger")  // a dump may say whose
             ? std::nullopt
             : std::optional(breach(trigger->function.display(), one->returns));
}

catalog::Function const* made_again(Facts const& facts) {
  auto const* other = facts.body<sql::Other>();
  if (other == nullptr || !other->function || other->function->alters ||
      !facts.statement.kind.starts_with("CREATE")) {
    return nullptr;
  }
  std::vector<std::string> arguments;
  for (sql::TypeName const& type : other->function->arguments) {
    arguments.push_back(catalog::qualified_type(facts.catalog, type));
  }
  auto const& all = facts.catalog.functions.named(facts.catalog.resolve(other->function->name));
  auto const same = std::ranges::find(all, arguments, &catalog::Function::arguments);
  return same == all.end() ? nullptr : &*same;
}

MaybeBreach function_is_there(Facts const& facts) {
  catalog::Function const* same = made_again(facts);
  return same != nullptr && !says_replace(facts.statement.raw.text)
             ? std::optional(breach(facts.body<sql::Other>()->function->name.display()))
             : std::nullopt;
}

/// Of several that have the old name, it is not asked which one is meant.
MaybeBreach function_name_is_taken(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  if (rename == nullptr || rename->kind != ObjectKind::Function) {
    return std::nullopt;
  }
  QualifiedName const from = facts.catalog.resolve(rename->name);
  QualifiedName to = from;
  (rename->to.empty() ? to.schema : to.name) = rename->to.empty() ? rename->to_schema : rename->to;
  auto const& old = facts.catalog.functions.named(from);
  auto const& all = facts.catalog.functions.named(to);
  bool const stays = rename->to.empty() && to == from;
  bool const taken =
      old.size() == 1 && !stays &&
      std::ranges::find(all, old.front().arguments, &catalog::Function::arguments) != all.end();
  return taken ? std::optional(breach(to.display())) : std::nullopt;
}

MaybeBreach returns_another(Facts const& facts) {
  catalog::Function const* same = made_again(facts);
  if (same == nullptr || same->returns.empty() || !says_replace(facts.statement.raw.text)) {
    return std::nullopt;
  }
  sql::TypeName const& returns = facts.body<sql::Other>()->function->returns;
  return !returns.text.empty() && catalog::qualified_type(facts.catalog, returns) != same->returns
             ? std::optional(
                   breach(facts.body<sql::Other>()->function->name.display(), same->returns))
             : std::nullopt;
}

/// Whoever calls it by name (f(a => 1)) would call nothing any more.
MaybeBreach renames_argument(Facts const& facts) {
  catalog::Function const* same = made_again(facts);
  if (same == nullptr || !says_replace(facts.statement.raw.text)) {
    return std::nullopt;
  }
  std::vector<std::string> const& names = facts.body<sql::Other>()->function->argument_names;
  for (std::size_t i = 0; i < std::min(same->names.size(), names.size()); ++i) {
    if (!same->names[i].empty() && same->names[i] != names[i]) {
      return breach(facts.body<sql::Other>()->function->name.display(),
                    Identifier(same->names[i]).quoted());
    }
  }
  return std::nullopt;
}

constexpr Precondition functions_rows[] = {
    {"42883", trigger_calls_nothing, of::create_trigger, "there is no function {what}",
     "Check the name."},
    {"42883", trigger_calls_none, of::create_trigger,
     "{what} takes arguments, and a trigger's function has none",
     "Name a function without arguments that RETURNS trigger."},
    {"42P17", trigger_calls_another, of::create_trigger, "{what} returns {other}, and not trigger",
     "Name a function that RETURNS trigger."},
    {"42723", function_is_there, of::other,
     "there is a function {what} with these arguments already",
     "CREATE OR REPLACE FUNCTION, or choose another name."},
    {"42723", function_name_is_taken, of::rename_object,
     "there is a function {what} of these arguments already", "Choose another name."},
    {"42P13", returns_another, of::other,
     "{what} returns {other}, and that does not change by REPLACE",
     "DROP it and CREATE it in the same migration, or choose another name."},
    {"42P13", renames_argument, of::other,
     "{what} calls an argument {other}, and that does not change by REPLACE",
     "Keep the name; or DROP it and CREATE it in the same migration."},
};

}  // namespace

std::span<Precondition const> of_functions() {
  return functions_rows;
}

}  // namespace bellows::rules::preconditions
