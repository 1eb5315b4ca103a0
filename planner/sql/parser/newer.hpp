#pragma once

#include "planner/sql/statement.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What PostgreSQL 19's grammar has and the linked one has not. Such a statement is put into the
/// older grammar's words, parsed, and what the words could not say is written into the result.
/// Everything else that is newer stays Unparsed: nothing is guessed.
///
/// Source: gram.y of 19, tried on 19~rc1. Pure.
namespace bellows::sql {

struct InOlderWords {
  /// Only to be parsed, never to be run. Of an INSERT, SELECT, UPDATE or DELETE every word stands
  /// where it stood.
  std::string text;
  std::vector<Form> forms;
  std::string kind;                              // empty: as the older words have it
  std::optional<PublicationChange> publication;  // what of it is for all
};

/// Nothing where none of it is in the statement. Throws SyntaxError where it is half of it.
std::optional<InOlderWords> in_older_words(std::string_view statement);

/// Writes into the parsed `statement` what is known beside the older words.
void apply_newer(Statement& statement, InOlderWords const& older);

}  // namespace bellows::sql
