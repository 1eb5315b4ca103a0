#pragma once

#include "planner/catalog/model.hpp"

#include <string>

namespace bellows::rules::preconditions {

/// The expression surely has another value at another call with the same row, or in another
/// session: an index and a generated column take none such. `table`: whose columns it mentions,
/// where that is known. Empty text, and what cannot be read, does not.
bool may_differ(catalog::Catalog const& catalog, catalog::Table const* table,
                std::string const& expression);

}  // namespace bellows::rules::preconditions
