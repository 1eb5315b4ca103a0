#include "planner/rules/remedy_sql.hpp"

#include "planner/sql/script.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::rules::remedy {

namespace {

using signs::Sign;
using sql::Token;

/// Longer ones are read better where they stand.
constexpr std::size_t longest = 160;

/// The statement's tokens on one line, without comments. `change` may alter or empty a word, given
/// its place and all of them.
template <typename Change>
std::string on_one_line(std::string const& text, Change change) {
  std::vector<Token> tokens = sql::scan_script(text);
  std::erase_if(tokens, [](Token const& one) { return one.kind == Token::Kind::Comment; });
  std::string line;
  std::size_t end = 0;
  for (std::size_t at = 0; at < tokens.size(); ++at) {
    std::string const word = change(tokens, at);
    bool const apart = at > 0 && tokens[at].offset > end;
    end = tokens[at].offset + tokens[at].length;
    line += (apart && !word.empty() ? " " : "") + word;
  }
  return line.size() <= longest ? line : "";
}

std::string upper(std::string_view word) {
  std::string result(word);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return result;
}

bool is_word(std::string const& text, Token const& token, std::string_view wanted) {
  return token.kind == Token::Kind::Word &&
         upper(std::string_view(text).substr(token.offset, token.length)) == wanted;
}

sql::Identifier const& constraint_name(Sign const& sign) {
  return sign.facts.command->constraint.name;
}

}  // namespace

std::string built_concurrently(Sign const& sign) {
  auto const& index = std::get<sql::CreateIndex>(sign.question.statement.body);
  std::string const& text = sign.question.statement.raw.text;
  bool done = false;
  std::string line = on_one_line(text, [&](std::vector<Token> const& tokens, std::size_t at) {
    std::string word = text.substr(tokens[at].offset, tokens[at].length);
    bool const first_words = at < 7;
    for (std::string_view const left_out : {"IF", "NOT", "EXISTS"}) {
      word = first_words && is_word(text, tokens[at], left_out) ? "" : word;
    }
    if (!done && is_word(text, tokens[at], "INDEX")) {
      done = true;
      word += " CONCURRENTLY";
    }
    return word;
  });
  return line.empty() ? fmt::format("CREATE {}INDEX CONCURRENTLY", index.unique ? "UNIQUE " : "")
                      : line;
}

std::string added_not_valid(Sign const& sign) {
  std::string const& text = sign.question.statement.raw.text;
  bool const alone = sign.facts.alter != nullptr && sign.facts.alter->commands.size() == 1 &&
                     sign.facts.command->action == sql::AlterAction::AddConstraint;
  std::string const line =
      alone ? on_one_line(text,
                          [&](std::vector<Token> const& tokens, std::size_t at) {
                            return text.substr(tokens[at].offset, tokens[at].length);
                          })
            : "";
  return line.empty() ? "Add the constraint NOT VALID" : line + " NOT VALID";
}

std::string validated(Sign const& sign) {
  bool const named = sign.facts.command != nullptr && !constraint_name(sign).empty();
  return named ? fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", sign.facts.target().display(),
                             constraint_name(sign).quoted())
               : "VALIDATE it";
}

}  // namespace bellows::rules::remedy
