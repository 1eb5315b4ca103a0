#include "planner/sql/bounds_proof.hpp"

#include "planner/sql/parser/key_condition.hpp"

#include <algorithm>

// Source: src/backend/optimizer/util/predtest.c, predicate_implied_by() in its weak form, as
// ConstraintImpliedByRelConstraint() asks it. Tried on 13 to 18.
namespace bellows::sql {

namespace {

using Kind = Condition::Kind;

/// column `op` a makes column `wanted` b true.
bool follows(Operator op, Operator wanted, Order a_to_b) {
  bool const less = a_to_b == Order::Less;
  bool const equal = a_to_b == Order::Equal;
  bool const greater = a_to_b == Order::Greater;
  bool const below = op == Operator::Less || op == Operator::AtMost || op == Operator::Equal;
  bool const above = op == Operator::Greater || op == Operator::AtLeast || op == Operator::Equal;
  switch (wanted) {
    case Operator::Less:
      return below && (less || (equal && op == Operator::Less));
    case Operator::AtMost:
      return below && (less || equal);
    case Operator::Equal:
      return op == Operator::Equal && equal;
    case Operator::AtLeast:
      return above && (greater || equal);
    case Operator::Greater:
      return above && (greater || (equal && op == Operator::Greater));
    case Operator::NotEqual:
      return (op == Operator::NotEqual && equal) ||
             (op == Operator::Equal && a_to_b == Order::Different) ||
             follows(op, Operator::Less, a_to_b) || follows(op, Operator::Greater, a_to_b);
  }
  return false;
}

class Prover {
 public:
  explicit Prover(std::string_view type) : type_(type) {}

  /// predicate_implied_by_recurse(): by the kinds of both, in this order.
  bool implies(Condition const& known, Condition const& wanted) const {
    auto const each_wanted = [&](Condition const& part) { return implies(known, part); };
    auto const each_known = [&](Condition const& part) { return implies(part, wanted); };
    if (wanted.kind == Kind::And) {
      return std::ranges::all_of(wanted.parts, each_wanted);
    }
    if (known.kind == Kind::And) {
      bool const one = wanted.kind == Kind::Or && std::ranges::any_of(wanted.parts, each_wanted);
      return one || std::ranges::any_of(known.parts, each_known);
    }
    if (known.kind == Kind::Or) {
      return std::ranges::all_of(known.parts, each_known);
    }
    if (wanted.kind == Kind::Or) {
      return std::ranges::any_of(wanted.parts, each_wanted);
    }
    return implies_simply(known, wanted);
  }

 private:
  bool implies_simply(Condition const& known, Condition const& wanted) const {
    if (known.kind != wanted.kind || known.kind == Kind::Unknown) {
      return false;
    }
    return known.kind != Kind::Compare ||
           follows(known.op, wanted.op, compare(known.value, wanted.value, type_));
  }

  std::string_view type_;
};

bool proves(KeyFacts const& facts, PartitionBounds const& bounds, bool inside) {
  try {
    std::optional<Condition> const wanted = partition_condition(bounds);
    return wanted &&
           Prover(facts.type).implies(known_of(facts), inside ? *wanted : negation(*wanted));
  } catch (SyntaxError const&) {
    return false;  // a newer server's
  }
}

}  // namespace

bool proves_inside(KeyFacts const& facts, PartitionBounds const& bounds) {
  return proves(facts, bounds, true);
}

bool proves_outside(KeyFacts const& facts, PartitionBounds const& bounds) {
  return proves(facts, bounds, false);
}

}  // namespace bellows::sql
