#include "planner/sql/body_error.hpp"

#include "planner/sql/parser/postgres.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

namespace bellows::sql {

namespace {

using Found = std::optional<Unparsed>;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

/// Where the text between the quotes of a dollar-quoted string begins and ends.
struct Body {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The last one of the statement: a body stands behind its defaults, and nothing behind it is long.
std::optional<Body> quoted_body(std::string_view text) {
  std::optional<Body> found;
  for (Token const& token : scan(text)) {
    std::string_view const word = text.substr(token.offset, token.length);
    std::size_t const tag = word.starts_with('$') ? word.find('$', 1) + 1 : 1;
    bool const quoted = token.kind == Token::Kind::String && word.size() >= 2 * tag &&
                        (word.starts_with('$') || word.starts_with('\''));
    bool const longer = quoted && (!found || word.size() - 2 * tag > found->end - found->begin);
    if (longer) {
      found = Body{token.offset + tag, token.offset + token.length - tag};
    }
  }
  return found;
}

std::size_t start_of_line(std::string_view text, Body const& body, int line) {
  std::size_t at = body.begin;
  for (int i = 1; i < line; ++i) {
    std::size_t const end = text.find('\n', at);
    if (end == std::string_view::npos || end >= body.end) {
      return at;
    }
    at = end + 1;
  }
  return at;
}

/// `compilation of PL/pgSQL function "f" near line 3`.
int line_of(std::string_view context) {
  constexpr std::string_view words = "near line ";
  std::size_t const at = context.rfind(words);
  int line = 1;
  if (at != std::string_view::npos) {
    std::string_view const digits = context.substr(at + words.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), line);
  }
  return line;
}

/// PL/pgSQL's parser tells the line of the statement; the token, where it is quoted, is looked for
/// from there on.
Position place_of(std::string_view text, Body const& body, std::string_view message, int line) {
  constexpr std::string_view near = "at or near \"";
  std::size_t const start = start_of_line(text, body, line);
  std::size_t const quote = message.find(near);
  if (quote == std::string_view::npos) {
    bool const at_end = message.find("at end of input") != std::string_view::npos;
    return position_at(text, at_end ? body.end : start);
  }
  std::string_view token = message.substr(quote + near.size());
  token.remove_suffix(token.ends_with('"') ? 1 : 0);
  std::size_t const found = text.find(token, start);
  return position_at(text, found < body.end ? found : start);
}

bool is_of_grammar(std::string_view message) {
  return message.starts_with("syntax error") || message.starts_with("unterminated") ||
         message.starts_with("unexpected end of function");
}

Found of_plpgsql(std::string const& text) {
  PgQueryPlpgsqlParseResult const parsed = pg_query_parse_plpgsql(text.c_str());
  std::string const message =
      parsed.error != nullptr && parsed.error->message != nullptr ? parsed.error->message : "";
  std::string const context =
      parsed.error != nullptr && parsed.error->context != nullptr ? parsed.error->context : "";
  pg_query_free_plpgsql_parse_result(parsed);
  auto const body = is_of_grammar(message) ? quoted_body(text) : std::nullopt;
  return body ? Found(Unparsed{message, place_of(text, *body, message, line_of(context))})
              : std::nullopt;
}

Found of_sql(std::string const& text) {
  auto const body = quoted_body(text);
  bool const as_it_stands = body && text[body->begin - 1] == '$';
  if (!as_it_stands) {
    return std::nullopt;  // with quotes doubled, no place in it could be told
  }
  std::string const inner = text.substr(body->begin, body->end - body->begin);
  for (RawStatement& one : split(inner)) {
    std::size_t const offset = body->begin + one.at.offset;
    Statement const parsed = parse(std::move(one));
    if (auto const* bad = std::get_if<Unparsed>(&parsed.body); bad && is_of_grammar(bad->message)) {
      return Unparsed{bad->message, position_at(text, offset + bad->at.offset)};
    }
  }
  return std::nullopt;
}

/// What a DO says behind LANGUAGE; PL/pgSQL without.
std::string language_of_do(std::string_view text) {
  bool next = false;
  for (Token const& token : scan(text)) {
    std::string const word = lower(text.substr(token.offset, token.length));
    if (next && token.kind != Token::Kind::Comment) {
      return word;
    }
    next = next || (token.kind == Token::Kind::Word && word == "language");
  }
  return "plpgsql";
}

std::string language_of(Statement const& statement) {
  if (statement.kind == "DO") {
    return language_of_do(statement.raw.text);
  }
  auto const* other = std::get_if<Other>(&statement.body);
  bool const made = other != nullptr && other->function && !other->function->alters &&
                    other->function->body.has_value();
  return made ? lower(other->function->language) : "";
}

}  // namespace

Found body_error(Statement const& statement) {
  std::string const language = language_of(statement);
  if (language != "plpgsql" && language != "sql") {
    return std::nullopt;
  }
  try {
    return language == "sql" ? of_sql(statement.raw.text) : of_plpgsql(statement.raw.text);
  } catch (SyntaxError const&) {
    return std::nullopt;  // a newer server's
  }
}

}  // namespace bellows::sql
