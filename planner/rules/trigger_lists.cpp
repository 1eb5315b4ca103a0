#include "planner/rules/trigger_lists.hpp"

#include "planner/rules/do_block.hpp"
#include "planner/sql/text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::rules {
namespace {

using sql::quote_literal;

constexpr char const* declarations = R"(  on_table constant text := {on_table};
  each record;
)";

/// Of a trigger that was made again, by its name as an expression.
constexpr char const* enable_as_before = R"(    IF each.tgenabled <> 'O' THEN
      EXECUTE format('ALTER TABLE %s %s TRIGGER %I', on_table,
        CASE each.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, {name});
    END IF;
)";

/// pg_get_triggerdef() writes keywords alone between the trigger's name and the list, and the list
/// as it is put together here.
constexpr char const* make_again = R"(  FOR each IN
    SELECT t.tgname, t.tgenabled, pg_get_triggerdef(t.oid) AS definition, obj_description(t.oid, 'pg_trigger') AS comment,
      format('CREATE %sTRIGGER %I ', CASE WHEN t.tgconstraint <> 0 THEN 'CONSTRAINT ' END, t.tgname) AS head,
      (SELECT string_agg(quote_ident(c), ', ') FROM unnest(l.columns) c) AS listed,
      (SELECT string_agg(quote_ident(c), ', ') FROM unnest({wanted}) c) AS wanted
    FROM pg_trigger t, LATERAL (
      SELECT array_agg(a.attname::text ORDER BY u.place) AS columns
      FROM unnest(t.tgattr::int2[]) WITH ORDINALITY u(number, place)
      JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = u.number) l
    WHERE t.tgrelid = on_table::regclass AND NOT t.tgisinternal AND {chosen}
  LOOP
    each.listed := 'UPDATE OF ' || each.listed || ' ON ';
    each.definition := substr(each.definition, length(each.head) + 1);
    EXECUTE format('DROP TRIGGER %I ON %s', each.tgname, on_table);
    EXECUTE each.head || left(each.definition, strpos(each.definition, each.listed) - 1)
      || 'UPDATE OF ' || each.wanted || ' ON '
      || substr(each.definition, strpos(each.definition, each.listed) + length(each.listed));
{enable}    IF each.comment IS NOT NULL THEN
      EXECUTE format('COMMENT ON TRIGGER %I ON %s IS %L', each.tgname, on_table, each.comment);
    END IF;
  END LOOP;
)";

/// The end of a definition, FOR EACH ROW [WHEN (…)] EXECUTE FUNCTION f(arguments), is printed with
/// the arguments as they are put together here.
constexpr char const* make_twins = R"(  FOR each IN
    SELECT t.tgname, t.tgenabled, t.tgname || {suffix} AS step, t.tgname || {suffix} || '!' AS twin,
      substr(d.definition, strpos(d.definition, ' FOR EACH ROW ')) AS definition,
      (SELECT '(' || string_agg(quote_literal(a), ', ') || ')' FROM unnest(g.args) a) AS args,
      (SELECT string_agg(quote_literal(a), ', ')
       FROM unnest(g.args[:2] || array_replace(g.args[3:], {old}, {new})) a) AS wanted
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid, pg_get_triggerdef(t.oid) d(definition), LATERAL (
      SELECT array_agg(convert_from(decode(a, 'escape'), getdatabaseencoding()) ORDER BY place) AS args
      FROM unnest(string_to_array(encode(t.tgargs, 'escape'), '\000')) WITH ORDINALITY u(a, place)
      WHERE place <= t.tgnargs) g
    WHERE t.tgrelid = on_table::regclass AND NOT t.tgisinternal AND (t.tgtype & 16) <> 0
      AND p.prosrc IN ('tsvector_update_trigger_byid', 'tsvector_update_trigger_bycolumn')
      AND {old} = ANY (g.args[3:]) AND t.tgname !~ '![0-9a-f]{{8}}!$'
  LOOP
    IF octet_length(each.twin) > 63 THEN
      RAISE EXCEPTION 'the name of trigger % leaves no room for its twin', each.tgname
        USING HINT = format('ALTER TRIGGER %I ON %s RENAME TO …', each.tgname, on_table);
    END IF;
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OF %I ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION %s()',
      each.step, {new}, on_table, {parted}, {last});
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OF %I ON %s%s(%s)',
      each.twin, {new}, on_table, left(each.definition, -length(each.args)), each.wanted);
{enable}    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', on_table, each.step);
  END LOOP;
)";

constexpr char const* drop_twins = R"(  FOR each IN
    SELECT tgname FROM pg_trigger WHERE tgrelid = on_table::regclass AND tgname ~ '{suffix}!?$'
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', each.tgname, on_table);
  END LOOP;
)";

std::string declared(SyncPair const& pair) {
  return fmt::format(declarations, fmt::arg("on_table", quote_literal(pair.table.quoted())));
}

