#include "planner/sql/parse_parts.hpp"
#include "planner/sql/type_name.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

Identifier last_of(PgQuery__ColumnRef const& reference, std::size_t from_the_end) {
  return reference.n_fields < from_the_end
             ? Identifier()
             : Identifier(
                   std::string(tree::text_of(reference.fields[reference.n_fields - from_the_end])));
}

/// Has relations of its own, among which its names are looked for first.
bool opens_scope(ProtobufCMessage const& message) {
  return message.descriptor == &pg_query__select_stmt__descriptor ||
         message.descriptor == &pg_query__insert_stmt__descriptor ||
         message.descriptor == &pg_query__update_stmt__descriptor ||
         message.descriptor == &pg_query__delete_stmt__descriptor ||
         message.descriptor == &pg_query__merge_stmt__descriptor;
}

class Collector {
 public:
  explicit Collector(ProtobufCMessage& root) {
    tree::each<PgQuery__CommonTableExpr>(
        root, pg_query__common_table_expr__descriptor,
        [&](PgQuery__CommonTableExpr const& query) { with_queries_.emplace_back(query.ctename); });
    collect(root, 0);
  }

  Uses uses() && { return std::move(uses_); }

 private:
  void collect(ProtobufCMessage& root, std::size_t scope) {
    tree::walk(root, [&](ProtobufCMessage& message) {
      if (&message != &root && opens_scope(message)) {
        uses_.around.push_back(scope);
        collect(message, uses_.around.size() - 1);
        return false;
      }
      take(message, scope);
      return true;
    });
  }

  void take(ProtobufCMessage& message, std::size_t scope) {
    if (auto* range = tree::cast<PgQuery__RangeVar>(message, pg_query__range_var__descriptor)) {
      QualifiedName name = tree::qualified(*range);
      bool const with =
          name.schema.empty() && std::ranges::find(with_queries_, name.name) != with_queries_.end();
      if (!with) {
        Identifier const alias(range->alias == nullptr ? "" : range->alias->aliasname);
        uses_.relations.push_back({std::move(name), alias, scope});
      }
    }
    if (auto* join = tree::cast<PgQuery__JoinExpr>(message, pg_query__join_expr__descriptor)) {
      for (Identifier& column : identifiers(nodes(join->using_clause, join->n_using_clause))) {
        uses_.columns.push_back({Identifier(), std::move(column), scope});
      }
    }
    if (auto* used = tree::cast<PgQuery__ColumnRef>(message, pg_query__column_ref__descriptor)) {
      uses_.columns.push_back({last_of(*used, 2), last_of(*used, 1), scope});
    }
    if (auto* insert =
            tree::cast<PgQuery__InsertStmt>(message, pg_query__insert_stmt__descriptor)) {
      written(*insert->relation, nodes(insert->cols, insert->n_cols), scope);
    }
    if (auto* change =
            tree::cast<PgQuery__UpdateStmt>(message, pg_query__update_stmt__descriptor)) {
      written(*change->relation, nodes(change->target_list, change->n_target_list), scope);
    }
  }

  /// An INSERT without a list of columns has all of them.
  void written(PgQuery__RangeVar const& relation, std::span<PgQuery__Node* const> targets,
               std::size_t scope) {
    Identifier const own{std::string(own_name(relation))};
    if (targets.empty()) {
      uses_.columns.push_back({own, Identifier(), scope});
    }
    for (PgQuery__Node const* target : targets) {
      uses_.columns.push_back({own, Identifier(target->res_target->name), scope});
    }
  }

  std::vector<Identifier> with_queries_;
  Uses uses_;
};

}  // namespace

Uses uses_in(ProtobufCMessage& node) {
  return Collector(node).uses();
}

DomainChange create_domain(PgQuery__CreateDomainStmt& statement) {
  DomainChange change;
  change.domain = tree::qualified(statement.domainname, statement.n_domainname);
  change.creates = true;
  change.base = type_name(*statement.type_name);
  for (PgQuery__Node const* node : nodes(statement.constraints, statement.n_constraints)) {
    PgQuery__ConstrType const type = node->constraint->contype;
    if (type == PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT) {
      change.default_sql = text_of_expression(node->constraint->raw_expr);
    }
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
  if (*statement.subtype == 'T') {  // SET DEFAULT, DROP DEFAULT
    change.default_sql = text_of_expression(statement.def);
  }
  return change;
}

}  // namespace bellows::sql
