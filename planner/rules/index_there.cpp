#include "planner/rules/index_there.hpp"

#include "planner/catalog/names.hpp"
#include "planner/sql/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace bellows::rules {

namespace {

using sql::CreateIndex;
using sql::Token;

std::string keys_in_words(CreateIndex const& index) {
  std::vector<std::string> keys;
  for (sql::IndexElement const& key : index.keys) {
    keys.push_back(key.column.empty() ? key.expression : key.column.quoted());
  }
  return fmt::format("({})", fmt::join(keys, ", "));
}

std::string included_in_words(CreateIndex const& index) {
  std::vector<std::string> names;
  for (sql::Identifier const& name : index.include) {
    names.push_back(name.quoted());
  }
  return fmt::format("({})", fmt::join(names, ", "));
}

/// Its text up to WHERE, word by word; without the method, and the order that is meant anyway.
std::vector<std::string> words_of_keys(CreateIndex const& index) {
  std::vector<std::string> words;
  bool method = false;
  int depth = 0;
  for (Token const& token : sql::scan(index.rest)) {
    std::string word = index.rest.substr(token.offset, token.length);
    if (token.kind == Token::Kind::Word) {
      std::ranges::transform(word, word.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      });
    }
    depth += word == "(" ? 1 : word == ")" ? -1 : 0;
    if (depth == 0 && word == "WHERE") {
      break;
    }
    bool const using_method = words.empty() && (method || word == "USING");
    method = using_method && !method;
    if (!using_method && word != "ASC") {
      words.push_back(word);
    }
  }
  return words;
}

std::string difference(CreateIndex const& there, CreateIndex const& meant) {
  auto const tell = [](std::string_view what, std::string const& is, std::string const& wanted) {
    return fmt::format("{} {}, meant is {}", what, is, wanted);
  };
  if (there.unique != meant.unique) {
    return there.unique ? "it is unique" : "it is not unique";
  }
  if (there.method != meant.method) {
    return tell("its method is", there.method, meant.method);
  }
  bool const columns = std::ranges::equal(
      there.keys, meant.keys, [](sql::IndexElement const& one, sql::IndexElement const& other) {
        return one.column == other.column;  // of two expressions both are empty
      });
  if (!columns) {
    return tell("its columns are", keys_in_words(there), keys_in_words(meant));
  }
  if (there.include != meant.include) {
    return tell("it includes", included_in_words(there), included_in_words(meant));
  }
  if (there.predicate.empty() != meant.predicate.empty()) {
    return there.predicate.empty() ? "it has no WHERE"
                                   : "its WHERE is " + there.predicate + ", meant is none";
  }
  return "";
}

bool is_same(CreateIndex const& there, CreateIndex const& meant) {
  bool const expressions = std::ranges::equal(
      there.keys, meant.keys, {}, &sql::IndexElement::expression, &sql::IndexElement::expression);
  return expressions && there.predicate == meant.predicate &&
         words_of_keys(there) == words_of_keys(meant);
}

IndexThere compared(catalog::Index const& index, CreateIndex const& meant) {
  if (!index.valid) {
    return {There::Invalid, ""};
  }
  sql::Statement const read = sql::parse_one(index.definition);
  auto const* there = std::get_if<CreateIndex>(&read.body);
  if (there == nullptr) {
    return {There::Unclear, ""};
  }
  if (std::string different = difference(*there, meant); !different.empty()) {
    return {There::Different, std::move(different)};
  }
  return {is_same(*there, meant) ? There::Same : There::Unclear, ""};
}

std::string_view kind_of(catalog::Table const* table) {
  if (table == nullptr) {
    return "another object";
  }
  switch (table->kind) {
    case catalog::TableKind::View:
      return "a view";
    case catalog::TableKind::MaterializedView:
      return "a materialized view";
    case catalog::TableKind::Foreign:
      return "a foreign table";
    case catalog::TableKind::Table:
    case catalog::TableKind::Partitioned:
      return "a table";
  }
  return "a table";
}

}  // namespace

std::optional<IndexThere> index_there(CreateIndex const& meant, catalog::Catalog const& catalog) {
  catalog::Table const* table = meant.name.empty() ? nullptr : catalog.table(meant.table);
  if (table == nullptr) {
    return std::nullopt;
  }
  if (catalog::Index const* index = table->index(meant.name)) {
    return compared(*index, meant);
  }
  sql::QualifiedName const name{table->name.schema, meant.name};
  if (!catalog::relation_taken(catalog, name)) {
    return std::nullopt;
  }
  catalog::Table const* owner = catalog.table_of_index(name);
  return IndexThere{There::Else, owner != nullptr ? "an index of " + owner->name.display()
                                                  : std::string(kind_of(catalog.table(name)))};
}

}  // namespace bellows::rules
