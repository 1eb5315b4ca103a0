#include "tests/fuzz/mutate.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace bellows::fuzz {
namespace {

/// What grammars turn on: delimiters that stay open, words that change the meaning of what follows,
/// numbers at the ends of their types.
constexpr std::string_view dictionary[] = {
    "'",
    "\"",
    "$$",
    "$a$",
    "/*",
    "*/",
    "--",
    "\n",
    ";",
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "::",
    "\\",
    "E'",
    "U&'",
    "U&\"",
    "\xC3",
    "\xF0\x9F\x92\xA5",
    "\xEF\xBB\xBF",
    "\r\n",
    "\t",
    "\x1b[31m",
    "-- bellows: ",
    "-- bellows: up\n",
    "-- bellows: down\n",
    "-- bellows: allow x because y\n",
    "-- bellows: using a = b\n",
    "-- +goose StatementBegin\n",
    "-- migrate:down\n",
    "ALTER TABLE ",
    "ADD COLUMN ",
    "DROP ",
    "CREATE ",
    "INDEX ",
    "CONCURRENTLY ",
    " NOT VALID",
    " NOT ENFORCED",
    " ENFORCED",
    " VIRTUAL",
    " STORED",
    "GENERATED ALWAYS AS (",
    " NOT NULL ",
    " CASCADE",
    " ONLY ",
    " IF EXISTS ",
    " USING ",
    " REFERENCES ",
    "PARTITION OF ",
    "INHERITS (",
    "SELECT ",
    " UNION ",
    "BEGIN ATOMIC ",
    " END",
    "CASE ",
    "DO ",
    "MERGE INTO ",
    "COPY ",
    " AS ",
    "NULL",
    "true",
    "0",
    "-1",
    "2147483648",
    "9223372036854775808",
    "1e400",
    "0x",
    "{",
    "}",
    ":",
    "- ",
    "&a",
    "*a",
    "<<: ",
    "!!",
    "|",
    ">",
    "null",
    "\"a\":",
    "[[",
    "]]",
    "\\u0000",
    "\\ud800",
    "~",
    "? ",
};

std::string_view any_word(Mutator& mutator) {
  return dictionary[mutator.below(std::size(dictionary))];
}

}  // namespace

std::string Mutator::noise() {
  std::string bytes;
  for (std::size_t left = below(200); left > 0; --left) {
    bytes += static_cast<char>(below(256));
  }
  return bytes;
}

void Mutator::change(std::string& text, std::vector<std::string> const& corpus) {
  std::size_t const at = below(text.size() + 1);
  std::size_t const length = below(std::min<std::size_t>(text.size() - at, 40) + 1);
  switch (below(8)) {
    case 0:  // one byte
      if (at < text.size()) {
        text[at] = static_cast<char>(below(256));
      }
      break;
    case 1:
      text.erase(at, length);
      break;
    case 2:
      text.insert(at, any_word(*this));
      break;
    case 3:
      text.replace(at, length, any_word(*this));
      break;
    case 4:  // the same again, which nests or chains
      for (std::size_t times = below(below(20) == 0 ? 400 : 6); times > 0; --times) {
        text.insert(at, text.substr(at, length));
      }
      break;
    case 5: {  // a part of another one
      std::string const& other = corpus[below(corpus.size())];
      std::size_t const from = below(other.size() + 1);
      text.insert(at, other.substr(from, below(200)));
      break;
    }
    case 6:  // the end is missing
      text.resize(at);
      break;
    default:  // a number: the range has no more
      std::swap(text[at % std::max<std::size_t>(text.size(), 1)],
                text[below(std::max<std::size_t>(text.size(), 1))]);
  }
  if (text.size() > bytes_max_) {
    text.resize(bytes_max_);
  }
}

std::string Mutator::next(std::vector<std::string> const& corpus) {
  if (corpus.empty() || below(100) == 0) {
    return noise();
  }
  std::string text = corpus[below(corpus.size())];
  for (std::size_t times = 1 + below(8); times > 0; --times) {
    change(text, corpus);
  }
  return text;
}

}  // namespace bellows::fuzz
