#include "planner/rules/preconditions/index_text.hpp"

#include "planner/sql/text.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace bellows::rules::preconditions {

namespace {

using sql::Token;

/// The words behind each key column, in capitals; a quoted name as it is written.
struct Keys {
  std::vector<std::vector<std::string>> words;
  std::vector<std::string> behind;  // the list: INCLUDE, NULLS NOT DISTINCT, WHERE …
};

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return result;
}

std::string word(std::string const& text, Token const& token) {
  std::string const raw = text.substr(token.offset, token.length);
  return token.kind == Token::Kind::Quoted ? raw : upper(raw);
}

Keys keys_of(std::string const& text) {
  Keys keys;
  int depth = 0;
  bool closed = false;
  for (Token const& token : sql::scan(text)) {
    if (token.kind == Token::Kind::Comment) {
      continue;
    }
    std::string const here = word(text, token);
    if (closed) {
      keys.behind.push_back(here);
      continue;
    }
    depth -= here == ")" ? 1 : 0;
    if (depth == 0 && here == ")") {
      closed = true;
    } else if ((depth == 0 && here == "(") || (depth == 1 && here == ",")) {
      keys.words.emplace_back();
    } else if (depth >= 1) {
      keys.words.back().push_back(here);
    }
    depth += here == "(" ? 1 : 0;
  }
  return keys;
}

Keys keys_or_none(std::string const& text) {
  try {
    return keys_of(text);
  } catch (sql::SyntaxError const&) {
    return {};
  }
}

/// Two neighbours.
bool says(std::vector<std::string> const& words, std::string_view first, std::string_view second) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i - 1] == first && words[i] == second) {
      return true;
    }
  }
  return false;
}

bool says(std::vector<std::string> const& words, std::string_view one) {
  return std::ranges::find(words, one) != words.end();
}

/// An operator class that is named may be the default one, where a migration has written it; the
/// server itself names only others.
std::optional<bool> is_special(std::vector<std::string> const& key, catalog::Table const& table) {
  if (says(key, "DESC") || says(key, "NULLS", "FIRST")) {
    return true;
  }
  auto const collate = std::ranges::find(key, "COLLATE");
  if (collate != key.end() && collate + 1 != key.end()) {
    std::string const& first = key.front();
    auto const column = std::ranges::find_if(table.columns, [&](catalog::Column const& one) {
      return one.name.quoted() == first || upper(one.name.raw()) == first;
    });
    return column == table.columns.end() ? std::nullopt
                                         : std::optional(column->collation != *(collate + 1));
  }
  bool const patterned = std::ranges::any_of(
      key, [](std::string const& one) { return one.ends_with("_PATTERN_OPS"); });
  bool const named =
      std::ranges::any_of(key, [](std::string const& one) { return one.ends_with("_OPS"); });
  return patterned ? std::optional(true) : named ? std::nullopt : std::optional(false);
}

}  // namespace

std::optional<bool> has_special_order(std::string const& definition, catalog::Table const& table) {
  Keys const keys = keys_or_none(definition);
  if (keys.words.empty()) {
    return std::nullopt;
  }
  bool certain = true;
  for (std::vector<std::string> const& key : keys.words) {
    std::optional<bool> const special = is_special(key, table);
    if (special == true) {
      return true;
    }
    certain = certain && special.has_value();
  }
  return certain ? std::optional(false) : std::nullopt;
}

bool says_order(std::string const& statement) {
  Keys const keys = keys_or_none(statement);
  return std::ranges::any_of(keys.words, [](std::vector<std::string> const& key) {
    return says(key, "DESC") || says(key, "ASC") || says(key, "NULLS", "FIRST") ||
           says(key, "NULLS", "LAST");
  });
}

std::optional<std::size_t> column_count(std::string const& definition) {
  Keys const keys = keys_or_none(definition);
  std::size_t included = 0;
  int depth = 0;
  bool const includes = !keys.behind.empty() && keys.behind.front() == "INCLUDE";
  for (std::string const& word : includes ? keys.behind : std::vector<std::string>{}) {
    depth -= word == ")" ? 1 : 0;
    if (depth == 0 && word == ")") {
      break;
    }
    included += (depth == 0 && word == "(") || (depth == 1 && word == ",") ? 1U : 0U;
    depth += word == "(" ? 1 : 0;
  }
  return keys.words.empty() ? std::nullopt : std::optional(keys.words.size() + included);
}

bool is_plain_column(std::string const& definition, std::size_t number) {
  Keys const keys = keys_or_none(definition);
  if (keys.words.empty() || number == 0) {
    return false;
  }
  if (number > keys.words.size()) {
    return true;  // INCLUDE takes no expressions
  }
  std::vector<std::string> const& key = keys.words[number - 1];
  std::size_t end = 1;  // of the name, which a call has in front: aside.lower (…)
  while (end + 1 < key.size() && key[end] == ".") {
    end += 2;
  }
  return !key.empty() && key.front() != "(" && (end >= key.size() || key[end] != "(");
}

bool treats_nulls_alike(std::string const& definition) {
  Keys const keys = keys_or_none(definition);
  auto const where = std::ranges::find(keys.behind, "WHERE");
  std::vector<std::string> const before(keys.behind.begin(), where);
  return says(before, "NULLS", "NOT");
}

}  // namespace bellows::rules::preconditions
