#include "batcher/control/kept_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr double old = 1;  // second: what is younger came after the rows that stayed

/// Those of whom no time is known (a slot, a replica) have had it for long.
double age(HolderSample const& holder) {
  return holder.seconds.value_or(1e9);
}

HolderSample const* oldest(std::vector<HolderSample> const& holders) {
  auto const found = std::max_element(
      holders.begin(), holders.end(),
      [](HolderSample const& one, HolderSample const& other) { return age(one) < age(other); });
  return found == holders.end() || age(*found) < old ? nullptr : &*found;
}

std::string described(HolderSample const& holder) {
  std::string const since =
      holder.since.empty()
          ? ""
          : fmt::format(", since {} ({:.0f} s)", holder.since, holder.seconds.value_or(0));
  std::string const ends =
      holder.ends_by.empty() ? "" : fmt::format("; to end it: {}", holder.ends_by);
  return fmt::format(
      "{}{} keeps dead rows: each row that is written takes new room in the table "
      "and its indexes{}",
      holder.who, since, ends);
}

}  // namespace

std::optional<std::string> KeptRows::look(std::vector<HolderSample> const& holders) {
  auto const there = [&](std::string const& id) {
    return std::any_of(holders.begin(), holders.end(),
                       [&](HolderSample const& holder) { return holder.id == id; });
  };
  if (!waited_for_.empty() && !there(waited_for_)) {
    waited_for_.clear();
    holds_.clear();
    stayed_ = false;
    ++released_;
  }
  HolderSample const* const holder = stayed_ ? oldest(holders) : nullptr;
  stayed_ = stayed_ && waits_ && holder != nullptr;
  if (holder == nullptr) {
    return std::nullopt;
  }
  if (waits_) {
    waited_for_ = holder->id;
    holds_ = described(*holder);
    return std::nullopt;  // who waits says so anyway
  }
  return told_.insert(holder->id).second
             ? std::optional(described(*holder) + "; the job goes on (--on-kept-rows wait: waits)")
             : std::nullopt;
}

}  // namespace bellows::batcher
