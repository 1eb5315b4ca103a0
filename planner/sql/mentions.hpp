#pragma once

#include "planner/sql/identifier.hpp"

#include <string_view>

namespace bellows::sql {

/// Whether a function's text says a column's name. The server reads such a text only when the
/// function runs, so nobody keeps the name in it up to date.
struct Mentions {
  bool of_row = false;   // NEW.title, OLD.title: of the row that a trigger fires for
  bool as_word = false;  // elsewhere, where it may well mean the column
  bool any() const { return of_row || as_word; }
  bool operator==(Mentions const&) const = default;
};

/// PL/pgSQL is read token by token. Comments and messages say nothing; what is another table's
/// column, a declared variable, a parameter, an alias or a function is left out where the text
/// shows it; a string counts where it is a key (-> 'title'), or where the statement builds SQL
/// (EXECUTE) or records from it. In other languages, and where the text cannot be scanned, every
/// word counts. `table`: the one that has the column, and that NEW and OLD are rows of.
Mentions mentions(std::string_view body, std::string_view language, Identifier const& column,
                  QualifiedName const& table);

}  // namespace bellows::sql
