#include "planner/locks/partition_overlap.hpp"
#include "planner/rules/preconditions/parts.hpp"

// Source: partbounds.c, check_new_partition_bound().
namespace bellows::rules::preconditions {

namespace {

using sql::Certainty;

MaybeBreach is_empty_range(Facts const& facts) {
  auto const [parent, bounds] = locks::coming(facts);
  bool const range = parent != nullptr && parent->partition_key.strategy == "range";
  return range && sql::is_empty_range(*bounds, locks::key_types(*parent)) == Certainty::Yes
             ? std::optional(breach(parent->name.display()))
             : std::nullopt;
}

MaybeBreach overlaps(Facts const& facts) {
  locks::Overlapped const other = locks::overlapped(facts);
  return other.certainty == Certainty::Yes ? std::optional(breach(other.partition.display()))
                                           : std::nullopt;
}

constexpr Precondition bounds_rows[] = {
    {"42P17", is_empty_range, of::create_table | of::attach_partition,
     "FROM is not below TO, so that no row of {what} could be in it",
     "Give the lower bound first."},
    {"42P17", overlaps, of::create_table | of::attach_partition,
     "the bounds overlap those of {what}",
     "Give bounds that no other partition has, or ALTER TABLE … DETACH PARTITION {what} first."},
};

}  // namespace

std::span<Precondition const> of_bounds() {
  return bounds_rows;
}

}  // namespace bellows::rules::preconditions
