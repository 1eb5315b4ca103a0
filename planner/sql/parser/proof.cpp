#include "planner/sql/proof.hpp"

#include "planner/sql/parser/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

bool is_column(void const* node, Identifier const& column) {
  auto const* reference = tree::as<ColumnRef>(node);
  return reference != nullptr && last_name(*reference) == column.raw();
}

bool is_null_constant(Node const* node) {
  auto const* constant = tree::as<A_Const>(node);
  return constant != nullptr && constant->isnull;
}

bool tests_null(Node const* node, Identifier const& column, NullTestType type) {
  auto const* test = tree::as<NullTest>(node);
  return test != nullptr && test->nulltesttype == type && is_column(test->arg, column);
}

bool proves(Node const* node, Identifier const& column) {
  if (tests_null(node, column, IS_NOT_NULL)) {
    return true;
  }
  if (auto const* expression = tree::as<A_Expr>(node)) {
    return expression->kind == AEXPR_DISTINCT && is_column(expression->lexpr, column) &&
           is_null_constant(expression->rexpr);
  }
  auto const* both = tree::as<BoolExpr>(node);
  if (both == nullptr) {
    return false;
  }
  auto const arguments = tree::items(both->args);
  if (both->boolop == NOT_EXPR) {
    return tests_null(arguments.front(), column, IS_NULL);
  }
  return both->boolop == AND_EXPR &&
         std::ranges::any_of(arguments, [&](Node const* part) { return proves(part, column); });
}

}  // namespace

bool proves_not_null(std::string_view check_definition, Identifier const& column) {
  try {
    tree::Parsed const parsed = tree::parse("ALTER TABLE t ADD " + std::string(check_definition));
    bool proven = false;
    for (RawStmt const* statement : parsed.statements()) {
      tree::each<Constraint>(*statement->stmt, [&](Constraint const& constraint) {
        proven = constraint.is_enforced && proves(constraint.raw_expr, column);
      });
    }
    return proven;
  } catch (SyntaxError const&) {
    return false;  // what is not understood proves nothing
  }
}

}  // namespace bellows::sql
