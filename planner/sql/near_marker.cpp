#include "planner/sql/near_marker.hpp"

#include "planner/sql/one_slip.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace bellows::sql {
namespace {

char lower_letter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Lower-case words with one space between them; whatever else is there only separates.
std::string plain_words(std::string_view text) {
  std::string words;
  for (char const each : text) {
    char const c = lower_letter(each);
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
constexpr std::array ways_back{"down",      "undo",      "rollback",    "revert",
                               "downgrade", "roll back", "backward",    "backwards",
                               "reverse",   "way back",  "the way back"};

/// The markers themselves, in plain words.
constexpr std::array<std::string_view, 4> plain_markers{"down migration", "migrate down",
                                                        "goose down", "bellows down"};
constexpr std::array<std::string_view, 4> plain_up_markers{"up migration", "migrate up", "goose up",
                                                           "bellows up"};
/// What a tool takes behind its marker; of node-pg-migrate that is any text.
constexpr std::array<std::string_view, 2> options{"notransaction", "transaction false"};
constexpr std::string_view before_any_text = "down migration";

/// In a short word another letter makes another word ("own"), two that changed places make none.
bool is_nearly(std::string_view word, std::string_view meant) {
  constexpr std::size_t is_short = 5;
  return word == meant ||
         (meant.size() < is_short ? is_swapped(word, meant) : is_one_slip(word, meant));
}

/// The first two words of a text, and what stands behind them.
struct Parts {
  std::string_view first;
  std::string_view second;
  std::string_view rest;
};

Parts parts_of(std::string_view words) {
  std::size_t const one = std::min(words.find(' '), words.size());
  std::string_view const behind = words.substr(std::min(one + 1, words.size()));
  std::size_t const two = std::min(behind.find(' '), behind.size());
  return {words.substr(0, one), behind.substr(0, two),
          behind.substr(std::min(two + 1, behind.size()))};
}

bool is_mistyped(std::string_view words, std::string_view marker) {
  Parts const typed = parts_of(words);
  Parts const meant = parts_of(marker);
  bool const takes_rest = typed.rest.empty() || marker == before_any_text ||
                          std::ranges::find(options, typed.rest) != options.end();
  bool const each =
      takes_rest && is_nearly(typed.first, meant.first) && is_nearly(typed.second, meant.second);
  return each || is_one_slip(words, marker);
}

/// A tool's own marker with something behind it that the tool does not take: `-- +goose Down: x`.
bool begins_with_marker(std::string_view comment) {
  std::string text;
  for (char const c : comment) {
    bool const leads = text.empty() && (c == '-' || c == ' ' || c == '\t');
    text += leads ? "" : std::string(1, lower_letter(c));
  }
  constexpr std::array<std::string_view, 3> of_tools{"migrate:down", "+goose down",
                                                     "+migrate down"};
  return std::ranges::any_of(of_tools, [&](auto marker) { return text.starts_with(marker); });
}

/// What is left of the words that say something.
std::string without_fillers(std::string const& plain) {
  std::string rest;
  std::string const words = plain + ' ';
  for (std::size_t at = 0; at < words.size();) {
    std::size_t const end = words.find(' ', at);
    std::string const word = words.substr(at, end - at);
    at = end + 1;
    if (std::ranges::find(fillers, word) == fillers.end()) {
      rest += (rest.empty() ? "" : " ") + word;
    }
  }
  return rest;
}

bool is_way_back(std::string const& plain) {
  std::string const rest = without_fillers(plain);
  return std::ranges::any_of(ways_back, [&](auto way) { return is_nearly(rest, way); });
}

}  // namespace

bool reads_like_down(std::string_view comment) {
  std::string const words = plain_words(comment);
  return is_way_back(words) || begins_with_marker(comment) ||
         std::ranges::any_of(plain_markers,
                             [&](auto marker) { return is_mistyped(words, marker); });
}

bool reads_like_up(std::string_view comment) {
  std::string const words = plain_words(comment);
  return is_nearly(without_fillers(words), "up") ||
         std::ranges::any_of(plain_up_markers,
                             [&](auto marker) { return is_mistyped(words, marker); });
}

}  // namespace bellows::sql
