#include "planner/rules/sync_trigger.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace bellows::rules {
namespace {

using sql::Identifier;
using sql::QualifiedName;

std::string cast_to_type(SyncPair const& pair, sql::Expression const& expression,
                         Identifier const& column, std::string const& prefix) {
  auto const place = [&](Identifier const& name) { return prefix + name.quoted(); };
  std::string const text = expression.with_columns(place);
  return expression.is_column(column) ? text : fmt::format("CAST({} AS {})", text, pair.type);
}

std::string old_value(SyncPair const& pair, char const* row) {
  return row + pair.old_column.quoted();
}

std::string new_value(SyncPair const& pair, char const* row) {
  return row + pair.new_column.quoted();
}

std::string old_changed(SyncPair const& pair) {
  return differ(pair, old_value(pair, "OLD."), old_value(pair, "NEW."));
}

std::string new_changed(SyncPair const& pair) {
  return differ(pair, new_value(pair, "OLD."), new_value(pair, "NEW."));
}

std::string out_of_step(SyncPair const& pair) {
  return differ(pair, new_value(pair, "NEW."), forward_of(pair, "NEW."));
}

// Behind the first trigger a row may be in step in either sense.
std::string parted(SyncPair const& pair) {
  if (is_plain(pair)) {
    return out_of_step(pair);
  }
  return out_of_step(pair) + " AND " +
         differ(pair, old_value(pair, "NEW."), reverse_of(pair, "NEW."));
}

std::string create_trigger(SyncPair const& pair, Identifier const& name, char const* event,
                           std::string const& when, QualifiedName const& function) {
  return fmt::format(
      "CREATE TRIGGER {} BEFORE {} ON {} FOR EACH ROW\nWHEN ({})\nEXECUTE FUNCTION {}()",
      name.quoted(), event, pair.table.quoted(), when, function.quoted());
}

}  // namespace

SyncNames sync_names(SyncPair const& pair) {
  std::string const stem =
      pair.table.name.raw() + "_" + pair.old_column.raw() + "_" + pair.new_column.raw();
  Identifier const schema = pair.table.schema;
  auto const trigger = [&](std::string const& prefix, char const* event) {
    return sql::bounded_name(prefix + event + stem);
  };
  return {.first_function = {schema, sql::bounded_name("bellows_sync_" + stem)},
          .last_function = {schema, sql::bounded_name("bellows_sync_last_" + stem)},
          .old_writes = {schema, sql::bounded_name("bellows_old_writes_" + stem)},
          .first_insert = trigger(first_trigger_prefix, "insert_"),
          .first_update = trigger(first_trigger_prefix, "update_"),
          .last_insert = trigger(last_trigger_prefix, "insert_"),
          .last_update = trigger(last_trigger_prefix, "update_")};
}

bool equal_means_same(std::string const& type, std::string const& collation) {
  if (!collation.empty()) {
    return false;
  }  // it may be a nondeterministic one
  static constexpr std::array same{"smallint",
                                   "integer",
                                   "bigint",
                                   "oid",
                                   "boolean",
                                   "uuid",
                                   "bytea",
                                   "date",
                                   "text",
                                   "character varying",
                                   "timestamp without time zone",
                                   "timestamp with time zone"};
  std::string const base = type.substr(0, type.find('('));
  std::string const rest =
      type.find(')') == std::string::npos ? "" : type.substr(type.find(')') + 1);
  // timestamp(3) without time zone: the precision stands in the middle.
  std::string const name = rest.empty() ? base : base + rest;
  return std::ranges::find(same, name) != same.end();
}

std::string differ(SyncPair const& pair, std::string const& a, std::string const& b) {
  // Compares bytes, NULLs and TOAST included, and exists for every type. As the operator *<> it
  // would be taken apart into a comparison column by column (manual, 9.24.5), which types without
  // such an operator do not have.
  return pair.compare_bytes ? fmt::format("pg_catalog.record_image_ne(ROW({}), ROW({}))", a, b)
                            : fmt::format("({} IS DISTINCT FROM {})", a, b);
}

std::string forward_of(SyncPair const& pair, std::string const& prefix) {
  return cast_to_type(pair, pair.forward, pair.old_column, prefix);
}

std::string reverse_of(SyncPair const& pair, std::string const& prefix) {
  return cast_to_type(pair, pair.reverse, pair.new_column, prefix);
}

std::string unfilled(SyncPair const& pair, std::string const& prefix) {
  return fmt::format("{}{} IS NULL AND {} IS NOT NULL", prefix, pair.new_column.quoted(),
                     forward_of(pair, prefix));
}

bool is_plain(SyncPair const& pair) {
  return pair.forward.is_column(pair.old_column) && pair.reverse.is_column(pair.new_column);
}

std::string parted_by_update(SyncPair const& pair) {
  return fmt::format("{} AND ({} OR {} OR ({} IS NULL AND {}))", parted(pair), old_changed(pair),
                     new_changed(pair), new_value(pair, "OLD."), unfilled(pair, "NEW."));
}

std::vector<std::string> create_sync_triggers(SyncPair const& pair) {
  SyncNames const names = sync_names(pair);
  std::string const touched =
      fmt::format("{} OR {} OR ({})", old_changed(pair), new_changed(pair), unfilled(pair, "NEW."));
  std::vector<std::string> statements{
      create_trigger(pair, names.first_insert, "INSERT", out_of_step(pair), names.first_function),
      create_trigger(pair, names.first_update, "UPDATE",
                     fmt::format("({}) AND {}", touched, out_of_step(pair)), names.first_function),
      create_trigger(pair, names.last_insert, "INSERT", parted(pair), names.last_function),
      create_trigger(pair, names.last_update, "UPDATE", parted_by_update(pair),
                     names.last_function)};
  for (Identifier const& trigger : names.triggers()) {
    // Also where session_replication_role is replica: a logical subscriber writes too.
    statements.push_back(fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", pair.table.quoted(),
                                     trigger.quoted()));
  }
  return statements;
}

std::vector<std::string> drop_sync_triggers(SyncPair const& pair) {
  std::vector<std::string> statements;
  for (Identifier const& trigger : sync_names(pair).triggers()) {
    statements.push_back(
        fmt::format("DROP TRIGGER IF EXISTS {} ON {}", trigger.quoted(), pair.table.quoted()));
  }
  return statements;
}

}  // namespace bellows::rules
