#include "planner/rules/locate.hpp"

#include "planner/rules/unreadable.hpp"
#include "planner/sql/body_error.hpp"
#include "planner/sql/script.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace bellows::rules {

namespace {

using sql::Token;
using Tokens = std::span<Token const>;

/// Where a hazard shows: from the first of these words on, to the clause's end or that word alone.
struct Mark {
  std::string_view rule;
  std::array<std::string_view, 3> words;
  bool word_only = false;
};

constexpr Mark marks[] = {
    {"add-column-volatile-default", {"DEFAULT", "GENERATED"}},
    {"add-column-stored", {"GENERATED"}},
    {"add-column-not-null", {"NOT"}},
    {"add-check", {"CHECK"}},
    {"add-unique", {"UNIQUE", "PRIMARY"}},
    {"add-foreign-key", {"FOREIGN", "REFERENCES"}},
    {"add-exclude", {"EXCLUDE"}},
    {"change-type", {"TYPE"}},
    {"type-change-statistics", {"TYPE"}},
    {"blocked-by-dependents", {"TYPE"}},
    {"add-column-constrained-domain", {"ADD"}},
    {"attach-scan", {"ATTACH"}},
    {"default-partition-scan", {"ATTACH", "PARTITION"}},
    {"partitioned-table", {"CONCURRENTLY", "USING", "NOT"}, true},
    {"partition-key", {"TYPE"}},
    {"inherited-column", {"ONLY"}, true},
    {"drops-along", {"CASCADE"}, true},
    {"set-not-null", {"SET"}},
    {"rename-column", {"RENAME"}},
    {"rows-elsewhere", {"ADD", "TYPE", "RENAME"}},
    {"rename-table", {"RENAME", "SET"}},
    {"rename-enum-value", {"RENAME"}},
    {"index-not-concurrent", {"INDEX"}, true},
    {"index-drop-not-concurrent", {"INDEX"}, true},
    {"update-in-one-go", {"UPDATE"}, true},
    {"delete-in-one-go", {"DELETE"}, true},
    {"delete-scans-referencing", {"DELETE"}, true},
    {"delete-cascades", {"DELETE"}, true},
    {"insert-in-one-go", {"INSERT"}, true},
};

/// Words with which the next constraint of a column begins.
constexpr std::string_view column_clauses[] = {"CONSTRAINT", "NOT",     "NULL",       "CHECK",
                                               "DEFAULT",    "UNIQUE",  "PRIMARY",    "REFERENCES",
                                               "GENERATED",  "COLLATE", "DEFERRABLE", "INITIALLY"};

class Text {
 public:
  explicit Text(std::string_view text) : text_(text), tokens_(sql::scan(text)) {
    std::erase_if(tokens_, [](Token const& token) { return token.kind == Token::Kind::Comment; });
  }

  Tokens tokens() const { return tokens_; }

  std::string_view word(Token const& token) const {
    return text_.substr(token.offset, token.length);
  }

  bool is(Token const& token, std::string_view upper) const {
    auto const to_upper = [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    };
    return !upper.empty() && std::ranges::equal(word(token), upper, {}, to_upper);
  }

  bool is_any(Token const& token, std::span<std::string_view const> words) const {
    return std::ranges::any_of(words, [&](std::string_view one) { return is(token, one); });
  }

  /// +1 at an opening bracket, -1 at a closing one.
  int step(Token const& token) const {
    std::string_view const text = word(token);
    return text == "(" || text == "[" ? 1 : text == ")" || text == "]" ? -1 : 0;
  }

 private:
  std::string_view text_;
  std::vector<Token> tokens_;
};

Span span_of(Tokens tokens) {
  if (tokens.empty()) {
    return {};
  }
  return {tokens.front().offset,
          tokens.back().offset + tokens.back().length - tokens.front().offset};
}

/// Behind `ALTER [FOREIGN|MATERIALIZED] TABLE [IF EXISTS] [ONLY] [schema.]name [*]`.
std::size_t commands_begin(Text const& text) {
  Tokens const tokens = text.tokens();
  std::size_t at = 0;
  auto const skip = [&](std::initializer_list<std::string_view> words) {
    for (std::string_view const word : words) {
      if (at < tokens.size() && text.is(tokens[at], word)) {
        ++at;
      }
    }
  };
  skip({"ALTER", "FOREIGN", "MATERIALIZED"});
  ++at;  // TABLE, INDEX, VIEW …
  skip({"IF", "EXISTS", "ONLY"});
  ++at;
  while (at < tokens.size() && text.word(tokens[at]) == ".") {
    at += 2;
  }
  skip({"*"});
  return std::min(at, tokens.size());
}

/// An ALTER TABLE cut at its top-level commas.
std::vector<Tokens> commands_of(Text const& text) {
  Tokens const rest = text.tokens().subspan(commands_begin(text));
  std::vector<Tokens> commands;
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    depth += text.step(rest[i]);
    if (depth == 0 && text.word(rest[i]) == ",") {
      commands.push_back(rest.subspan(start, i - start));
      start = i + 1;
    }
  }
  commands.push_back(rest.subspan(start));
  return commands;
}

