#pragma once

#include "planner/sql/statement.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What PostgreSQL 17 and 18 brought that people use first, for a linked parser that is older:
/// VIRTUAL generated columns and SET EXPRESSION, [NOT] ENFORCED, and NOT NULL as a table's
/// constraint. Such a statement is put
/// into the older parser's words, parsed, and what the words could not say is written into the
/// result. Everything else that is new stays Unparsed: nothing is guessed.
///
/// Source: manual of 18, CREATE TABLE and ALTER TABLE. Pure; throws SyntaxError.
namespace bellows::sql {

/// One sub-command of an ALTER TABLE, or one element of a CREATE TABLE.
struct NewerPart {
  bool virtual_column = false;
  bool enforced = false;  // said so, which is the default
  bool not_enforced = false;
  Identifier not_null;          // NOT NULL column, as a constraint of the table
  bool set_expression = false;  // ALTER COLUMN … SET EXPRESSION AS (…)
  std::string inheritance;      // ALTER CONSTRAINT … [NO] INHERIT
  bool of_table = false;        // of a CREATE TABLE: a constraint, not a column
  bool copies = false;          // of a CREATE TABLE: LIKE
  bool is_newer() const {
    return virtual_column || enforced || not_enforced || !not_null.empty() || set_expression ||
           !inheritance.empty();
  }
};

struct InOlderWords {
  std::string text;  // only to be parsed, never to be run
  std::vector<NewerPart> parts;
};

/// Throws SyntaxError where nothing of the above is in the statement.
InOlderWords in_older_words(std::string_view statement);

/// Writes into the parsed `statement` what `parts` know more. Throws where they do not fit.
void apply_newer(Statement& statement, std::vector<NewerPart> const& parts);

}  // namespace bellows::sql
