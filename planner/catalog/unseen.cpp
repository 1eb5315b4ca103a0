#include "planner/catalog/unseen.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace bellows::catalog {

namespace {

using Words = std::set<std::string, std::less<>>;

constexpr int deep_enough = 4;  // quotes within quotes, functions that call functions

std::string lowered(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return result;
}

/// What stands between quotes of any kind.
std::string_view inside(std::string_view quoted) {
  std::size_t from = quoted.find('\'') + 1;
  std::size_t behind = 1;
  if (quoted.starts_with('$')) {
    from = quoted.find('$', 1) + 1;
    behind = from;
  }
  return from == 0 || quoted.size() < from + behind
             ? std::string_view()
             : quoted.substr(from, quoted.size() - from - behind);
}

void take_words(std::string_view text, Words& words, int depth = 0) {
  try {
    for (sql::Token const& token : sql::scan(text)) {
      std::string_view const word = text.substr(token.offset, token.length);
      if (token.kind == sql::Token::Kind::Word) {
        words.insert(lowered(word));
      } else if (token.kind == sql::Token::Kind::Quoted && word.size() > 2) {
        words.emplace(word.substr(1, word.size() - 2));
      } else if (token.kind == sql::Token::Kind::String && depth < deep_enough) {
        take_words(inside(word), words, depth + 1);
      }
    }
  } catch (sql::SyntaxError const&) {
    return;  // no SQL, and so no names
  }
}

/// Of the functions that it calls by name, as far as their source is known.
void take_bodies(Catalog const& catalog, Words& words) {
  Words called = words;
  for (int depth = 0; depth < deep_enough && !called.empty(); ++depth) {
    Words more;
    for (auto const& [name, overloads] : catalog.functions) {
      for (Function const& function : overloads) {
        if (called.contains(name.name.raw()) && function.body) {
          take_words(*function.body, more);
        }
      }
    }
    std::erase_if(more, [&](std::string const& word) { return words.contains(word); });
    words.insert(more.begin(), more.end());
    called = std::move(more);
  }
}

bool has_any(Words const& words, std::initializer_list<std::string_view> wanted) {
  return std::ranges::any_of(wanted, [&](std::string_view word) { return words.contains(word); });
}

std::string place_of(Catalog const& catalog, sql::Statement const& statement) {
  std::string const line = "line " + std::to_string(statement.raw.at.line);
  return catalog.file.empty() ? line : line + " of " + catalog.file;
}

}  // namespace

void note_unseen(Catalog& catalog, sql::Statement const& statement) {
  Words words;
  take_words(statement.raw.text, words);
  take_bodies(catalog, words);
  bool const any = has_any(words, {"execute"}) && has_any(words, {"alter", "drop"}) &&
                   has_any(words, {"table"}) && has_any(words, {"loop", "format", "quote_ident"});
  std::string const place = place_of(catalog, statement);
  catalog.tables.edit_where(
      [&](Table const& table) {
        return !table.is_new && (any || words.contains(table.name.name.raw()));
      },
      [&](Table& table) { table.unseen = place; });
}

}  // namespace bellows::catalog