/// `chosen`: on l.columns, those that a list has; `wanted`: an array made from them.
std::string change_update_lists(SyncPair const& pair, std::string const& chosen,
                                std::string const& wanted) {
  return do_block(declared(pair),
                  fmt::format(make_again, fmt::arg("chosen", chosen), fmt::arg("wanted", wanted),
                              fmt::arg("enable", fmt::format(enable_as_before,
                                                             fmt::arg("name", "each.tgname")))));
}

std::string literal(sql::Identifier const& name) {
  return quote_literal(name.raw());
}

/// Sorts a name right behind the trigger's own, before others that begin with it.
std::string twin_suffix(SyncPair const& pair) {
  return "!" + sql::sha256_hex(sync_names(pair).last_function.quoted()).substr(0, 8);
}

}  // namespace

std::string widen_update_lists(SyncPair const& pair) {
  return change_update_lists(pair,
                             fmt::format("{} = ANY (l.columns) AND {} <> ALL (l.columns)",
                                         literal(pair.old_column), literal(pair.new_column)),
                             fmt::format("array_append(l.columns, {})", literal(pair.new_column)));
}

std::string narrow_update_lists(SyncPair const& pair, sql::Identifier const& to) {
  std::string const stays = literal(to);
  std::string const goes = literal(to == pair.old_column ? pair.new_column : pair.old_column);
  return change_update_lists(
      pair, fmt::format("{} = ANY (l.columns)", goes),
      fmt::format("CASE WHEN {0} = ANY (l.columns) THEN array_remove(l.columns, {1}) ELSE "
                  "array_replace(l.columns, {1}, {0}) END",
                  stays, goes));
}

std::string create_search_twins(SyncPair const& pair) {
  return do_block(
      declared(pair),
      fmt::format(
          make_twins, fmt::arg("suffix", quote_literal(twin_suffix(pair))),
          fmt::arg("old", literal(pair.old_column)), fmt::arg("new", literal(pair.new_column)),
          fmt::arg("last", quote_literal(sync_names(pair).last_function.quoted())),
          fmt::arg("parted", quote_literal(parted_by_update(pair))),
          fmt::arg("enable", fmt::format(enable_as_before, fmt::arg("name", "each.twin")))));
}

std::string drop_search_twins(SyncPair const& pair) {
  return do_block(declared(pair), fmt::format(drop_twins, fmt::arg("suffix", twin_suffix(pair))));
}

bool goes_by_set_list(catalog::Trigger const& trigger, sql::Identifier const& column) {
  auto const& function = trigger.function;
  bool const search = function.schema.raw() == "pg_catalog" &&
                      function.name.raw().starts_with("tsvector_update_trigger");
  auto const& arguments = trigger.arguments;
  bool const searched =
      search && std::find(arguments.begin(), arguments.end(), column.raw()) != arguments.end();
  return searched || std::ranges::find(trigger.columns, column) != trigger.columns.end();
}

std::optional<sql::Identifier> column_beside_lists(catalog::Table const& table,
                                                   SyncPair const& pair) {
  auto const any_trigger = [&](sql::Identifier const& column) {
    return std::ranges::any_of(table.triggers, [&](catalog::Trigger const& trigger) {
      return goes_by_set_list(trigger, column);
    });
  };
  if (!any_trigger(pair.old_column)) {
    return std::nullopt;
  }
  std::optional<sql::Identifier> indexed;
  for (catalog::Column const& column : table.columns) {
    bool const can_be_set = !column.generated && column.identity != catalog::Identity::Always;
    if (column.name == pair.old_column || !can_be_set || any_trigger(column.name)) {
      continue;
    }
    bool const in_index = std::ranges::any_of(table.indexes, [&](catalog::Index const& index) {
      return std::ranges::find(index.columns, column.name) != index.columns.end();
    });
    if (!in_index) {
      return column.name;
    }
    indexed = indexed.value_or(column.name);
  }
  return indexed;
}

std::string nobody_goes_by_set_list(SyncPair const& pair) {
  return fmt::format(
      "SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = "
      "t.tgfoid JOIN pg_catalog.pg_attribute a ON a.attrelid = t.tgrelid WHERE t.tgrelid = "
      "{0}::pg_catalog.regclass AND NOT t.tgisinternal AND a.attname = {1} AND (a.attnum = ANY "
      "(t.tgattr::int2[]) OR p.prosrc ~ '^tsvector_update_trigger_by' AND pg_catalog.strpos("
      "pg_catalog.encode(t.tgargs, 'escape'), {1} || E'\\\\000') > 0))",
      quote_literal(pair.table.quoted()), literal(pair.old_column));
}

std::string is_of_the_transition(SyncPair const& pair) {
  std::string names;
  for (sql::Identifier const& trigger : sync_names(pair).triggers()) {
    names += (names.empty() ? "" : ", ") + literal(trigger);
  }
  return fmt::format(
      "t.tgname IN ({}) OR t.tgname ~ '{}!?$' OR EXISTS (SELECT FROM pg_catalog.pg_attribute o "
      "WHERE o.attrelid = t.tgrelid AND o.attname = {} AND o.attnum = ANY (t.tgattr::int2[]))",
      names, twin_suffix(pair), literal(pair.old_column));
}

}  // namespace bellows::rules
