#include "planner/sql/identifier.hpp"

#include "planner/sql/keywords.hpp"
#include "planner/sql/text.hpp"

#include <algorithm>
#include <cctype>
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

bool needs_no_quotes(std::string const& raw) {
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
