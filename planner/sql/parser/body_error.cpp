#include "planner/sql/body_error.hpp"

#include "planner/sql/lower.hpp"
#include "planner/sql/parser/postgres.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::sql {

namespace {

using Found = std::optional<Unparsed>;

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

/// The token that a message says it is about; empty: none.
std::string_view token_in(std::string_view message) {
  constexpr std::string_view near = "at or near \"";
  std::size_t const quote = message.find(near);
  std::string_view token =
      quote == std::string_view::npos ? "" : message.substr(quote + near.size());
  token.remove_suffix(token.ends_with('"') ? 1 : 0);
  return token;
}

std::string plpgsql_error(std::string const& text) {
  PgQueryPlpgsqlParseResult const parsed = pg_query_parse_plpgsql(text.c_str());
  std::string message =
      parsed.error != nullptr && parsed.error->message != nullptr ? parsed.error->message : "";
  pg_query_free_plpgsql_parse_result(parsed);
  return message;
}

/// Words that no grammar takes, wherever they stand. Put in front of a token, they are what is
/// refused, unless something before that token is.
constexpr std::string_view refused_anywhere = " ANALYSE ANALYSE ";

bool is_read_up_to(std::string const& text, std::size_t offset) {
  std::string tried = text;
  tried.insert(offset, refused_anywhere);
  return token_in(plpgsql_error(tried)) == "ANALYSE";
}

/// PL/pgSQL's parser tells a line that is near, and the token, which may stand there many times:
/// the refused one is the last of them that the parser gets to. Where it misses one ("at end of
/// input", of the body or of an expression in it), that is the one behind.
std::optional<std::size_t> offset_of(std::string const& text, Body const& body,
                                     std::string_view token) {
  std::string_view const inner = std::string_view(text).substr(body.begin, body.end - body.begin);
  std::vector<std::size_t> places;
  for (Token const& one : scan(inner)) {
    bool const may_be = one.kind != Token::Kind::Comment &&
                        (token.empty() || inner.substr(one.offset, one.length) == token);
    if (may_be) {
      places.push_back(body.begin + one.offset);
    }
  }
  if (token.empty()) {
    places.push_back(body.end);
  }
  auto const not_read = std::ranges::partition_point(
      places, [&](std::size_t place) { return is_read_up_to(text, place); });
  return not_read == places.begin() ? std::nullopt : std::optional(*(not_read - 1));
}

/// The text's start where it is not found: a wrong place is worse than none. Of parentheses and of
/// a THEN that is missing PL/pgSQL speaks only where it gives up.
Position place_of(std::string const& text, Body const& body, std::string_view message) {
  bool const tells = !message.starts_with("mismatched") && !message.starts_with("missing");
  return position_at(text, tells ? offset_of(text, body, token_in(message)).value_or(0) : 0);
}

bool is_of_grammar(std::string_view message) {
  return message.starts_with("syntax error") || message.starts_with("unterminated") ||
         message.starts_with("unexpected end of function") ||
         message.starts_with("mismatched parentheses") || message.starts_with("missing \"");
}

Found of_plpgsql(std::string const& text) {
  std::string const message = plpgsql_error(text);
  auto const body = is_of_grammar(message) ? quoted_body(text) : std::nullopt;
  return body ? Found(Unparsed{message, place_of(text, *body, message)}) : std::nullopt;
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
