#include "planner/sql/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

template <typename T>
void add_once(std::vector<T>& items, T item) {
  if (std::ranges::find(items, item) == items.end()) {
    items.push_back(std::move(item));
  }
}

constexpr ObjectType object_types[] = {
    {PG_QUERY__OBJECT_TYPE__OBJECT_TABLE, ObjectKind::Table, "TABLE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_INDEX, ObjectKind::Index, "INDEX"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_VIEW, ObjectKind::View, "VIEW"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW, ObjectKind::MaterializedView, "MATERIALIZED VIEW"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE, ObjectKind::Sequence, "SEQUENCE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE, ObjectKind::ForeignTable, "FOREIGN TABLE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TYPE, ObjectKind::Type, "TYPE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN, ObjectKind::Domain, "DOMAIN"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION, ObjectKind::Function, "FUNCTION"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE, ObjectKind::Function, "PROCEDURE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE, ObjectKind::Function, "ROUTINE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA, ObjectKind::Schema, "SCHEMA"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER, ObjectKind::Trigger, "TRIGGER"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_ACCESS_METHOD, ObjectKind::Other, "ACCESS METHOD"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE, ObjectKind::Other, "AGGREGATE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE, ObjectKind::Other, "ATTRIBUTE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_CAST, ObjectKind::Other, "CAST"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION, ObjectKind::Other, "COLLATION"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN, ObjectKind::Other, "COLUMN"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_CONVERSION, ObjectKind::Other, "CONVERSION"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE, ObjectKind::Other, "DATABASE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT, ObjectKind::Other, "DOMAIN CONSTRAINT"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_EVENT_TRIGGER, ObjectKind::Other, "EVENT TRIGGER"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION, ObjectKind::Other, "EXTENSION"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_FDW, ObjectKind::Other, "FOREIGN DATA WRAPPER"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_SERVER, ObjectKind::Other, "SERVER"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_LARGEOBJECT, ObjectKind::Other, "LARGE OBJECT"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TRANSFORM, ObjectKind::Other, "TRANSFORM"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_LANGUAGE, ObjectKind::Other, "LANGUAGE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_OPCLASS, ObjectKind::Other, "OPERATOR CLASS"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR, ObjectKind::Other, "OPERATOR"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_OPFAMILY, ObjectKind::Other, "OPERATOR FAMILY"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_POLICY, ObjectKind::Other, "POLICY"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_PUBLICATION, ObjectKind::Other, "PUBLICATION"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_ROLE, ObjectKind::Other, "ROLE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_RULE, ObjectKind::Other, "RULE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_STATISTIC_EXT, ObjectKind::Other, "STATISTICS"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_SUBSCRIPTION, ObjectKind::Other, "SUBSCRIPTION"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT, ObjectKind::Other, "CONSTRAINT"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TABLESPACE, ObjectKind::Other, "TABLESPACE"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TSCONFIGURATION, ObjectKind::Other, "TEXT SEARCH CONFIGURATION"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TSDICTIONARY, ObjectKind::Other, "TEXT SEARCH DICTIONARY"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TSPARSER, ObjectKind::Other, "TEXT SEARCH PARSER"},
    {PG_QUERY__OBJECT_TYPE__OBJECT_TSTEMPLATE, ObjectKind::Other, "TEXT SEARCH TEMPLATE"},
};

constexpr ObjectType any_object{PG_QUERY__OBJECT_TYPE__OBJECT_TYPE_UNDEFINED, ObjectKind::Other,
                                "OBJECT"};

}  // namespace

std::vector<Identifier> identifiers(std::span<PgQuery__Node* const> names) {
  std::vector<Identifier> result;
  for (PgQuery__Node const* name : names) {
    result.emplace_back(std::string(tree::text_of(name)));
  }
  return result;
}

std::string text_of_expression(PgQuery__Node* expression) {
  return expression == nullptr ? "" : tree::deparse_expression(*expression);
}

std::vector<Identifier> columns_in(ProtobufCMessage& node) {
  std::vector<Identifier> columns;
  tree::each<PgQuery__ColumnRef>(
      node, pg_query__column_ref__descriptor, [&](PgQuery__ColumnRef const& reference) {
        auto const name = tree::text_of(reference.fields[reference.n_fields - 1]);
        if (!name.empty()) {
          add_once(columns, Identifier(std::string(name)));
        }
      });
  return columns;
}

std::vector<QualifiedName> relations_in(ProtobufCMessage& node) {
  std::vector<QualifiedName> relations;
  std::vector<QualifiedName> with_queries;
  tree::walk(node, [&](ProtobufCMessage& message) {
    if (auto* range = tree::cast<PgQuery__RangeVar>(message, pg_query__range_var__descriptor)) {
      add_once(relations, tree::qualified(*range));
    }
    if (auto* query = tree::cast<PgQuery__CommonTableExpr>(
            message, pg_query__common_table_expr__descriptor)) {
      with_queries.push_back({Identifier(), Identifier(query->ctename)});
    }
    return true;
  });
  std::erase_if(relations, [&](QualifiedName const& relation) {
    return std::ranges::find(with_queries, relation) != with_queries.end();
  });
  return relations;
}

ObjectType const& object_type(PgQuery__ObjectType type) {
  auto const* const found = std::ranges::find(object_types, type, &ObjectType::type);
  return found == std::end(object_types) ? any_object : *found;
}

}  // namespace bellows::sql
