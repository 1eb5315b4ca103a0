#include "planner/sql/expression.hpp"

#include "planner/sql/parser/builtin_functions.hpp"
#include "planner/sql/parser/calls.hpp"
#include "planner/sql/parser/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

constexpr std::string_view opening = "SELECT (";

/// A `--` inside an expression would swallow whatever SQL is written behind it.
std::string without_comments(std::string_view text) {
  std::string result;
  std::size_t copied = 0;
  for (Token const& token : scan(text)) {
    if (token.kind != Token::Kind::Comment) {
      continue;
    }
    result += text.substr(copied, token.offset - copied);
    result += ' ';
    copied = token.offset + token.length;
  }
  result += text.substr(copied);
  constexpr std::string_view space = " \t\r\n\f\v";
  std::size_t const first = result.find_first_not_of(space);
  if (first == std::string::npos) {
    throw SyntaxError("an expression is missing", Position{});
  }
  return result.substr(first, result.find_last_not_of(space) - first + 1);
}

/// The tree of `before + text + after` when it is SELECT with one bare value, else a SyntaxError
/// whose place is counted within `text`.
tree::Parsed parse_select(std::string_view before, std::string const& text,
                          std::string_view after) {
  std::string const statement = std::string(before) + text + std::string(after);
  try {
    return tree::parse(statement);
  } catch (SyntaxError const& error) {
    std::size_t const offset =
        error.at.offset > before.size() ? error.at.offset - before.size() : 0;
    throw SyntaxError(error.what(), position_at(text, offset));
  }
}

Node const& only_value(tree::Parsed const& parsed) {
  auto const* select = tree::as<SelectStmt>(parsed.only());
  bool const bare = select != nullptr && tree::items(select->targetList).size() == 1 &&
                    select->fromClause == nullptr && select->whereClause == nullptr;
  auto const* target = bare ? tree::items<ResTarget>(select->targetList).front() : nullptr;
  if (target == nullptr || target->name != nullptr || target->val == nullptr) {
    throw SyntaxError("not exactly one expression", Position{});
  }
  return *target->val;
}

/// Bytes that a path of `parts` names takes from `offset`: names and the dots between them.
std::size_t length_at(std::vector<Token> const& tokens, std::size_t offset, std::size_t parts) {
  auto const first = std::ranges::lower_bound(tokens, offset, {}, &Token::offset);
  auto const left = static_cast<std::size_t>(tokens.end() - first);
  if (left < 2 * parts - 1) {
    return 0;
  }
  Token const& last = *(first + static_cast<std::ptrdiff_t>(2 * parts - 2));
  return last.offset + last.length - offset;
}

/// Where a node's location, counted in the statement, lies in the expression's text.
std::size_t within(int location) {
  return static_cast<std::size_t>(location) - opening.size();
}

}  // namespace

Expression Expression::parse(std::string_view text) {
  Expression result;
  result.text_ = without_comments(text);
  // Twice: with parentheses no clause can follow the value, without them none can be closed early.
  tree::Parsed const bare = parse_select("SELECT ", result.text_, "");
  only_value(bare);
  tree::Parsed const parsed = parse_select(opening, result.text_, ")");
  Node const& value = only_value(parsed);
  require_scalar(value);
  result.calls_volatile_ = calls_in(value).volatile_function;

  std::vector<Token> const tokens = scan(result.text_);
  tree::each<ColumnRef>(value, [&](ColumnRef const& reference) {
    ColumnReference found{identifiers(reference.fields), within(reference.location), 0};
    found.length = length_at(tokens, found.offset, found.path.size());
    result.columns_.push_back(std::move(found));
  });
  tree::each<FuncCall>(value, [&](FuncCall const& call) {
    bool const plain = tree::items(call.funcname).size() == 1 && call.location >= 0;
    if (plain && function_kind(last_name(call.funcname)) != FunctionKind::Unknown) {
      result.unqualified_calls_.push_back(within(call.location));
    }
  });
  std::ranges::sort(result.columns_, {}, &ColumnReference::offset);
  std::ranges::sort(result.unqualified_calls_);
  return result;
}

bool Expression::mentions(Identifier const& column) const {
  return std::ranges::any_of(
      columns_, [&](ColumnReference const& reference) { return reference.path.back() == column; });
}

bool Expression::is_column(Identifier const& column) const {
  return columns_.size() == 1 && columns_[0].path.back() == column && columns_[0].offset == 0 &&
         columns_[0].length == text_.size();
}

std::string Expression::replaced(
    std::function<std::string(ColumnReference const&)> const& text_for) const {
  std::string result;
  std::size_t copied = 0;
  for (ColumnReference const& reference : columns_) {
    result += text_.substr(copied, reference.offset - copied);
    result += text_for(reference);
    copied = reference.offset + reference.length;
  }
  return result + text_.substr(copied);
}

std::string Expression::with_columns(
    std::function<std::string(Identifier const&)> const& name_of) const {
  return replaced([&](ColumnReference const& reference) { return name_of(reference.path.back()); });
}

std::string Expression::with_renamed(Identifier const& from, Identifier const& to) const {
  return replaced([&](ColumnReference const& reference) {
    std::string const written = text_.substr(reference.offset, reference.length);
    if (reference.path.back() != from) {
      return written;
    }
    std::string path;
    for (std::size_t i = 0; i + 1 < reference.path.size(); ++i) {
      path += reference.path[i].quoted() + ".";
    }
    return path + to.quoted();
  });
}

Expression Expression::with_builtin_functions_qualified() const {
  std::string result;
  std::size_t copied = 0;
  for (std::size_t const offset : unqualified_calls_) {
    result += text_.substr(copied, offset - copied) + "pg_catalog.";
    copied = offset;
  }
  return parse(result + text_.substr(copied));
}

}  // namespace bellows::sql
