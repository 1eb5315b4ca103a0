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

// A dollar quote that the body does not contain.
std::string dollar_tag(std::string const& body) {
  std::string tag = "$bellows$";
  while (body.find(tag) != std::string::npos) {
    tag.insert(tag.size() - 1, "_");
  }
  return tag;
}

// Whether a filled row tells that the old application wrote it.
std::string counted_insert(SyncPair const& pair) {
  if (pair.old_fills_itself) {
    return "false";
  }
  std::string const value = "NEW." + pair.old_column.quoted();
  if (!pair.old_default) {
    return value + " IS NOT NULL";
  }
  return differ(pair, value, fmt::format("CAST({} AS {})", *pair.old_default, pair.type));
}

std::string function_body(SyncPair const& pair) {
  std::string const old_value = "NEW." + pair.old_column.quoted();
  std::string const new_value = "NEW." + pair.new_column.quoted();
  std::string const count = fmt::format("PERFORM pg_catalog.nextval({});",
                                        sql::quote_literal(sync_names(pair).old_writes.quoted()));
  return fmt::format(
      R"(BEGIN
  IF TG_OP = 'INSERT' THEN
    IF {new_value} IS NULL THEN
      IF {counted_insert} THEN {count} END IF;
      {new_value} := {forward};
    ELSE
      {old_value} := {reverse};
    END IF;
  ELSIF {new_changed} THEN
    {old_value} := {reverse};
  ELSE
    IF {old_changed} THEN {count} END IF;
    {new_value} := {forward};
  END IF;
  RETURN NEW;
END)",
      fmt::arg("old_value", old_value), fmt::arg("new_value", new_value), fmt::arg("count", count),
      fmt::arg("counted_insert", counted_insert(pair)),
      fmt::arg("forward", pair.forward.with_columns(
                              [](Identifier const& name) { return "NEW." + name.quoted(); })),
      fmt::arg("reverse", pair.reverse.with_columns(
                              [](Identifier const& name) { return "NEW." + name.quoted(); })),
      fmt::arg("new_changed", differ(pair, "OLD." + pair.new_column.quoted(), new_value)),
      fmt::arg("old_changed", differ(pair, "OLD." + pair.old_column.quoted(), old_value)));
}

std::string out_of_step(SyncPair const& pair) {
  return differ(pair, "NEW." + pair.new_column.quoted(), forward_of(pair, "NEW."));
}

}  // namespace

SyncNames sync_names(SyncPair const& pair) {
  std::string const stem =
      pair.table.name.raw() + "_" + pair.old_column.raw() + "_" + pair.new_column.raw();
  Identifier const schema = pair.table.schema;
  return {.function = {schema, sql::bounded_name("bellows_sync_" + stem)},
          .old_writes = {schema, sql::bounded_name("bellows_old_writes_" + stem)},
          .on_insert = sql::bounded_name("~bellows_sync_insert_" + stem),
          .on_update = sql::bounded_name("~bellows_sync_update_" + stem)};
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

// Whoever writes the row fires the trigger, and may have no right to the schema that the counter is
// in (it wrote through a view). So the function runs with its owner's rights, unless it calls
// functions that the author named: those must not be lent the owner's rights.
std::vector<std::string> create_sync_function(SyncPair const& pair) {
  SyncNames const names = sync_names(pair);
  std::string const body = function_body(pair);
  std::string const tag = dollar_tag(body);
  bool const plain =
      pair.forward.is_column(pair.old_column) && pair.reverse.is_column(pair.new_column);
  std::vector<std::string> statements{fmt::format("CREATE SEQUENCE {}", names.old_writes.quoted())};
  if (!plain) {
    statements.push_back(
        fmt::format("GRANT USAGE ON SEQUENCE {} TO PUBLIC", names.old_writes.quoted()));
  }
  statements.push_back(
      fmt::format("CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql{}\n"
                  "SET search_path = pg_catalog, pg_temp\nAS {}\n{}\n{}",
                  names.function.quoted(), plain ? " SECURITY DEFINER" : "", tag, body, tag));
  return statements;
}

std::vector<std::string> create_sync_triggers(SyncPair const& pair) {
  SyncNames const names = sync_names(pair);
  std::string const table = pair.table.quoted();
  std::string const old_changed =
      differ(pair, "OLD." + pair.old_column.quoted(), "NEW." + pair.old_column.quoted());
  std::string const new_changed =
      differ(pair, "OLD." + pair.new_column.quoted(), "NEW." + pair.new_column.quoted());
  std::string const touched =
      fmt::format("{} OR {} OR ({})", old_changed, new_changed, unfilled(pair, "NEW."));
  std::vector<std::string> statements{
      fmt::format(
          "CREATE TRIGGER {} BEFORE INSERT ON {} FOR EACH ROW\nWHEN ({})\nEXECUTE FUNCTION {}()",
          names.on_insert.quoted(), table, out_of_step(pair), names.function.quoted()),
      fmt::format("CREATE TRIGGER {} BEFORE UPDATE ON {} FOR EACH ROW\nWHEN (({}) AND {})\nEXECUTE "
                  "FUNCTION {}()",
                  names.on_update.quoted(), table, touched, out_of_step(pair),
                  names.function.quoted())};
  for (Identifier const& trigger : {names.on_insert, names.on_update}) {
    // Also where session_replication_role is replica: a logical subscriber writes too.
    statements.push_back(
        fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", table, trigger.quoted()));
  }
  return statements;
}

std::vector<std::string> drop_sync_triggers(SyncPair const& pair) {
  SyncNames const names = sync_names(pair);
  std::vector<std::string> statements;
  for (Identifier const& trigger : {names.on_insert, names.on_update}) {
    statements.push_back(
        fmt::format("DROP TRIGGER IF EXISTS {} ON {}", trigger.quoted(), pair.table.quoted()));
  }
  return statements;
}

std::vector<std::string> drop_sync_function(SyncPair const& pair) {
  SyncNames const names = sync_names(pair);
  return {fmt::format("DROP FUNCTION IF EXISTS {}()", names.function.quoted()),
          fmt::format("DROP SEQUENCE IF EXISTS {}", names.old_writes.quoted())};
}

}  // namespace bellows::rules
