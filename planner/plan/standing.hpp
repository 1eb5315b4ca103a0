#pragma once

#include "planner/catalog/model.hpp"
#include "planner/plan/plan.hpp"
#include "planner/sql/migration.hpp"

#include <cstdint>

namespace bellows::plan {

/// How a committed plan stands to what it was made for. Pure.
enum class Standing : std::uint8_t {
  Current,
  OtherMigration,  // it is another one's plan
  OtherText,       // the statements say something else than when it was made
  OtherWorld,      // a column, key or index that it relies on is another one
};

/// `before`: the schema that the migration finds.
Standing standing(Plan const& plan, sql::Migration const& migration,
                  catalog::Catalog const& before);

}  // namespace bellows::plan
