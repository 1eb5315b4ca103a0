#pragma once

#include "planner/sql/identifier.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What the quoted body of a trigger's function does, as far as its words tell. PL/pgSQL is not
/// parsed: its statements are found by their tokens, comments and strings left out, but for the
/// strings of EXECUTE, which are read as the statement that they make.
namespace bellows::sql {

/// An INSERT, or a SET of several columns, that takes every column of a row in the order in which
/// they stand: OLD.*, NEW.*, * of the table. One column more, and it fails or writes the value into
/// the wrong column.
struct WholeRow {
  QualifiedName into;     // empty: made up when it runs
  bool has_list = false;  // of columns, behind the table's name
  bool alone = false;     // nothing else is taken with the row
  std::string text;       // the statement, on one line
};

struct TriggerBody {
  std::vector<WholeRow> whole_rows;
  std::vector<Identifier> assigned;          // NEW.column := …
  std::vector<QualifiedName> inserts;        // INSERT INTO
  std::vector<QualifiedName> given_the_row;  // functions that are called with OLD or NEW
  bool notifies = false;
};

/// `rows`: what is called a row of the table: OLD and NEW, its own name, its transition tables.
/// `any`: so is every name; of a function that is given the row.
TriggerBody read_trigger_body(std::string_view body, std::vector<Identifier> const& rows,
                              bool any = false);

/// The transition tables that CREATE TRIGGER … REFERENCING names.
std::vector<Identifier> transition_tables(std::string_view definition);

}  // namespace bellows::sql
