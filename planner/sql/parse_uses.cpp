#include "planner/sql/parse_parts.hpp"
#include "planner/sql/type_name.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

Uses::Column column_use(PgQuery__ColumnRef const& reference) {
  Uses::Column use;
  use.name = Identifier(std::string(tree::text_of(reference.fields[reference.n_fields - 1])));
  if (reference.n_fields > 1) {
    use.qualifier =
        Identifier(std::string(tree::text_of(reference.fields[reference.n_fields - 2])));
  }
  return use;
}

}  // namespace

Uses uses_in(ProtobufCMessage& node) {
  Uses uses;
  tree::walk(node, [&](ProtobufCMessage& message) {
    if (auto* range = tree::cast<PgQuery__RangeVar>(message, pg_query__range_var__descriptor)) {
      Identifier const alias(range->alias == nullptr ? "" : range->alias->aliasname);
      uses.relations.push_back({tree::qualified(*range), alias});
    }
    if (auto* join = tree::cast<PgQuery__JoinExpr>(message, pg_query__join_expr__descriptor)) {
      for (Identifier& column : identifiers(nodes(join->using_clause, join->n_using_clause))) {
        uses.columns.push_back({Identifier(), std::move(column)});
      }
    }
    if (auto* used = tree::cast<PgQuery__ColumnRef>(message, pg_query__column_ref__descriptor)) {
      uses.columns.push_back(column_use(*used));
    }
    return true;
  });
  return uses;
}

DomainChange create_domain(PgQuery__CreateDomainStmt& statement) {
  DomainChange change;
  change.domain = tree::qualified(statement.domainname, statement.n_domainname);
  change.creates = true;
  change.base = type_name(*statement.type_name);
  for (PgQuery__Node const* node : nodes(statement.constraints, statement.n_constraints)) {
    PgQuery__ConstrType const type = node->constraint->contype;
    change.constrains = change.constrains || type == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK ||
                        type == PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL;
  }
  return change;
}

DomainChange alter_domain(PgQuery__AlterDomainStmt const& statement) {
  constexpr std::string_view constraining = "CO";  // ADD CONSTRAINT, SET NOT NULL (gram.y)
  DomainChange change;
  change.domain = tree::qualified(statement.type_name, statement.n_type_name);
  change.constrains = constraining.find(*statement.subtype) != std::string_view::npos;
  return change;
}

}  // namespace bellows::sql
