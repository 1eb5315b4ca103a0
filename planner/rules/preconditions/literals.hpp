#pragma once

#include "planner/catalog/model.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Constants, as the input functions of PostgreSQL's types read them.
namespace bellows::rules::preconditions {

/// Inside of 'it''s'; nothing where the text is more, or something else.
std::optional<std::string> literal(std::string_view text);

/// The type does not read it, whatever the session's settings are. False where that is not known.
bool is_unreadable(catalog::Catalog const& catalog, std::string const& type,
                   std::string const& value);

/// Of an enum of which the source tells its labels; null for every other type.
std::vector<std::string> const* labels_of(catalog::Catalog const& catalog, std::string const& type);

}  // namespace bellows::rules::preconditions
