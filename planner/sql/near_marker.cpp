#include "planner/sql/near_marker.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace bellows::sql {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Lower-case words with one space between them; whatever else is there only separates.
std::string plain_words(std::string_view text) {
  std::string words;
  for (char const each : text) {
    char const c = lower(each);
    bool const letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter) {
      words += c;
    } else if (!words.empty() && words.back() != ' ') {
      words += ' ';
    }
  }
  if (words.ends_with(' ')) {
    words.pop_back();
  }
  return words;
}

/// What tools call themselves in front of a marker, and words that add nothing to it.
constexpr std::array fillers{"bellows", "migrate", "migration", "goose",      "dbmate",
                             "section", "sql",     "script",    "sqlmigrate", "begin"};
constexpr std::array ways_back{"down",      "undo",      "rollback", "revert",
                               "downgrade", "roll back", "backward", "backwards"};

}  // namespace

bool reads_like_down(std::string_view comment) {
  std::string rest;
  std::string const words = plain_words(comment) + ' ';
  for (std::size_t at = 0; at < words.size();) {
    std::size_t const end = words.find(' ', at);
    std::string const word = words.substr(at, end - at);
    at = end + 1;
    if (std::ranges::find(fillers, word) == fillers.end()) {
      rest += (rest.empty() ? "" : " ") + word;
    }
  }
  return std::ranges::find(ways_back, rest) != ways_back.end();
}

}  // namespace bellows::sql
