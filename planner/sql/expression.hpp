#pragma once

#include "planner/sql/identifier.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::sql {

/// One column reference inside an expression, by its place in the text.
struct ColumnReference {
  std::vector<Identifier> path;  // `name`, or `users`.`name`
  std::size_t offset = 0;        // bytes from the start of the text
  std::size_t length = 0;
};

/// A scalar SQL expression that the parser has accepted. There is no other way to make one, so
/// text that reaches a statement through it is one expression and nothing more (no `; DROP`).
class Expression {
 public:
  /// Throws SyntaxError when `text` is not exactly one scalar expression, or holds what cannot be
  /// evaluated per row: a subquery, an aggregate, a window function, a parameter.
  static Expression parse(std::string_view text);

  std::string const& text() const { return text_; }
  std::vector<ColumnReference> const& columns() const { return columns_; }
  bool mentions(Identifier const& column) const;
  /// Just one column, nothing around it.
  bool is_column(Identifier const& column) const;
  /// Calls something whose result differs from call to call (random(), clock_timestamp(),
  /// nextval() …); of the functions that PostgreSQL ships. A user's function is not known here.
  bool calls_volatile() const { return calls_volatile_; }

  /// The text with every column reference replaced by what `name_of` gives for its column, which
  /// must be an SQL primary (`NEW.name`, `(x + 1)`).
  std::string with_columns(std::function<std::string(Identifier const&)> const& name_of) const;

  /// The text with one column called otherwise, qualified as before (`NEW.name`).
  std::string with_renamed(Identifier const& from, Identifier const& to) const;

  /// Functions called without a schema get `pg_catalog.` in front, so that the same text means the
  /// same inside a function with a fixed search_path and outside of it.
  Expression with_builtin_functions_qualified() const;

  bool operator==(Expression const& other) const { return text_ == other.text_; }

 private:
  Expression() = default;
  std::string replaced(std::function<std::string(ColumnReference const&)> const& text_for) const;

  std::string text_;
  std::vector<ColumnReference> columns_;
  std::vector<std::size_t> unqualified_calls_;  // offsets of function names without a schema
  bool calls_volatile_ = false;
};

}  // namespace bellows::sql
