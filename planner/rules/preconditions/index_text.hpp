#pragma once

#include "planner/catalog/model.hpp"

#include <optional>
#include <string>

/// What the text of a CREATE INDEX tells and the model does not keep.
namespace bellows::rules::preconditions {

/// A key column has DESC, NULLS FIRST, an operator class or a collation other than its own: no
/// UNIQUE or PRIMARY KEY is made of such an index. Nothing where the text is not understood.
std::optional<bool> has_special_order(std::string const& definition, catalog::Table const& table);

/// ASC, DESC or NULLS FIRST, LAST behind any key.
bool says_order(std::string const& statement);

/// Keys, expressions and what it INCLUDEs. Nothing where the text is not understood.
/// Whether its column of this number, from 1, is one of the table as it stands, INCLUDEd ones too.
/// What cannot be read is none.
bool is_plain_column(std::string const& definition, std::size_t number);
std::optional<std::size_t> column_count(std::string const& definition);

/// NULLS NOT DISTINCT (15).
bool treats_nulls_alike(std::string const& definition);

}  // namespace bellows::rules::preconditions
