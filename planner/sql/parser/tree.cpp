#include "planner/sql/parser/tree.hpp"

#include "planner/sql/parser/depth.hpp"

#include <algorithm>

namespace bellows::sql::tree {

namespace {

/// PostgreSQL quotes the rest of the text where something is open to the end, or one long token.
std::string readable(std::string message) {
  constexpr std::string_view near = " at or near ";
  constexpr std::size_t longest = 60;
  std::size_t const at = message.find(near);
  if (at == std::string::npos) {
    return message;
  }
  if (message.starts_with("unterminated")) {
    return message.substr(0, at) + ": what is opened here is never closed";
  }
  std::size_t end = message.find_first_of("\r\n", at);
  end = std::min({end, message.size(), at + near.size() + longest});
  while (end < message.size() && (message[end] & '\xC0') == '\x80') {
    --end;  // not within a character
  }
  return message.size() > end ? message.substr(0, end) + "…" : message;
}

/// A function's name that needs no quotes, called without arguments: now().
std::string plain_call(FuncCall const& call) {
  bool const plain = call.funcname->length == 1 && call.args == nullptr &&
                     call.agg_order == nullptr && call.agg_filter == nullptr &&
                     call.over == nullptr && !call.agg_star;
  if (!plain) {
    return "";
  }
  std::string const name(text_of(last(call.funcname)));
  return Identifier(name).quoted() == name ? name + "()" : "";
}

/// What the deparser would write, of the expressions that most defaults and type modifiers are.
/// Empty: leave it to the deparser.
std::string plain_text(Node const& expression) {
  if (FuncCall const* call = as<FuncCall>(&expression)) {
    return plain_call(*call);
  }
  A_Const const* constant = as<A_Const>(&expression);
  if (constant == nullptr || constant->isnull) {
    return "";
  }
  if (is<Integer>(&constant->val)) {
    return std::to_string(constant->val.ival.ival);
  }
  if (!is<String>(&constant->val)) {
    return "";
  }
  std::string const text(constant->val.sval.sval);
  return text.find_first_of("'\\") == std::string::npos ? "'" + text + "'" : "";
}

RawStmt select_of(Node const& expression) {
  ResTarget* const target = makeNode(ResTarget);
  target->val = const_cast<Node*>(&expression);
  SelectStmt* const select = makeNode(SelectStmt);
  select->targetList = list_make1(target);
  RawStmt raw{};
  raw.type = T_RawStmt;
  raw.stmt = reinterpret_cast<Node*>(select);
  return raw;
}

/// `statement` gives a RawStmt, made in memory that lasts until it is written.
template <typename Function>
std::string deparsed(Function statement) {
  Memory const memory;
  StringInfoData written{};
  Failure const failure = guarded([&]() noexcept {
    RawStmt raw = statement();
    initStringInfo(&written);
    deparseRawStmt(&written, &raw);
  });
  if (failure.message != nullptr) {
    throw SyntaxError(failure.message, Position{});
  }
  return {written.data, static_cast<std::size_t>(written.len)};
}

}  // namespace

void reject_nul(std::string_view text) {
  if (auto const nul = text.find('\0'); nul != std::string_view::npos) {
    throw SyntaxError("a NUL byte in SQL", position_at(text, nul));
  }
}

SyntaxError syntax_error(std::string_view text, char const* message, int cursor) {
  std::size_t offset = 0;
  for (int left = cursor - 1; left > 0 && offset < text.size(); --left) {
    do {
      ++offset;
    } while (offset < text.size() && (text[offset] & '\xC0') == '\x80');
  }
  return {readable(message), position_at(text, offset)};
}

std::span<RawStmt const* const> Parsed::statements() const {
  return items<RawStmt>(statements_);
}

Node const* Parsed::only() const {
  return statements().size() == 1 ? statements()[0]->stmt : nullptr;
}

Parsed parse(std::string const& text) {
  reject_nul(text);
  require_shallow(text);
  Parsed parsed;
  Failure const failure =
      guarded([&]() noexcept { parsed.statements_ = raw_parser(text.c_str(), RAW_PARSE_DEFAULT); });
  Memory::rest();
  if (failure.message != nullptr) {
    throw syntax_error(text, failure.message, failure.cursor);
  }
  return parsed;
}

std::string deparse(Node const& statement) {
  return deparsed([&]() noexcept {
    RawStmt raw{};
    raw.type = T_RawStmt;
    raw.stmt = const_cast<Node*>(&statement);
    return raw;
  });
}

std::string deparse_expression(Node const& expression) {
  if (std::string plain = plain_text(expression); !plain.empty()) {
    return plain;
  }
  return deparsed([&]() noexcept { return select_of(expression); })
      .substr(std::string_view("SELECT ").size());
}

bool same_meaning(Node const& a, Node const& b) {
  bool same = false;
  Memory const memory;
  Failure const failure = guarded([&]() noexcept { same = equal(&a, &b); });
  return failure.message == nullptr && same;
}

void assign(char* const& field, std::string const& value) {
  const_cast<char*&>(field) = const_cast<char*>(value.c_str());
}

QualifiedName qualified(std::span<Node const* const> parts) {
  QualifiedName result;
  if (!parts.empty()) {
    result.name = Identifier(std::string(text_of(parts.back())));
  }
  if (parts.size() > 1) {
    result.schema = Identifier(std::string(text_of(parts[parts.size() - 2])));
  }
  return result;
}

QualifiedName qualified(RangeVar const& relation) {
  Identifier name(std::string(text(relation.relname)));
  if (relation.relpersistence == RELPERSISTENCE_TEMP && relation.schemaname == nullptr) {
    return {Identifier(std::string(temporary_schema)), std::move(name)};
  }
  return {Identifier(std::string(text(relation.schemaname))), std::move(name)};
}

}  // namespace bellows::sql::tree
