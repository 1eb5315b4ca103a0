#include "planner/sql/identifier.hpp"

#include "planner/sql/text.hpp"
#include "planner/sql/tree.hpp"

#include <pg_query.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <stdexcept>
#include <utility>

namespace bellows::sql {

namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Every word that the linked grammar might treat as a keyword, in one text for the scanner. The
/// token enum is the only list of them that libpg_query publishes.
std::string candidate_words() {
  std::string words;
  for (unsigned i = 0; i < pg_query__token__descriptor.n_values; ++i) {
    std::string word = pg_query__token__descriptor.values[i].name;
    if (word.ends_with("_P")) {
      word.resize(word.size() - 2);
    }
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::tolower(c); });
    words += word + '\n';
  }
  return words;
}

std::set<std::string, std::less<>> read_keywords() {
  // Reserved since 16, which the linked scanner is too old to know.
  std::set<std::string, std::less<>> keywords{"system_user"};
  std::string const words = candidate_words();
  PgQueryScanResult result = pg_query_scan(words.c_str());
  auto const* bytes = reinterpret_cast<std::uint8_t const*>(result.pbuf.data);
  PgQuery__ScanResult* scanned = pg_query__scan_result__unpack(nullptr, result.pbuf.len, bytes);
  for (std::size_t i = 0; scanned != nullptr && i < scanned->n_tokens; ++i) {
    PgQuery__ScanToken const& token = *scanned->tokens[i];
    if (token.keyword_kind != PG_QUERY__KEYWORD_KIND__NO_KEYWORD &&
        token.keyword_kind != PG_QUERY__KEYWORD_KIND__UNRESERVED_KEYWORD) {
      auto const start = static_cast<std::size_t>(token.start);
      keywords.insert(words.substr(start, static_cast<std::size_t>(token.end) - start));
    }
  }
  pg_query__scan_result__free_unpacked(scanned, nullptr);
  pg_query_free_scan_result(result);
  return keywords;
}

/// The words that cannot be a name everywhere without quotes.
bool is_keyword(std::string_view word) {
  static std::set<std::string, std::less<>> const keywords = read_keywords();
  return keywords.contains(word);
}

bool needs_no_quotes(std::string_view raw) {
  if (raw.empty() || !(is_lower(raw.front()) || raw.front() == '_')) {
    return false;
  }
  bool const plain =
      std::ranges::all_of(raw, [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
  return plain && !is_keyword(raw);
}

[[noreturn]] void not_a_name(std::string_view text) {
  throw std::invalid_argument("not a name, or schema.name, as SQL writes them: " +
                              std::string(text));
}

/// Takes one part off the front of `rest`.
Identifier take_quoted(std::string_view& rest, std::string_view text) {
  std::string raw;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] != '"') {
      raw += rest[i];
    } else if (i + 1 < rest.size() && rest[i + 1] == '"') {
      raw += rest[i++];
    } else {
      rest.remove_prefix(i + 1);
      if (raw.empty()) {
        not_a_name(text);
      }
      return Identifier(raw);
    }
  }
  not_a_name(text);
}

Identifier take_plain(std::string_view& rest, std::string_view text) {
  auto const is_start = [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & '\x80') != 0;
  };
  std::string raw;
  while (!rest.empty() && (is_start(rest.front()) ||
                           (!raw.empty() && (is_digit(rest.front()) || rest.front() == '$')))) {
    char const c = rest.front();
    raw += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    rest.remove_prefix(1);
  }
  if (raw.empty()) {
    not_a_name(text);
  }
  return Identifier(raw);
}

Identifier take_part(std::string_view& rest, std::string_view text) {
  return rest.starts_with('"') ? take_quoted(rest, text) : take_plain(rest, text);
}

}  // namespace

std::string Identifier::quoted() const {
  if (needs_no_quotes(raw_)) {
    return raw_;
  }
  std::string result = "\"";
  for (char const c : raw_) {
    if (c == '"') {
      result += '"';
    }
    result += c;
  }
  return result + '"';
}

std::string QualifiedName::quoted() const {
  return schema.empty() ? name.quoted() : schema.quoted() + '.' + name.quoted();
}

std::string quote_literal(std::string_view text) {
  bool const escapes = text.find('\\') != std::string_view::npos;
  std::string result = escapes ? "E'" : "'";
  for (char const c : text) {
    if (c == '\'' || c == '\\') {
      result += c;
    }
    result += c;
  }
  return result + '\'';
}

QualifiedName parse_qualified_name(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    not_a_name(text);
  }
  std::string_view rest = text;
  QualifiedName result;
  result.name = take_part(rest, text);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    result.schema = std::exchange(result.name, take_part(rest, text));
  }
  if (!rest.empty()) {
    not_a_name(text);
  }
  return result;
}

Identifier bounded_name(std::string_view stem) {
  if (stem.size() <= max_identifier_bytes) {
    return Identifier(std::string(stem));
  }
  std::string const suffix = "_" + sha256_hex(stem).substr(0, 8);
  std::size_t length = max_identifier_bytes - suffix.size();
  while (length > 0 && (stem[length] & '\xC0') == '\x80') {
    --length;
  }
  return Identifier(std::string(stem.substr(0, length)) + suffix);
}

}  // namespace bellows::sql
