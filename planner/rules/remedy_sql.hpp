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

/// The statement with CONCURRENTLY where it belongs: DROP INDEX, one for each that it names,
/// REINDEX, REFRESH MATERIALIZED VIEW, DETACH PARTITION.
std::string concurrent_form(signs::Sign const& sign);

/// The statement with NOT VALID behind it.
std::string not_valid_form(signs::Sign const& sign);

/// VACUUM of what the statement VACUUMs FULL.
std::string plain_vacuum(signs::Sign const& sign);

/// CREATE UNIQUE INDEX CONCURRENTLY k ON t (c), and ADD CONSTRAINT k UNIQUE USING INDEX k.
std::string key_by_index(signs::Sign const& sign);

/// CHECK (c IS NOT NULL) NOT VALID, VALIDATE, SET NOT NULL, and the CHECK dropped: of the column
/// that the sub-command names.
std::string not_null_by_check(signs::Sign const& sign);
/// The same of the columns of a new primary key that may be NULL.
std::string key_columns_not_null(signs::Sign const& sign);

/// ADD COLUMN c type, and SET DEFAULT … for new rows, and the UPDATE of the old ones.
std::string default_afterwards(signs::Sign const& sign);
/// ADD COLUMN c type, what fills it in new rows until the application does, the UPDATE of the old
/// ones, and NOT NULL last. VALUE stands for what only the author knows.
std::string required_afterwards(signs::Sign const& sign);
/// As default_afterwards, of serial: with a sequence of its own.
std::string numbered_afterwards(signs::Sign const& sign);
/// ADD COLUMN of a generated column as a plain one, and the UPDATE that fills it.
std::string computed_afterwards(signs::Sign const& sign);

/// Of a column that changes its type: a second one, and the UPDATE that fills it.
std::string retyped_beside(signs::Sign const& sign);

/// CREATE VIEW by a table's old name.
std::string view_of_old_name(signs::Sign const& sign);

}  // namespace bellows::rules::remedy
