#include "planner/sql/parser/parse_parts.hpp"
#include "planner/sql/parser/type_name.hpp"

// Names as PostgreSQL makes them up: src/backend/parser/parse_target.c, FigureColnameInternal().
namespace bellows::sql {

namespace {

/// What a name is worth: one of a column or a function outranks that of a cast's type.
struct Name {
  std::string text;
  int strength = 0;
};

Name name_of(Node const* node);

Name name_of_cast(TypeCast const& cast) {
  Name name = name_of(cast.arg);
  std::string_view const type = last_name(cast.typeName->names);
  return name.strength <= 1 && !type.empty() ? Name{std::string(type), 1} : name;
}

Name name_of_case(CaseExpr const& expression) {
  Name const name =
      expression.defresult == nullptr ? Name{} : name_of(&tree::node(*expression.defresult));
  return name.strength <= 1 ? Name{"case", 1} : name;
}

Name name_of(Node const* node) {
  if (node == nullptr) {
    return {};
  }
  switch (node->type) {
    case T_ColumnRef:
      return {std::string(last_name(*tree::as<ColumnRef>(node))), 2};
    case T_FuncCall:
      return {std::string(last_name(tree::as<FuncCall>(node)->funcname)), 2};
    case T_TypeCast:
      return name_of_cast(*tree::as<TypeCast>(node));
    case T_CaseExpr:
      return name_of_case(*tree::as<CaseExpr>(node));
    case T_CoalesceExpr:
      return {"coalesce", 2};
    case T_MinMaxExpr:
      return {tree::as<MinMaxExpr>(node)->op == IS_GREATEST ? "greatest" : "least", 2};
    default:  // PostgreSQL's enum of every node there is
      return {};
  }
}

/// Nodes that PostgreSQL calls "?column?".
bool is_nameless(Node const* node) {
  auto const* expression = tree::as<A_Expr>(node);
  return tree::is<A_Const>(node) || tree::is<BoolExpr>(node) || tree::is<NullTest>(node) ||
         (expression != nullptr && expression->kind != AEXPR_NULLIF);
}

void take_origin(OutputColumn& column, Node const* node) {
  if (auto const* cast = tree::as<TypeCast>(node)) {
    column.type = type_name(*cast->typeName);
  } else if (auto const* call = tree::as<FuncCall>(node)) {
    bool const counts =
        tree::items(call->funcname).size() == 1 && last_name(call->funcname) == "count";
    column.type.text = counts ? "bigint" : "";
  } else if (auto const* reference = tree::as<ColumnRef>(node)) {
    column.column = Identifier(std::string(last_name(*reference)));
    column.qualifier = Identifier(std::string(qualifier(*reference)));
    column.star = tree::is<A_Star>(tree::last(reference->fields));
  }
}

std::optional<OutputColumn> output_column(ResTarget const& target) {
  OutputColumn column;
  take_origin(column, target.val);
  column.name =
      target.name != nullptr ? identifier(target.name) : Identifier(name_of(target.val).text);
  if (column.name.empty() && !column.star) {
    if (!is_nameless(target.val)) {
      return std::nullopt;
    }
    column.name = Identifier("?column?");
  }
  return column;
}

/// Tables side by side, or joined ON: each has its columns for itself.
bool take_from(Node const* node, Output& output) {
  if (auto const* range = tree::as<RangeVar>(node)) {
    Alias const* alias = range->alias;
    output.from.push_back(
        {tree::qualified(*range), alias == nullptr ? Identifier() : identifier(alias->aliasname)});
    return alias == nullptr || alias->colnames == nullptr;
  }
  auto const* join = tree::as<JoinExpr>(node);
  bool const plain =
      join != nullptr && !join->isNatural && join->usingClause == nullptr && join->alias == nullptr;
  return plain && take_from(join->larg, output) && take_from(join->rarg, output);
}

}  // namespace

std::optional<Output> output_of(Node const* query, List const* names) {
  auto const* select = tree::as<SelectStmt>(query);
  bool const simple = select != nullptr && select->op == SETOP_NONE &&
                      select->withClause == nullptr && select->valuesLists == nullptr;
  if (!simple) {
    return std::nullopt;
  }
  Output output;
  for (Node const* item : tree::items(select->fromClause)) {
    if (!take_from(item, output)) {
      return std::nullopt;
    }
  }
  for (ResTarget const* target : tree::items<ResTarget>(select->targetList)) {
    std::optional<OutputColumn> column = output_column(*target);
    if (!column) {
      return std::nullopt;
    }
    output.columns.push_back(std::move(*column));
  }
  output.names = identifiers(names);
  return output;
}

}  // namespace bellows::sql
