#include "planner/rules/refused.hpp"
#include "planner/rules/sequence/sequence.hpp"
#include "planner/sql/script.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace bellows::rules {

namespace {

struct Added {
  std::string label;  // as it stands in the text, with its quotes
  std::size_t statement;
};

using sql::Token;

std::string_view text_of(sql::Statement const& statement, Token const& token) {
  return std::string_view(statement.raw.text).substr(token.offset, token.length);
}

/// The label of ALTER TYPE … ADD VALUE [IF NOT EXISTS] 'label' [BEFORE …]: the first string.
std::string first_string(sql::Statement const& statement) {
  for (Token const& token : sql::scan_script(statement.raw.text)) {
    if (token.kind == Token::Kind::String) {
      return std::string(text_of(statement, token));
    }
  }
  return "";
}

/// Since 17 the labels that a type gets in the transaction that makes it may be used at once;
/// before, only those of CREATE TYPE itself (enum.c, EnumUncommitted).
bool made_here(Sequence const& sequence, std::size_t before, sql::Statement const& statement) {
  auto const type_name = [](sql::Statement const& of) {
    std::vector<Token> const tokens = sql::scan_script(of.raw.text);
    std::string name;  // [CREATE|ALTER] TYPE [schema .] name
    for (std::size_t i = 2; i < tokens.size(); ++i) {
      if (i > 2 && text_of(of, tokens[i]) != "." && text_of(of, tokens[i - 1]) != ".") {
        break;
      }
      name += text_of(of, tokens[i]);
    }
    return name;
  };
  std::string const name = type_name(statement);
  auto const earlier = sequence.statements.first(before);
  return std::ranges::any_of(earlier, [&](Reviewed const& reviewed) {
    return reviewed.statement.kind == "CREATE TYPE" && type_name(reviewed.statement) == name;
  });
}

bool has_string(std::string const& text, std::string const& label) {
  return std::ranges::any_of(sql::scan_script(text), [&](Token const& token) {
    return token.kind == Token::Kind::String && text.substr(token.offset, token.length) == label;
  });
}

/// The quoted body of a function in SQL, which PostgreSQL reads when the function is made.
std::string read_body(sql::Statement const& statement) {
  auto const* other = std::get_if<sql::Other>(&statement.body);
  bool const is_read = other != nullptr && other->function && other->function->body &&
                       other->function->language == "sql";
  return is_read ? *other->function->body : "";
}

/// Nothing is used by giving a type a comment or another label.
bool uses(sql::Statement const& statement, std::string const& label, bool bodies_are_read) {
  if (statement.kind == "ALTER TYPE ADD VALUE" || statement.kind == "ALTER TYPE RENAME VALUE" ||
      statement.kind.starts_with("COMMENT ON")) {
    return false;
  }
  return has_string(statement.raw.text, label) ||
         (bodies_are_read && has_string(read_body(statement), label));
}

/// SET check_function_bodies; nothing of other statements.
std::optional<bool> body_checks(sql::Statement const& statement) {
  if (!statement.kind.starts_with("SET")) {
    return std::nullopt;
  }
  std::vector<std::string> const words = words_of(statement);
  auto const says = [&](std::string_view word) {
    return std::ranges::find(words, word) != words.end();
  };
  if (!says("CHECK_FUNCTION_BODIES")) {
    return std::nullopt;
  }
  bool const off = says("OFF") || says("FALSE") || says("NO") ||
                   statement.raw.text.find("'off'") != std::string::npos ||
                   statement.raw.text.find("'false'") != std::string::npos;
  return !off;
}

/// The label that ALTER TYPE … RENAME VALUE 'old' TO 'new' gives, where it takes that one away.
std::optional<std::string> renamed(sql::Statement const& statement, std::string const& label) {
  std::vector<std::string> strings;
  for (Token const& token : sql::scan_script(statement.raw.text)) {
    if (token.kind == Token::Kind::String) {
      strings.emplace_back(text_of(statement, token));
    }
  }
  bool const is_it = statement.kind == "ALTER TYPE RENAME VALUE" && strings.size() == 2 &&
                     strings.front() == label;
  return is_it ? std::optional(strings.back()) : std::nullopt;
}

Span span_of(sql::Statement const& statement, std::string const& label) {
  for (Token const& token : sql::scan_script(statement.raw.text)) {
    if (token.kind == Token::Kind::String && text_of(statement, token) == label) {
      return {token.offset, token.length};
    }
  }
  return {};
}

}  // namespace

std::vector<SequenceFinding> enum_value_used(Sequence const& sequence) {
  std::vector<Added> added;
  std::vector<SequenceFinding> found;
  bool bodies_are_read = true;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    sql::Statement const& statement = sequence.statements[at].statement;
    bodies_are_read = body_checks(statement).value_or(bodies_are_read);
    for (Added& one : added) {
      one.label = renamed(statement, one.label).value_or(one.label);
    }
    bool const forgiven =
        sequence.catalog.server_version >= 17 && made_here(sequence, at, statement);
    if (statement.kind == "ALTER TYPE ADD VALUE" && !forgiven) {
      added.push_back({first_string(statement), at});
    }
    auto const used = std::ranges::find_if(
        added, [&](Added const& one) { return uses(statement, one.label, bodies_are_read); });
    if (used != added.end()) {
      bool const other_file = used->statement < sequence.earlier.size();
      Finding finding = refused(
          "enum-value-used-at-once", "55P04",
          fmt::format("{} is added in the same transaction{}{}, and cannot be used before its end "
                      "(unsafe use of new value)",
                      used->label, other_file ? " by " : "",
                      other_file ? sequence.earlier[used->statement] : ""),
          fmt::format("Add the value before this one, in {}.", own_migration(sequence.conduct)));
      finding.at = span_of(statement, used->label);
      found.push_back({at, std::move(finding)});
    }
  }
  return found;
}

}  // namespace bellows::rules
