#include "runner/rollout/same_digits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace bellows::runner {
namespace {

/// Leading zeros apart: 7_x and 007_y are one number. Empty: it begins with none.
std::string plain_digits_of(std::string const& name) {
  std::string const digits = name.substr(0, name.find_first_not_of("0123456789"));
  auto const begin = std::min(digits.find_first_not_of('0'), digits.size());
  return digits.empty() || begin < digits.size() ? digits.substr(begin) : "0";
}

}  // namespace

std::string same_digits(std::vector<std::string> const& names,
                        std::vector<std::string> const& asked) {
  std::map<std::string, std::vector<std::string>> by_digits;
  for (std::string const& name : names) {
    by_digits[plain_digits_of(name)].push_back(name);
  }
  std::set<std::string> told;
  std::vector<std::string> groups;
  for (std::string const& name : asked) {
    std::string const digits = plain_digits_of(name);
    std::vector<std::string> const& group = by_digits[digits];
    if (!digits.empty() && group.size() > 1 && told.insert(digits).second) {
      groups.push_back(fmt::format("{}", fmt::join(group, ", ")));
    }
  }
  return groups.empty()
             ? ""
             : fmt::format(
                   "the same digits begin {}: bellows runs them in that order, by name, and other "
                   "tools may not; where it matters, rename one before it has run",
                   fmt::join(groups, "; "));
}

}  // namespace bellows::runner
