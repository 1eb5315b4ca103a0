#include "planner/sql/bounds_overlap.hpp"

#include "planner/sql/parser/constant.hpp"

#include <algorithm>
#include <numeric>

// Source: partbounds.c, check_new_partition_bound(), partition_rbound_cmp().
namespace bellows::sql {

namespace {

using Values = std::vector<std::string>;
using Types = std::vector<std::string>;

Order order(std::string const& a, std::string const& b, std::string const& type) {
  std::optional<Constant> const left = constant_in(a);
  std::optional<Constant> const right = constant_in(b);
  if (!left || !right) {
    return Order::Unknown;
  }
  bool const left_null = left->kind == Constant::Kind::Null;
  if (left_null || right->kind == Constant::Kind::Null) {
    return left_null && left->kind == right->kind ? Order::Equal : Order::Different;
  }
  bool const numbers =
      left->kind == Constant::Kind::Number && right->kind == Constant::Kind::Number;
  return compare(*left, *right, type.empty() && numbers ? "bigint" : type);
}

/// Column by column. MINVALUE and MAXVALUE are told apart by where they stand, which is certain of
/// the first column alone: `a_limit` and `b_limit` are how a stands to b where one of them is it.
Order order(Values const& a, Order a_limit, Values const& b, Order b_limit, Types const& types) {
  for (std::size_t i = 0; i < std::min({a.size(), b.size(), types.size()}); ++i) {
    if (a[i].empty() || b[i].empty()) {
      return i > 0 ? Order::Unknown : a[i].empty() ? a_limit : b_limit;
    }
    Order const one = order(a[i], b[i], types[i]);
    if (one != Order::Equal) {
      return one == Order::Different ? Order::Unknown : one;
    }
  }
  return a.size() == b.size() && a.size() == types.size() ? Order::Equal : Order::Unknown;
}

/// `upper`, which is exclusive, ends before `lower` begins.
Certainty ends_before(Values const& upper, Values const& lower, Types const& types) {
  switch (order(upper, Order::Greater, lower, Order::Greater, types)) {
    case Order::Less:
    case Order::Equal:
      return Certainty::Yes;
    case Order::Greater:
      return Certainty::No;
    case Order::Unknown:
    case Order::Different:
      break;
  }
  return Certainty::Unknown;
}

Certainty ranges_overlap(PartitionBounds const& a, PartitionBounds const& b, Types const& types) {
  Certainty const one = ends_before(a.upper, b.lower, types);
  Certainty const other = ends_before(b.upper, a.lower, types);
  if (one == Certainty::Yes || other == Certainty::Yes) {
    return Certainty::No;
  }
  bool const known = one == Certainty::No && other == Certainty::No;
  return known ? Certainty::Yes : Certainty::Unknown;
}

Certainty lists_overlap(PartitionBounds const& a, PartitionBounds const& b, Types const& types) {
  bool unknown = types.size() != 1;
  for (std::string const& left : a.list) {
    for (std::string const& right : b.list) {
      Order const one = order(left, right, types.empty() ? "" : types.front());
      if (one == Order::Equal) {
        return Certainty::Yes;
      }
      unknown = unknown || one == Order::Unknown;
    }
  }
  return unknown ? Certainty::Unknown : Certainty::No;
}

Certainty hashes_overlap(PartitionBounds const& a, PartitionBounds const& b) {
  int const common = std::gcd(a.modulus, b.modulus);
  if (common == 0) {
    return Certainty::Unknown;
  }
  return (a.remainder - b.remainder) % common == 0 ? Certainty::Yes : Certainty::No;
}

}  // namespace

Certainty overlap(PartitionBounds const& a, PartitionBounds const& b, Types const& types) {
  if (a.strategy != b.strategy) {
    return Certainty::Unknown;
  }
  try {
    return a.strategy == "range"  ? ranges_overlap(a, b, types)
           : a.strategy == "list" ? lists_overlap(a, b, types)
           : a.strategy == "hash" ? hashes_overlap(a, b)
                                  : Certainty::Unknown;
  } catch (SyntaxError const&) {
    return Certainty::Unknown;  // a newer server's
  }
}

Certainty is_empty_range(PartitionBounds const& bounds, Types const& types) {
  if (bounds.strategy != "range") {
    return Certainty::No;
  }
  try {
    switch (order(bounds.lower, Order::Less, bounds.upper, Order::Less, types)) {
      case Order::Less:
        return Certainty::No;
      case Order::Greater:
      case Order::Equal:
        return Certainty::Yes;
      case Order::Unknown:
      case Order::Different:
        break;
    }
  } catch (SyntaxError const&) {
    return Certainty::Unknown;
  }
  return Certainty::Unknown;
}

}  // namespace bellows::sql
