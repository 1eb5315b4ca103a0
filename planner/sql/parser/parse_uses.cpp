#include "planner/sql/parser/parse_parts.hpp"
#include "planner/sql/parser/type_name.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

/// Has relations of its own, among which its names are looked for first.
bool opens_scope(Node const& node) {
  return tree::is<SelectStmt>(&node) || tree::is<InsertStmt>(&node) ||
         tree::is<UpdateStmt>(&node) || tree::is<DeleteStmt>(&node) || tree::is<MergeStmt>(&node);
}

class Collector {
 public:
  explicit Collector(Node const& root) {
    tree::each<CommonTableExpr>(root, [&](CommonTableExpr const& query) {
      with_queries_.push_back(identifier(query.ctename));
    });
    collect(root, 0);
  }

  Uses uses() && { return std::move(uses_); }

 private:
  void collect(Node const& root, std::size_t scope) {
    tree::walk(root, [&](Node const& below) {
      if (&below != &root && opens_scope(below)) {
        uses_.around.push_back(scope);
        collect(below, uses_.around.size() - 1);
        return false;
      }
      take(below, scope);
      return true;
    });
  }

  void take(Node const& node, std::size_t scope) {
    if (auto const* range = tree::as<RangeVar>(&node)) {
      take_relation(*range, scope);
    } else if (auto const* join = tree::as<JoinExpr>(&node)) {
      for (Identifier& column : identifiers(join->usingClause)) {
        uses_.columns.push_back({Identifier(), std::move(column), scope});
      }
    } else if (auto const* used = tree::as<ColumnRef>(&node)) {
      uses_.columns.push_back({Identifier(std::string(qualifier(*used))),
                               Identifier(std::string(last_name(*used))), scope});
    } else if (auto const* insert = tree::as<InsertStmt>(&node)) {
      written(*insert->relation, insert->cols, scope);
    } else if (auto const* change = tree::as<UpdateStmt>(&node)) {
      written(*change->relation, change->targetList, scope);
    }
  }

  void take_relation(RangeVar const& range, std::size_t scope) {
    QualifiedName name = tree::qualified(range);
    bool const with =
        name.schema.empty() && std::ranges::find(with_queries_, name.name) != with_queries_.end();
    if (!with) {
      Identifier alias = range.alias == nullptr ? Identifier() : identifier(range.alias->aliasname);
      uses_.relations.push_back({std::move(name), std::move(alias), scope});
    }
  }

  /// An INSERT without a list of columns has all of them.
  void written(RangeVar const& relation, List const* targets, std::size_t scope) {
    Identifier const own{std::string(own_name(relation))};
    if (targets == nullptr) {
      uses_.columns.push_back({own, Identifier(), scope});
    }
    for (ResTarget const* target : tree::items<ResTarget>(targets)) {
      uses_.columns.push_back({own, identifier(target->name), scope});
    }
  }

  std::vector<Identifier> with_queries_;
  Uses uses_;
};

}  // namespace

Uses uses_in(Node const& node) {
  return Collector(node).uses();
}

DomainChange create_domain(CreateDomainStmt const& statement) {
  DomainChange change;
  change.domain = tree::qualified(statement.domainname);
  change.creates = true;
  change.base = type_name(*statement.typeName);
  for (Constraint const* constraint : tree::items<Constraint>(statement.constraints)) {
    if (constraint->contype == CONSTR_DEFAULT) {
      change.default_sql = text_of_expression(constraint->raw_expr);
    }
    change.constrains = change.constrains || constraint->contype == CONSTR_CHECK ||
                        constraint->contype == CONSTR_NOTNULL;
  }
  return change;
}

DomainChange alter_domain(AlterDomainStmt const& statement) {
  DomainChange change;
  change.domain = tree::qualified(statement.typeName);
  change.constrains = statement.subtype == 'C' || statement.subtype == 'O';  // ADD, SET NOT NULL
  if (statement.subtype == 'T') {  // SET DEFAULT, DROP DEFAULT
    change.default_sql = text_of_expression(statement.def);
  }
  return change;
}

}  // namespace bellows::sql
