#pragma once

#include "planner/rules/hazard_signs.hpp"

#include <string>

/// The author's own statement in the form that a remedy advises, to be copied. Where the statement
/// is long, or has more in it than the form changes, only the form's words.
namespace bellows::rules::remedy {

/// CREATE UNIQUE INDEX CONCURRENTLY i ON t (c): without IF NOT EXISTS, which would take an INVALID
/// index of that name for built.
std::string built_concurrently(signs::Sign const& sign);

/// ALTER TABLE t ADD CONSTRAINT c CHECK (…) NOT VALID.
std::string added_not_valid(signs::Sign const& sign);

/// ALTER TABLE t VALIDATE CONSTRAINT c.
std::string validated(signs::Sign const& sign);

}  // namespace bellows::rules::remedy
