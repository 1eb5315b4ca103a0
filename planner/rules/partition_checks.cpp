#include "planner/rules/partition_checks.hpp"

#include "planner/locks/partitions.hpp"

#include <fmt/format.h>

#include <algorithm>

// Source: partbounds.c, get_qual_for_list(), get_qual_for_range(); a CHECK that repeats a
// partition's constraint word for word is recognised whatever the key is; tried on 15.
namespace bellows::rules {

namespace {

using catalog::Table;
using sql::PartitionBounds;

bool is_null(std::string const& value) {
  return value == "NULL" || value == "null";
}

std::string of_list(std::string const& column, PartitionBounds const& bounds, bool inside) {
  std::vector<std::string> values = bounds.list;
  bool const null = std::erase_if(values, is_null) > 0;
  std::string const among =
      values.empty()
          ? ""
          : fmt::format("{} {} ({})", column, inside ? "IN" : "NOT IN", fmt::join(values, ", "));
  std::string const with_null = column + (inside ? " IS NULL" : " IS NOT NULL");
  if (null) {
    return among.empty() ? with_null
                         : fmt::format("{} {} {}", with_null, inside ? "OR" : "AND", among);
  }
  return inside ? fmt::format("{} IS NOT NULL AND {}", column, among) : among;
}

std::string of_range(std::string const& column, PartitionBounds const& bounds, bool inside) {
  std::vector<std::string> parts;
  if (inside) {
    parts.push_back(column + " IS NOT NULL");
  }
  if (!bounds.lower[0].empty()) {
    parts.push_back(fmt::format("{} {} {}", column, inside ? ">=" : "<", bounds.lower[0]));
  }
  if (!bounds.upper[0].empty()) {
    parts.push_back(fmt::format("{} {} {}", column, inside ? "<" : ">=", bounds.upper[0]));
  }
  return fmt::format("{}", fmt::join(parts, inside ? " AND " : " OR "));
}

/// Empty where one comparison of one column does not say it.
std::string condition_of(Table const& parent, PartitionBounds const& bounds, bool inside) {
  sql::PartitionKey const& key = parent.partition_key;
  if (key.columns.size() != 1 || key.has_expressions) {
    return "";
  }
  std::string const column = key.columns.front().quoted();
  if (bounds.strategy == "list") {
    return of_list(column, bounds, inside);
  }
  bool const one =
      bounds.strategy == "range" && bounds.lower.size() == 1 && bounds.upper.size() == 1;
  return one ? of_range(column, bounds, inside) : "";
}

bool spares(Table const& parent, Table table, PartitionBounds const& bounds, bool inside,
            std::string const& condition) {
  catalog::Constraint check;
  check.kind = catalog::ConstraintKind::Check;
  check.validated = true;
  check.definition = "CHECK (" + condition + ")";
  table.constraints.push_back(std::move(check));
  return inside ? locks::tells_inside(parent, table, bounds)
                : locks::tells_outside(parent, table, bounds);
}

/// '2026-05-01' as a moment: '2026-05-01 00:00:00+00'. As it is where it says its offset, or is in
/// other words.
std::string with_offset(std::string const& literal) {
  std::string_view constexpr digits = "0123456789";
  if (literal.size() < 12 || !literal.starts_with('\'') || !literal.ends_with('\'')) {
    return literal;
  }
  std::string text = literal.substr(1, literal.size() - 2);
  if (text.find_first_not_of(std::string(digits) + "-:. T") != std::string::npos) {
    return literal;
  }
  text += text.size() == 10 ? " 00:00:00+00" : "+00";
  return "'" + text + "'";
}

PartitionBounds with_offsets(PartitionBounds bounds) {
  for (std::vector<std::string>* values : {&bounds.list, &bounds.lower, &bounds.upper}) {
    std::ranges::transform(*values, values->begin(), with_offset);
  }
  return bounds;
}

bool same(PartitionBounds const& a, PartitionBounds const& b) {
  return a.list == b.list && a.lower == b.lower && a.upper == b.upper;
}

std::string first_do(Table const& table, std::string const& condition) {
  std::string const name = sql::bounded_name(table.name.name.raw() + "_bounds").quoted();
  return fmt::format(
      "ALTER TABLE {0} ADD CONSTRAINT {1} CHECK ({2}) NOT VALID; then, in a migration of its own, "
      "ALTER TABLE {0} VALIDATE CONSTRAINT {1}: then nothing is read here.",
      table.name.display(), name, condition);
}

}  // namespace

std::string check_that_spares(Table const& parent, Table const& table,
                              PartitionBounds const& bounds, bool inside, std::string_view rule) {
  if (bounds.is_default) {
    return fmt::format(
        "A validated CHECK that excludes the bounds of every other partition spares it; bellows "
        "does not see through that: -- bellows: allow {} because …",
        rule);
  }
  std::string const condition = condition_of(parent, bounds, inside);
  bool const unbounded =
      condition.empty() && bounds.strategy == "range" && bounds.lower.size() == 1;
  if (unbounded && !parent.partition_key.has_expressions) {
    return "No CHECK spares it: every row belongs to the new partition. Do it while nobody waits "
           "for the table.";
  }
  if (!condition.empty() && spares(parent, table, bounds, inside, condition)) {
    return first_do(table, condition);
  }
  PartitionBounds const moments = with_offsets(bounds);
  std::string const exact = condition_of(parent, moments, inside);
  if (!same(moments, bounds) && spares(parent, table, moments, inside, exact)) {
    return fmt::format(
        "Which moment a bound without an offset is, TimeZone decides: write it as {} here as well, "
        "or whatever offset is meant. {}",
        moments.list.empty() ? (moments.lower[0].empty() ? moments.upper[0] : moments.lower[0])
                             : moments.list.front(),
        first_do(table, exact));
  }
  return fmt::format(
      "A validated CHECK that repeats the partition's constraint word for word "
      "(pg_get_partition_constraintdef() of one like it shows them) spares it; bellows does not "
      "see through that: -- bellows: allow {} because …",
      rule);
}

}  // namespace bellows::rules
