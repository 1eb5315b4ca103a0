#include "planner/sql/parser/key_condition.hpp"

#include <algorithm>
#include <array>

// Source: partbounds.c, get_qual_for_range() and get_qual_for_list().
namespace bellows::sql {

namespace {

using Kind = Condition::Kind;

/// Longer lists are not taken apart (MAX_SAOP_ARRAY_SIZE).
constexpr std::size_t longest_list = 100;

std::optional<Operator> operator_of(std::string_view name) {
  struct Row {
    std::string_view name;
    Operator op;
  };
  constexpr Row rows[] = {{"<", Operator::Less},    {"<=", Operator::AtMost},
                          {"=", Operator::Equal},   {">=", Operator::AtLeast},
                          {">", Operator::Greater}, {"<>", Operator::NotEqual}};
  auto const* found = std::ranges::find(rows, name, &Row::name);
  return found == std::end(rows) ? std::nullopt : std::optional(found->op);
}

Operator negated(Operator op) {
  constexpr std::array<Operator, 6> others = {Operator::AtLeast,  Operator::Greater,
                                              Operator::NotEqual, Operator::Less,
                                              Operator::AtMost,   Operator::Equal};
  return others.at(static_cast<std::size_t>(op));
}

/// `5 < column` is `column > 5`.
Operator turned(Operator op) {
  constexpr std::array<Operator, 6> others = {Operator::Greater, Operator::AtLeast,
                                              Operator::Equal,   Operator::AtMost,
                                              Operator::Less,    Operator::NotEqual};
  return others.at(static_cast<std::size_t>(op));
}

Condition of_kind(Kind kind, std::vector<Condition> parts = {}) {
  Condition condition;
  condition.kind = kind;
  condition.parts = std::move(parts);
  return condition;
}

// --- from a CHECK's tree ---

class Reader {
 public:
  explicit Reader(KeyFacts const& facts) : facts_(facts) {}

  Condition read(Node const& node, bool negate) const {
    if (auto const* expression = tree::as<BoolExpr>(&node)) {
      return read_bool(*expression, negate);
    }
    if (auto const* test = tree::as<NullTest>(&node)) {
      return read_null_test(*test, negate);
    }
    auto const* expression = tree::as<A_Expr>(&node);
    return expression == nullptr ? Condition{} : read_expression(*expression, negate);
  }

 private:
  static Condition joined(bool all, std::vector<Condition> parts) {
    return of_kind(all ? Kind::And : Kind::Or, std::move(parts));
  }

  static Condition compared(Operator op, Constant value) {
    Condition condition;
    condition.kind = Kind::Compare;
    condition.op = op;
    condition.value = std::move(value);
    return condition;
  }

  /// varchar is compared as text.
  bool is_column(void const* node) const {
    auto const* cast = tree::as<TypeCast>(node);
    if (cast != nullptr && facts_.type.starts_with("character varying")) {
      return is_column(cast->arg);
    }
    auto const* reference = tree::as<ColumnRef>(node);
    return reference != nullptr && last_name(*reference) == facts_.column.raw();
  }

  Condition read_bool(BoolExpr const& expression, bool negate) const {
    auto const arguments = tree::items(expression.args);
    if (expression.boolop == NOT_EXPR) {
      return read(*arguments.front(), !negate);
    }
    std::vector<Condition> parts;
    for (Node const* argument : arguments) {
      parts.push_back(read(*argument, negate));
    }
    return joined((expression.boolop == AND_EXPR) != negate, std::move(parts));
  }

  Condition read_null_test(NullTest const& test, bool negate) const {
    Condition condition;
    if (is_column(test.arg)) {
      bool const null = test.nulltesttype == IS_NULL;
      condition.kind = null != negate ? Kind::IsNull : Kind::IsNotNull;
    }
    return condition;
  }

  Condition read_expression(A_Expr const& expression, bool negate) const {
    switch (expression.kind) {
      case AEXPR_OP:
        return read_operator(expression, negate);
      case AEXPR_IN:
      case AEXPR_OP_ANY:
      case AEXPR_OP_ALL:
        return read_list(expression, negate);
      case AEXPR_BETWEEN:
        return read_between(expression, negate);
      default:  // LIKE and its kin
        return {};
    }
  }

  static std::optional<Operator> operator_of(A_Expr const& expression) {
    return tree::items(expression.name).size() == 1 ? sql::operator_of(last_name(expression.name))
                                                    : std::nullopt;
  }

  Condition read_operator(A_Expr const& expression, bool negate) const {
    std::optional<Operator> op = operator_of(expression);
    bool const left = is_column(expression.lexpr);
    bool const right = is_column(expression.rexpr);
    if (!op || expression.lexpr == nullptr || left == right) {
      return {};
    }
    std::optional<Constant> value = constant_of(left ? *expression.rexpr : *expression.lexpr);
    if (!value) {
      return {};
    }
    op = left ? *op : turned(*op);
    return compared(negate ? negated(*op) : *op, std::move(*value));
  }

