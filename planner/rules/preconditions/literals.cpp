#include "planner/rules/preconditions/literals.hpp"

#include "planner/rules/preconditions/type_casts.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

// Source: int.c, numutils.c; numeric.c, numeric_in(), float.c; bool.c, parse_bool_with_len();
// uuid.c, string_to_uuid(); enum.c, enum_in().
namespace bellows::rules::preconditions {

namespace {

std::string_view trimmed_literal(std::string_view text) {
  constexpr std::string_view blanks = " \t\n\r\v\f";
  auto const from = text.find_first_not_of(blanks);
  return from == std::string_view::npos
             ? std::string_view()
             : text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

std::string lower_literal(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

/// 0x1F and 1_000, which servers read since 16, are whole numbers.
bool is_whole_number(std::string_view text) {
  text = trimmed_literal(text);
  text.remove_prefix(text.starts_with('+') ? 1 : 0);
  long long value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const newer = text.find_first_of("0123456789") == 0 &&
                     text.find_first_of("_xXoObB") != std::string_view::npos;
  return !text.empty() &&
         (newer || (end == text.data() + text.size() && error != std::errc::invalid_argument));
}

/// Only what surely is none: letters that no number has.
bool is_no_fraction(std::string_view text) {
  std::string const value = lower_literal(trimmed_literal(text));
  for (std::string_view const word : {"nan", "inf", "-inf", "+inf"}) {
    if (value.starts_with(word)) {
      return false;
    }
  }
  return value.empty() ||
         value.find_first_not_of("0123456789+-.e_xob abcdf") != std::string::npos ||
         value.find_first_of("0123456789") == std::string::npos;
}

/// A word, or the beginning of one that begins no other.
bool is_boolean(std::string_view text) {
  std::string const value = lower_literal(trimmed_literal(text));
  auto const begins = [&](std::string_view word, std::size_t least) {
    return value.size() >= least && word.starts_with(value);
  };
  return begins("true", 1) || begins("false", 1) || begins("yes", 1) || begins("no", 1) ||
         begins("on", 2) || begins("off", 2) || value == "1" || value == "0";
}

/// Hyphens may stand behind every fourth digit, braces around it; blanks nowhere.
bool is_uuid(std::string_view text) {
  bool const braces = text.starts_with('{') && text.ends_with('}');
  text = braces ? text.substr(1, text.size() - 2) : text;
  std::size_t digits = 0;
  bool hyphen = true;
  for (char const c : lower_literal(text)) {
    if (c == '-' && !hyphen && digits % 4 == 0 && digits < 32) {
      hyphen = true;
      continue;
    }
    if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
      return false;
    }
    ++digits;
    hyphen = false;
  }
  return digits == 32 && !hyphen;
}

bool is_one_of(std::string const& type, std::initializer_list<std::string_view> types) {
  return std::ranges::find(types, std::string_view(type)) != types.end();
}

}  // namespace

std::optional<std::string> literal(std::string_view text) {
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') {
    return std::nullopt;
  }
  std::string value;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\'' && (i + 2 >= text.size() || text[++i] != '\'')) {
      return std::nullopt;
    }
    value += text[i];
  }
  return value;
}

std::vector<std::string> const* labels_of(catalog::Catalog const& catalog,
                                          std::string const& type) {
  auto const found = catalog.enums.find(type);
  bool const told = found != catalog.enums.end() && !found->second.empty();
  return told ? &found->second : nullptr;
}

bool is_unreadable(catalog::Catalog const& catalog, std::string const& type,
                   std::string const& value) {
  std::string const base = underlying_type(catalog, type);
  if (is_one_of(base, {"smallint", "integer", "bigint"})) {
    return !is_whole_number(value);
  }
  if (is_one_of(base, {"numeric", "real", "double precision"})) {
    return is_no_fraction(value);
  }
  if (base == "boolean") {
    return !is_boolean(value);
  }
  if (base == "uuid") {
    return !is_uuid(value);
  }
  std::vector<std::string> const* labels = labels_of(catalog, base);
  return labels != nullptr && std::ranges::find(*labels, value) == labels->end();
}

}  // namespace bellows::rules::preconditions
