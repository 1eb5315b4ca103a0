#include "planner/rules/catalog_query.hpp"

#include <fmt/core.h>

namespace bellows::rules {
namespace {

using sql::Identifier;
using sql::QualifiedName;
using sql::quote_literal;

// "c.relname = 'users' AND n.nspname = 'public'"; without a schema, what the search_path finds
// first.
std::string named(QualifiedName const& name) {
  std::string const schema = name.schema.empty()
                                 ? std::string{"pg_catalog.pg_table_is_visible(c.oid)"}
                                 : "n.nspname = " + quote_literal(name.schema.raw());
  return fmt::format("c.relname = {} AND {}", quote_literal(name.name.raw()), schema);
}

constexpr char const* relation_form =
    "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace";

std::string column_query(QualifiedName const& table, Identifier const& column, char const* exists) {
  return fmt::format(
      "SELECT {} (SELECT FROM {} JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid "
      "WHERE {} AND a.attname = {} AND NOT a.attisdropped)",
      exists, relation_form, named(table), quote_literal(column.raw()));
}

std::string list(std::vector<Identifier> const& names) {
  std::string text = "ARRAY[";
  for (Identifier const& name : names) {
    text += (text.back() == '[' ? "" : ", ") + quote_literal(name.raw());
  }
  return text + "]::pg_catalog.text[]";
}

std::string constraint_query(QualifiedName const& table, Identifier const& constraint,
                             char const* more) {
  return fmt::format(
      "SELECT EXISTS (SELECT FROM {} JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid "
      "WHERE {} AND k.conname = {}{})",
      relation_form, named(table), quote_literal(constraint.raw()), more);
}

}  // namespace

std::string column_is_there(QualifiedName const& table, Identifier const& column) {
  return column_query(table, column, "EXISTS");
}

std::string column_is_gone(QualifiedName const& table, Identifier const& column) {
  return column_query(table, column, "NOT EXISTS");
}

std::string constraint_is_valid(QualifiedName const& table, Identifier const& constraint) {
  return constraint_query(table, constraint, " AND k.convalidated");
}

std::string constraint_is_there(QualifiedName const& table, Identifier const& constraint) {
  return constraint_query(table, constraint, "");
}

std::string index_is_valid(QualifiedName const& index) {
  return fmt::format(
      "SELECT EXISTS (SELECT FROM {} JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid "
      "WHERE {} AND i.indisvalid)",
      relation_form, named(index));
}

std::string index_is_gone(QualifiedName const& index) {
  return fmt::format("SELECT NOT EXISTS (SELECT FROM {} WHERE {})", relation_form, named(index));
}

std::string function_is_there(QualifiedName const& function) {
  return fmt::format(
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n "
      "ON n.oid = p.pronamespace WHERE p.proname = {} AND n.nspname = {})",
      quote_literal(function.name.raw()), quote_literal(function.schema.raw()));
}

std::string only_these_use(QualifiedName const& table, Identifier const& column,
                           std::vector<Identifier> const& indexes, std::string const& triggers) {
  // Index, trigger and other users of a column all stand in pg_depend with the column's number.
  return fmt::format(
      "SELECT NOT EXISTS (SELECT FROM {} JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid "
      "JOIN pg_catalog.pg_depend d ON d.refobjid = c.oid AND d.refobjsubid = a.attnum "
      "AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass "
      "LEFT JOIN pg_catalog.pg_class x ON x.oid = d.objid "
      "AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass "
      "LEFT JOIN pg_catalog.pg_trigger t ON t.oid = d.objid "
      "AND d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass "
      "WHERE {} AND a.attname = {} "
      // A NULL is unequal to all of no names: without IS NULL an empty list would accuse
      // everything.
      "AND (x.relname IS NULL OR x.relname::pg_catalog.text <> ALL ({})) "
      "AND (t.tgname IS NULL OR NOT ({})))",
      relation_form, named(table), quote_literal(column.raw()), list(indexes), triggers);
}

std::string nothing_is_built_on(QualifiedName const& table, Identifier const& column) {
  return fmt::format(
      "SELECT NOT EXISTS (SELECT FROM {} JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid "
      "JOIN pg_catalog.pg_depend d ON d.refobjid = c.oid AND d.refobjsubid = a.attnum "
      "AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass "
      "LEFT JOIN pg_catalog.pg_trigger t ON t.oid = d.objid "
      "AND d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass "
      "WHERE {} AND a.attname = {} AND (d.deptype = 'n' AND (t.oid IS NULL OR t.tgqual IS NOT "
      "NULL) "
      "OR d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND EXISTS (SELECT FROM "
      "pg_catalog.pg_attrdef f WHERE f.oid = d.objid AND f.adnum <> a.attnum)))",
      relation_form, named(table), quote_literal(column.raw()));
}

std::string triggers_always_fire(QualifiedName const& table,
                                 std::vector<Identifier> const& triggers) {
  return fmt::format(
      "SELECT EXISTS (SELECT FROM {0} WHERE {1}) AND NOT EXISTS (SELECT FROM {0} "
      "CROSS JOIN LATERAL (SELECT c.oid AS relid UNION SELECT p.relid FROM "
      "pg_catalog.pg_partition_tree(c.oid) p) AS part "
      "CROSS JOIN pg_catalog.unnest({2}) AS wanted (name) "
      "WHERE {1} AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t "
      "WHERE t.tgrelid = part.relid AND t.tgname::pg_catalog.text = wanted.name "
      "AND t.tgenabled = 'A'))",
      relation_form, named(table), list(triggers));
}

}  // namespace bellows::rules