  /// IN (…), = ANY (ARRAY[…]), <> ALL (ARRAY[…]).
  Condition read_list(A_Expr const& expression, bool negate) const {
    std::optional<Operator> const op = operator_of(expression);
    std::optional<std::vector<Constant>> values = constants(expression.rexpr);
    if (!op || !values || !is_column(expression.lexpr)) {
      return {};
    }
    bool const all = expression.kind == AEXPR_OP_ALL ||
                     (expression.kind == AEXPR_IN && *op == Operator::NotEqual);
    std::vector<Condition> parts;
    for (Constant& value : *values) {
      parts.push_back(compared(negate ? negated(*op) : *op, std::move(value)));
    }
    return joined(all != negate, std::move(parts));
  }

  static std::optional<std::vector<Constant>> constants(Node const* node) {
    if (auto const* cast = tree::as<TypeCast>(node)) {  // (ARRAY[…])::text[]
      return constants(cast->arg);
    }
    auto const* array = tree::as<A_ArrayExpr>(node);
    if (array == nullptr && !tree::is<List>(node)) {
      return std::nullopt;
    }
    std::vector<Constant> values;
    for (Node const* item :
         tree::items(array != nullptr ? array->elements : tree::as<List>(node))) {
      std::optional<Constant> value = constant_of(*item);
      if (!value || values.size() == longest_list) {
        return std::nullopt;
      }
      values.push_back(std::move(*value));
    }
    return values;
  }

  Condition read_between(A_Expr const& expression, bool negate) const {
    auto const limits = tree::items(tree::as<List>(expression.rexpr));
    bool const pair = is_column(expression.lexpr) && limits.size() == 2;
    std::optional<Constant> from = pair ? constant_of(*limits[0]) : std::nullopt;
    std::optional<Constant> to = pair ? constant_of(*limits[1]) : std::nullopt;
    if (!from || !to) {
      return {};
    }
    std::vector<Condition> parts;
    parts.push_back(compared(negate ? Operator::Less : Operator::AtLeast, std::move(*from)));
    parts.push_back(compared(negate ? Operator::Greater : Operator::AtMost, std::move(*to)));
    return joined(!negate, std::move(parts));
  }

  KeyFacts const& facts_;
};

// --- from a partition's bounds ---

Condition comparison(Operator op, std::string const& text) {
  Condition condition;
  if (std::optional<Constant> value = constant_in(text)) {
    condition.kind = Kind::Compare;
    condition.op = op;
    condition.value = std::move(*value);
  }
  return condition;
}

Condition range_condition(PartitionBounds const& bounds) {
  std::vector<Condition> parts{of_kind(Kind::IsNotNull)};
  if (!bounds.lower.at(0).empty()) {
    parts.push_back(comparison(Operator::AtLeast, bounds.lower[0]));
  }
  if (!bounds.upper.at(0).empty()) {
    parts.push_back(comparison(Operator::Less, bounds.upper[0]));
  }
  return of_kind(Kind::And, std::move(parts));
}

Condition list_condition(PartitionBounds const& bounds) {
  std::vector<Condition> values;
  bool null = false;
  for (std::string const& text : bounds.list) {
    Condition value = comparison(Operator::Equal, text);
    bool const is_null = value.kind == Kind::Compare && value.value.kind == Constant::Kind::Null;
    null = null || is_null;
    if (!is_null) {
      values.push_back(std::move(value));
    }
  }
  if (null) {
    values.push_back(of_kind(Kind::IsNull));
    return of_kind(Kind::Or, std::move(values));
  }
  std::vector<Condition> both{of_kind(Kind::IsNotNull), of_kind(Kind::Or, std::move(values))};
  return of_kind(Kind::And, std::move(both));
}

}  // namespace

Condition known_of(KeyFacts const& facts) {
  std::vector<Condition> parts;
  if (facts.not_null) {
    parts.push_back(of_kind(Kind::IsNotNull));
  }
  for (std::string const& check : facts.checks) {
    tree::Parsed const parsed = tree::parse("ALTER TABLE t ADD " + check);
    for (RawStmt const* statement : parsed.statements()) {
      tree::each<Constraint>(*statement->stmt, [&](Constraint const& constraint) {
        if (constraint.raw_expr != nullptr && constraint.is_enforced) {
          parts.push_back(Reader(facts).read(*constraint.raw_expr, false));
        }
      });
    }
  }
  return of_kind(Kind::And, std::move(parts));
}

std::optional<Condition> partition_condition(PartitionBounds const& bounds) {
  if (bounds.strategy == "range" && bounds.lower.size() == 1 && bounds.upper.size() == 1) {
    return range_condition(bounds);
  }
  bool const list = bounds.strategy == "list" && bounds.list.size() <= longest_list;
  return list ? std::optional(list_condition(bounds)) : std::nullopt;
}

Condition negation(Condition condition) {
  switch (condition.kind) {
    case Kind::And:
    case Kind::Or:
      condition.kind = condition.kind == Kind::And ? Kind::Or : Kind::And;
      for (Condition& part : condition.parts) {
        part = negation(std::move(part));
      }
      return condition;
    case Kind::Compare:
      condition.op = negated(condition.op);
      return condition;
    case Kind::IsNull:
      condition.kind = Kind::IsNotNull;
      return condition;
    case Kind::IsNotNull:
      condition.kind = Kind::IsNull;
      return condition;
    case Kind::Unknown:
      return condition;
  }
  return condition;
}

}  // namespace bellows::sql
