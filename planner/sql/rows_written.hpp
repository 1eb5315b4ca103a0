#pragma once

#include "planner/sql/statement.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What INSERT and UPDATE say of rows, beyond whom they touch. The text is read once more: only
/// whoever asks pays. Never throws: what the grammar refuses says nothing.
namespace bellows::sql {

/// A value that a row is given.
struct WrittenValue {
  enum class Kind : std::uint8_t {
    Computed,  // whatever is none of the others
    Default,
    Null,
    Text,  // 'x', of no type yet
    Integer,
    Fraction,
    Boolean
  };
  Kind kind = Kind::Computed;
  std::string text;  // of Text, without its quotes
};

/// An INSERT at the top of its statement.
struct WrittenRows {
  QualifiedName into;
  std::vector<Identifier> columns;  // as they are listed
  bool listed = false;
  bool parts = false;                           // the list has a part of a column: c.x, c[1]
  std::vector<std::vector<WrittenValue>> rows;  // of VALUES; one without values: DEFAULT VALUES
  std::optional<std::size_t> width;             // of a SELECT, where its text tells
  bool overriding = false;                      // OVERRIDING, of whichever kind
  bool default_values = false;
  /// ON CONFLICT (…) of plain columns, without WHERE; empty: none, or something else.
  std::vector<Identifier> conflict;
};

/// Nothing where the statement is no INSERT.
std::optional<WrittenRows> rows_written(Statement const& statement);

/// A constant text that a WHERE holds against a column of the statement's target.
struct ComparedText {
  Identifier column;
  std::string text;
};

/// Of UPDATE and DELETE, outside of subqueries; only names that can be no other relation's.
std::vector<ComparedText> texts_compared(Statement const& statement);

/// Relations that a statement names anywhere, its target too; names of WITH queries left out.
std::vector<QualifiedName> relations_read(Statement const& statement);

}  // namespace bellows::sql
