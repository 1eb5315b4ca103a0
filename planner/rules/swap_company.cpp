#include "planner/rules/swap_company.hpp"

#include "planner/catalog/name_users.hpp"
#include "planner/rules/sequence/sequence.hpp"
#include "planner/sql/mentions.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

namespace bellows::rules {
namespace {

using sql::Identifier;
using sql::QualifiedName;
using sql::Token;

bool same_word(std::string_view text, std::string_view word) {
  return std::ranges::equal(
      text, word, [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

/// The name behind the first `keyword` gets its schema, where it has none: at the swap the session
/// may look elsewhere for it.
std::string with_schema(std::string const& text, std::string_view keyword,
                        Identifier const& schema) {
  std::vector<Token> const tokens = sql::scan(text);
  auto const said = [&](std::size_t i) {
    return i < tokens.size() ? std::string_view(text).substr(tokens[i].offset, tokens[i].length)
                             : std::string_view();
  };
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != Token::Kind::Word || !same_word(said(i), keyword)) {
      continue;
    }
    std::string result = text;
    return said(i + 2) == "." ? result : result.insert(tokens[i + 1].offset, schema.quoted() + ".");
  }
  return text;
}

sql::FunctionDefinition const* replaced_function(sql::Statement const& statement) {
  auto const* other = std::get_if<sql::Other>(&statement.body);
  bool const made = other != nullptr && other->function && !other->function->alters;
  if (!made) {
    return nullptr;
  }
  auto const words = words_of(statement);
  return words.size() > 2 && words[1] == "OR" ? &*other->function : nullptr;
}

catalog::Table const* table_of(Question const& question) {
  auto const* rename = std::get_if<sql::RenameColumn>(&question.statement.body);
  return rename == nullptr ? nullptr : question.catalog.table(rename->table);
}

template <typename Wanted>
bool any_trigger(Question const& question, catalog::Table const& table, Wanted const& wanted) {
  auto const related = related_by_triggers(question.catalog, table);
  return std::ranges::any_of(related, [&](QualifiedName const& name) {
    catalog::Table const* relation = question.catalog.table(name);
    return relation != nullptr &&
           std::ranges::any_of(relation->triggers, [&](catalog::Trigger const& trigger) {
             return wanted(name, trigger);
           });
  });
}

/// A trigger that is dropped, or made again: of which relation, and its name.
std::optional<std::pair<QualifiedName, Identifier>> changed_trigger(
    Question const& question, sql::Statement const& statement) {
  if (auto const* made = std::get_if<sql::CreateTrigger>(&statement.body)) {
    return std::pair{question.catalog.resolve(made->table), made->name};
  }
  auto const* drop = std::get_if<sql::Drop>(&statement.body);
  if (drop == nullptr || drop->kind != sql::ObjectKind::Trigger) {
    return std::nullopt;
  }
  return std::pair{question.catalog.resolve(drop->on_table), drop->names.front().name};
}

Refusal says_still(std::string const& what, Identifier const& from, Identifier const& to) {
  return {fmt::format("{} still says {}, which is gone once this is in place: every write that "
                      "fires it would fail",
                      what, from.quoted()),
          fmt::format("write {} there instead", to.quoted())};
}

}  // namespace

bool joins_swap(Question const& question, sql::Statement const& other) {
  catalog::Table const* table = table_of(question);
  if (table == nullptr || table->is_new) {
    return false;
  }
  if (auto const* function = replaced_function(other)) {
    QualifiedName const name = question.catalog.resolve(function->name);
    return any_trigger(question, *table, [&](QualifiedName const&, catalog::Trigger const& one) {
      return one.function == name;
    });
  }
  auto const changed = changed_trigger(question, other);
  return changed &&
         any_trigger(question, *table, [&](QualifiedName const& on, catalog::Trigger const& one) {
           return on == changed->first && one.name == changed->second;
         });
}

std::variant<SwapCompany, Refusal> swap_company(Question const& question,
                                                catalog::Table const& table) {
  auto const& rename = std::get<sql::RenameColumn>(question.statement.body);
  SwapCompany company;
  for (sql::Statement const* statement : question.along) {
    std::string const& text = statement->raw.text;
    if (auto const* function = replaced_function(*statement)) {
      QualifiedName const name = question.catalog.resolve(function->name);
      bool const says =
          function->body &&
          sql::mentions(*function->body, function->language, rename.from, table.name).of_row;
      if (says) {
        return says_still(fmt::format("the new text of {}()", name.quoted()), rename.from,
                          rename.to);
      }
      company.functions.push_back(name);
      company.statements.push_back(with_schema(text, "function", name.schema));
      continue;
    }
    auto const* made = std::get_if<sql::CreateTrigger>(&statement->body);
    if (made != nullptr &&
        std::ranges::find(made->arguments, rename.from.raw()) != made->arguments.end()) {
      return says_still(fmt::format("the new trigger {}", made->name.quoted()), rename.from,
                        rename.to);
    }
    auto const changed = changed_trigger(question, *statement);
    company.statements.push_back(with_schema(text, "on", changed->first.schema));
    bool const known =
        std::ranges::find(company.triggers, changed->second) != company.triggers.end();
    if (changed->first == table.name && !known) {
      company.triggers.push_back(changed->second);
    }
  }
  return company;
}

}  // namespace bellows::rules
