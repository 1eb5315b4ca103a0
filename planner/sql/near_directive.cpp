#include "planner/sql/near_directive.hpp"

#include "planner/sql/lower.hpp"
#include "planner/sql/one_slip.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace bellows::sql {
namespace {

constexpr std::string_view own_name = "bellows";
constexpr std::string_view blank = " \t\r\n";
constexpr std::string_view stops = ":;.,=-";  // where the colon should be

/// Taken off the front of `text`: as much of it as is one of `these`.
std::string_view take(std::string_view& text, std::string_view these) {
  std::size_t const end = std::min(text.find_first_not_of(these), text.size());
  std::string_view const taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

/// "no" and "key" are too short: one letter away is another word.
bool is_misspelt(std::string_view word, std::string_view meant) {
  constexpr std::size_t is_short = 4;
  return meant.size() < is_short ? is_swapped(word, meant) : is_one_slip(word, meant);
}

/// What a sentence about bellows would hardly have behind the word: "bellows backfills it later".
bool is_argument(std::string_view rest) {
  bool const number = !rest.empty() && rest[0] >= '0' && rest[0] <= '9';
  return number || rest.find('=') != rest.npos || rest.find(" because ") != rest.npos ||
         rest == "ready" || rest == "none" || rest == "trial";
}

}  // namespace

std::string_view directive_meant_by(std::string_view comment,
                                    std::span<std::string_view const> words) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  std::string const text = lower(comment);
  std::string_view rest = text;
  take(rest, "-/* \t\r\n");
  std::string_view const name = take(rest, letters);
  if (name != own_name && !is_one_slip(name, own_name)) {
    return {};
  }
  take(rest, blank);
  bool const stopped = !take(rest, stops).empty();
  take(rest, blank);
  std::string_view const word = take(rest, "abcdefghijklmnopqrstuvwxyz-");
  take(rest, blank);
  rest = rest.substr(0, rest.find_last_not_of("*/ \t\r\n") + 1);
  for (std::string_view const each : words) {
    bool const in_talk = each == "no" && rest != "trial";  // "bellows no longer does it"
    bool const exact = word == each && !in_talk;
    if (exact || (is_misspelt(word, each) && (stopped || is_argument(rest)))) {
      return each;
    }
  }
  return {};
}

}  // namespace bellows::sql
