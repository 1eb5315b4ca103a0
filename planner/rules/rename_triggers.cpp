#include "planner/rules/rename_triggers.hpp"

#include "planner/sql/mentions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>

namespace bellows::rules {
namespace {

using catalog::Table;
using sql::Identifier;

bool is_sync(catalog::Trigger const& trigger) {
  return trigger.name.raw().starts_with(first_trigger_prefix) ||
         trigger.name.raw().starts_with(last_trigger_prefix);
}

// As NEW.name, and not as the beginning of NEW.name_of_it.
bool says_of_row(std::string const& definition, Identifier const& column) {
  auto const goes_on = [](char next) {
    auto const byte = static_cast<unsigned char>(next);
    return std::isalnum(byte) != 0 || next == '_' || next == '$' || byte >= 0x80;
  };
  std::string const said = "." + column.quoted();
  std::size_t at = definition.find(said);
  while (at != std::string::npos) {
    std::size_t const end = at + said.size();
    if (end == definition.size() || !goes_on(definition[end])) {
      return true;
    }
    at = definition.find(said, end);
  }
  return false;
}

// Another rename of this table, under way at the same time, over columns of its own.
bool syncs_other_columns(catalog::Trigger const& trigger, SyncPair const& pair) {
  return is_sync(trigger) && !trigger.definition.empty() &&
         !says_of_row(trigger.definition, pair.old_column) &&
         !says_of_row(trigger.definition, pair.new_column);
}

// Under another name its rename would not find it again: it is never the one to be renamed.
Refusal refuse_under_way(catalog::Trigger const& trigger, SyncPair const& pair) {
  return {fmt::format("another rename of {} is under way, and its trigger {} writes one of these "
                      "columns until it is contracted",
                      pair.table.name.quoted(), trigger.name.quoted()),
          "contract that one first (`bellows status` names it), and leave its triggers as they "
          "are"};
}

std::optional<Refusal> check_order(Table const& table, SyncPair const& pair) {
  SyncNames const names = sync_names(pair);
  for (catalog::Trigger const& trigger : table.triggers) {
    bool const after_first = trigger.name > std::max(names.first_insert, names.first_update);
    bool const before_last = trigger.name < std::min(names.last_insert, names.last_update);
    if (!trigger.before_row || (after_first && before_last) || syncs_other_columns(trigger, pair)) {
      continue;
    }
    if (is_sync(trigger)) {
      return refuse_under_way(trigger, pair);
    }
    return Refusal{
        after_first
            ? fmt::format(
                  "trigger {} would fire after the sync triggers and could part the columns "
                  "again",
                  trigger.name.quoted())
            : fmt::format("trigger {} would fire before the sync triggers and see the columns out "
                          "of step",
                          trigger.name.quoted()),
        fmt::format("rename it: ALTER TRIGGER {} ON {} RENAME TO …", trigger.name.quoted(),
                    pair.table.quoted())};
  }
  return std::nullopt;
}

// It frees a large object by the statement's SET list, and a second one beside it would free twice.
std::optional<Refusal> check_large_objects(Table const& table, SyncPair const& pair) {
  for (catalog::Trigger const& trigger : table.triggers) {
    auto const& arguments = trigger.arguments;
    bool const over_it = std::ranges::find(arguments, pair.old_column.raw()) != arguments.end();
    if (over_it && trigger.function.name.raw() == "lo_manage") {
      return Refusal{
          fmt::format("lo_manage() of trigger {} goes by what a statement SETs, and would "
                      "leave behind the large objects that {} replaces",
                      trigger.name.quoted(), pair.new_column.quoted()),
          "let a function of yours unlink them: IF OLD.… IS DISTINCT FROM NEW.…"};
    }
  }
  return std::nullopt;
}

// Such a trigger could only be right if both names changed at once, as they do for nobody.
std::optional<Refusal> check_functions(catalog::Catalog const& catalog, Table const& table,
                                       SyncPair const& pair) {
  for (catalog::Trigger const& trigger : table.triggers) {
    catalog::Function const* function = catalog.functions.of_trigger(trigger.function);
    bool const readable = trigger.row && function != nullptr && function->body;
    auto const says = [&](Identifier const& column) {
      return sql::mentions(*function->body, function->language, column, pair.table).of_row;
    };
    if (readable && !syncs_other_columns(trigger, pair) && says(pair.old_column) &&
        says(pair.new_column)) {
      return Refusal{
          fmt::format(
              "{}() of trigger {} looks at {} and {} of the row: which of them it would lead "
              "by while both are there can't be told",
              trigger.function.quoted(), trigger.name.quoted(), pair.old_column.quoted(),
              pair.new_column.quoted()),
          fmt::format("let it say {} only, or give this table's trigger a function of its own",
                      pair.old_column.quoted())};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> check_triggers(catalog::Catalog const& catalog, Table const& table,
                                      SyncPair const& pair) {
  if (auto refusal = check_order(table, pair)) {
    return refusal;
  }
  if (auto refusal = check_large_objects(table, pair)) {
    return refusal;
  }
  return check_functions(catalog, table, pair);
}

}  // namespace bellows::rules
