#pragma once

#include "planner/rules/rule.hpp"

namespace bellows::rules {

/// Rows of a published table without a replica identity are written: by the statement, or by the
/// backfill of a rename.
extern Rule const written_without_identity;

}  // namespace bellows::rules
