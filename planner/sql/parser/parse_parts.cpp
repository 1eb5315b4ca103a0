#include "planner/sql/parser/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

template <typename T>
void add_once(std::vector<T>& items, T item) {
  if (std::ranges::find(items, item) == items.end()) {
    items.push_back(std::move(item));
  }
}

constexpr ObjectWords object_types[] = {
    {OBJECT_TABLE, ObjectKind::Table, "TABLE"},
    {OBJECT_INDEX, ObjectKind::Index, "INDEX"},
    {OBJECT_VIEW, ObjectKind::View, "VIEW"},
    {OBJECT_MATVIEW, ObjectKind::MaterializedView, "MATERIALIZED VIEW"},
    {OBJECT_SEQUENCE, ObjectKind::Sequence, "SEQUENCE"},
    {OBJECT_FOREIGN_TABLE, ObjectKind::ForeignTable, "FOREIGN TABLE"},
    {OBJECT_TYPE, ObjectKind::Type, "TYPE"},
    {OBJECT_DOMAIN, ObjectKind::Domain, "DOMAIN"},
    {OBJECT_FUNCTION, ObjectKind::Function, "FUNCTION"},
    {OBJECT_PROCEDURE, ObjectKind::Function, "PROCEDURE"},
    {OBJECT_ROUTINE, ObjectKind::Function, "ROUTINE"},
    {OBJECT_SCHEMA, ObjectKind::Schema, "SCHEMA"},
    {OBJECT_TRIGGER, ObjectKind::Trigger, "TRIGGER"},
    {OBJECT_ACCESS_METHOD, ObjectKind::Other, "ACCESS METHOD"},
    {OBJECT_AGGREGATE, ObjectKind::Other, "AGGREGATE"},
    {OBJECT_ATTRIBUTE, ObjectKind::Other, "ATTRIBUTE"},
    {OBJECT_CAST, ObjectKind::Other, "CAST"},
    {OBJECT_COLLATION, ObjectKind::Other, "COLLATION"},
    {OBJECT_COLUMN, ObjectKind::Other, "COLUMN"},
    {OBJECT_CONVERSION, ObjectKind::Other, "CONVERSION"},
    {OBJECT_DATABASE, ObjectKind::Other, "DATABASE"},
    {OBJECT_DOMCONSTRAINT, ObjectKind::Other, "DOMAIN CONSTRAINT"},
    {OBJECT_EVENT_TRIGGER, ObjectKind::Other, "EVENT TRIGGER"},
    {OBJECT_EXTENSION, ObjectKind::Other, "EXTENSION"},
    {OBJECT_FDW, ObjectKind::Other, "FOREIGN DATA WRAPPER"},
    {OBJECT_FOREIGN_SERVER, ObjectKind::Other, "SERVER"},
    {OBJECT_LARGEOBJECT, ObjectKind::Other, "LARGE OBJECT"},
    {OBJECT_TRANSFORM, ObjectKind::Other, "TRANSFORM"},
    {OBJECT_LANGUAGE, ObjectKind::Other, "LANGUAGE"},
    {OBJECT_OPCLASS, ObjectKind::Other, "OPERATOR CLASS"},
    {OBJECT_OPERATOR, ObjectKind::Other, "OPERATOR"},
    {OBJECT_OPFAMILY, ObjectKind::Other, "OPERATOR FAMILY"},
    {OBJECT_POLICY, ObjectKind::Other, "POLICY"},
    {OBJECT_PUBLICATION, ObjectKind::Other, "PUBLICATION"},
    {OBJECT_ROLE, ObjectKind::Other, "ROLE"},
    {OBJECT_RULE, ObjectKind::Other, "RULE"},
    {OBJECT_STATISTIC_EXT, ObjectKind::Other, "STATISTICS"},
    {OBJECT_SUBSCRIPTION, ObjectKind::Other, "SUBSCRIPTION"},
    {OBJECT_TABCONSTRAINT, ObjectKind::Other, "CONSTRAINT"},
    {OBJECT_TABLESPACE, ObjectKind::Other, "TABLESPACE"},
    {OBJECT_TSCONFIGURATION, ObjectKind::Other, "TEXT SEARCH CONFIGURATION"},
    {OBJECT_TSDICTIONARY, ObjectKind::Other, "TEXT SEARCH DICTIONARY"},
    {OBJECT_TSPARSER, ObjectKind::Other, "TEXT SEARCH PARSER"},
    {OBJECT_TSTEMPLATE, ObjectKind::Other, "TEXT SEARCH TEMPLATE"},
};

constexpr ObjectWords any_object{OBJECT_USER_MAPPING, ObjectKind::Other, "OBJECT"};

}  // namespace

Identifier identifier(char const* name) {
  return Identifier(std::string(tree::text(name)));
}

Identifier identifier(Node const* name) {
  return Identifier(std::string(tree::text_of(name)));
}

std::vector<Identifier> identifiers(List const* names) {
  std::vector<Identifier> result;
  for (Node const* name : tree::items(names)) {
    result.push_back(identifier(name));
  }
  return result;
}

std::string_view last_name(List const* names) {
  return names == nullptr ? std::string_view() : tree::text_of(tree::items(names).back());
}

std::string_view qualifier(ColumnRef const& reference) {
  auto const names = tree::items(reference.fields);
  return names.size() < 2 ? std::string_view() : tree::text_of(names[names.size() - 2]);
}

std::string text_of_expression(Node const* expression) {
  return expression == nullptr ? "" : tree::deparse_expression(*expression);
}

std::vector<Identifier> columns_in(Node const& node) {
  std::vector<Identifier> columns;
  tree::each<ColumnRef>(node, [&](ColumnRef const& reference) {
    if (auto const name = last_name(reference); !name.empty()) {
      add_once(columns, Identifier(std::string(name)));
    }
  });
  return columns;
}

std::vector<QualifiedName> relations_in(Node const& node) {
  std::vector<QualifiedName> relations;
  std::vector<QualifiedName> with_queries;
  tree::walk(node, [&](Node const& below) {
    if (auto const* range = tree::as<RangeVar>(&below)) {
      add_once(relations, tree::qualified(*range));
    }
    if (auto const* query = tree::as<CommonTableExpr>(&below)) {
      with_queries.push_back({Identifier(), identifier(query->ctename)});
    }
    return true;
  });
  std::erase_if(relations, [&](QualifiedName const& relation) {
    return std::ranges::find(with_queries, relation) != with_queries.end();
  });
  return relations;
}

ObjectWords const& object_type(::ObjectType type) {
  auto const* const found = std::ranges::find(object_types, type, &ObjectWords::type);
  return found == std::end(object_types) ? any_object : *found;
}

}  // namespace bellows::sql