/// The first sub-command that gives this finding also when it stands alone.
std::size_t guilty_command(Rule const& rule, Question const& question, Finding const& finding,
                           sql::AlterTable const& alter) {
  for (std::size_t i = 0; i < alter.commands.size(); ++i) {
    if (question.command == &alter.commands[i]) {
      return i;
    }
    sql::Statement alone;
    alone.raw = question.statement.raw;
    alone.kind = question.statement.kind;
    alone.body = alter;
    std::get<sql::AlterTable>(alone.body).commands = {alter.commands[i]};
    if (rule.recognise({alone, question.effects, question.directives, question.catalog, nullptr,
                        question.table}) == finding) {
      return i;
    }
  }
  return alter.commands.size();
}

/// `DEFAULT f(x) NOT NULL`: only up to the constraint that follows.
Tokens cut_at_next_clause(Text const& text, Tokens clause) {
  int depth = 0;
  std::size_t const first = text.is(clause.front(), "NOT") ? 2 : 1;
  for (std::size_t i = first; i < clause.size(); ++i) {
    depth += text.step(clause[i]);
    bool const of_action = text.is(clause[i - 1], "SET");  // ON DELETE SET NULL
    if (depth == 0 && !of_action && text.is_any(clause[i], column_clauses)) {
      return clause.first(i);
    }
  }
  return clause;
}

Tokens refined(Text const& text, Tokens range, std::string_view rule, bool of_column) {
  auto const* mark = std::ranges::find(marks, rule, &Mark::rule);
  if (mark == std::end(marks)) {
    return range;
  }
  for (std::size_t i = 0; i < range.size(); ++i) {
    if (range[i].kind != Token::Kind::Word || !text.is_any(range[i], mark->words)) {
      continue;
    }
    if (mark->word_only) {
      return range.subspan(i, 1);
    }
    return of_column ? cut_at_next_clause(text, range.subspan(i)) : range.subspan(i);
  }
  return range;
}

Span refused_token(std::string const& text, std::size_t offset) {
  for (Token const& token : sql::scan_script(text)) {
    bool const whole = token.kind == Token::Kind::Broken || token.kind == Token::Kind::Command;
    if (token.offset + token.length > offset) {
      return whole ? Span{} : Span{token.offset, token.length};
    }
  }
  return {};
}

Span locate_in(Rule const& rule, Question const& question, Finding const& finding) {
  sql::Statement const& statement = question.statement;
  if (auto const* unparsed = std::get_if<sql::Unparsed>(&statement.body)) {
    return refused_token(statement.raw.text, unparsed->at.offset);
  }
  if (auto const error = rule.id == syntax_error.id ? sql::body_error(statement) : std::nullopt) {
    if (error->at.offset == 0) {
      return {};  // not known
    }
    std::string const rest = statement.raw.text.substr(error->at.offset);
    std::size_t const word = rest.find_first_of(" \t\r\n;()'\"$,");
    return {error->at.offset, std::max<std::size_t>(1, std::min(word, rest.size()))};
  }
  Text const text(statement.raw.text);
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  if (alter == nullptr) {
    Tokens const found = refined(text, text.tokens(), finding.rule, false);
    return found.size() == text.tokens().size() ? Span{} : span_of(found);
  }
  auto const ranges = commands_of(text);
  std::size_t const at =
      alter->commands.size() == 1 ? 0 : guilty_command(rule, question, finding, *alter);
  if (ranges.size() != alter->commands.size() || at >= ranges.size()) {
    return {};
  }
  bool const of_column = alter->commands[at].action == sql::AlterAction::AddColumn;
  return span_of(refined(text, ranges[at], finding.rule, of_column));
}

}  // namespace

Span locate(Rule const& rule, Question const& question, Finding const& finding) {
  try {
    return locate_in(rule, question, finding);
  } catch (sql::SyntaxError const&) {
    return {};  // not even tokens
  }
}

}  // namespace bellows::rules
