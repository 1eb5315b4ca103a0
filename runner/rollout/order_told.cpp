#include "runner/rollout/order_told.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace bellows::runner {
namespace {

/// As many digits as a time of a day in a year has, with or without milliseconds.
bool looks_like_a_time(std::string_view digits) {
  return digits.size() == 14 || digits.size() == 17;
}

bool is_a_time(std::string_view digits) {
  auto const part = [&](std::size_t at) {
    int value = 0;
    std::from_chars(digits.data() + at, digits.data() + at + 2, value);
    return value;
  };
  int const month = part(4);
  int const day = part(6);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && part(8) < 24 && part(10) < 60 &&
         part(12) < 60;
}

/// Flyway compares versions by their numbers, too, and runs what is repeatable last.
bool is_flyways(std::string_view name) {
  bool const version = name.size() > 1 && name[0] == 'V' && name[1] >= '0' && name[1] <= '9';
  return name.find("__") != std::string_view::npos && (version || name.starts_with("R__"));
}

std::string other_way_round(std::vector<std::string> const& names,
                            std::vector<std::string> const& asked) {
  auto const is_asked = [&](std::string const& name) {
    return std::ranges::find(asked, name) != asked.end();
  };
  std::vector<std::string> pairs;
  for (std::size_t at = 1; at < names.size(); ++at) {
    std::string const& first = names[at - 1];
    std::string const& second = names[at];
    bool const told = !is_flyways(first) || !is_flyways(second);
    if (told && first > second && (is_asked(first) || is_asked(second))) {
      pairs.push_back(fmt::format("{} before {}", first, second));
    }
  }
  return pairs.empty()
             ? ""
             : fmt::format(
                   "by the digits bellows runs {}; by name, as a listing shows them and other "
                   "tools "
                   "may run them, it is the other way round; where it matters, rename one before "
                   "it has run",
                   fmt::join(pairs, ", "));
}

std::string no_times(std::vector<std::string> const& asked) {
  std::vector<std::string> found;
  for (std::string const& name : asked) {
    std::string_view const digits =
        std::string_view(name).substr(0, name.find_first_not_of("0123456789"));
    if (looks_like_a_time(digits) && !is_a_time(digits)) {
      found.push_back(name);
    }
  }
  return found.empty() ? ""
                       : fmt::format(
                             "the digits of {} are no time, and are taken for one (year, month, "
                             "day, hour, minute, second), counted on from where they run over",
                             fmt::join(found, ", "));
}

}  // namespace

std::vector<std::string> order_told(std::vector<std::string> const& names,
                                    std::vector<std::string> const& asked) {
  std::vector<std::string> told;
  for (std::string words : {no_times(asked), other_way_round(names, asked)}) {
    if (!words.empty()) {
      told.push_back(std::move(words));
    }
  }
  return told;
}

}  // namespace bellows::runner
