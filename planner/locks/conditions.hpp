#pragma once

#include "planner/locks/facts.hpp"

/// When a row of the lock table applies. All are false where the catalog would have to tell and
/// does not; what is then not known is for doubts.hpp to say.
namespace bellows::locks::conditions {

bool always(Facts const& facts);

// ADD COLUMN
bool adds_column(Facts const& facts);  // it is not there yet
bool is_of_constrained_domain(Facts const& facts);
bool computes_every_row(Facts const& facts);  // volatile default, serial, identity, STORED
bool adds_check(Facts const& facts);
bool adds_key(Facts const& facts);
bool may_have_rows(Facts const& facts);          // not an empty table of this migration
bool adds_filled_reference(Facts const& facts);  // REFERENCES with a DEFAULT
bool adds_required(Facts const& facts);          // NOT NULL without a default

// ALTER COLUMN
bool column_is_stored(Facts const& facts);    // GENERATED … STORED, or the catalog does not tell
bool column_is_not_null(Facts const& facts);  // or the catalog does not tell
bool needs_null_scan(Facts const& facts);
bool is_beside_unvalidated(Facts const& facts);  // … since the column has a NOT NULL NOT VALID
bool virtual_is_not_null(Facts const& facts);
bool constraint_needs_null_scan(Facts const& facts);  // ADD … NOT NULL column
bool key_may_hold_null(Facts const& facts);           // PRIMARY KEY (…)
bool key_needs_null_scan(Facts const& facts);         // PRIMARY KEY USING INDEX
bool changes_persistence(Facts const& facts);         // or the catalog does not tell
bool type_rewrites(Facts const& facts);
bool type_rebuilds_indexes(Facts const& facts);
bool type_rebuilds(Facts const& facts, catalog::Index const& index);  // a plain one it may keep
bool type_rechecks(Facts const& facts);  // a CHECK is on the column, here or below

// constraints
bool constraint_is_inherited(Facts const& facts);  // ADD …, not NO INHERIT
bool becomes_enforced(Facts const& facts);         // ALTER CONSTRAINT, or the catalog does not tell
bool is_deferrable(Facts const& facts);            // ADD …: it is checked by triggers
bool is_foreign_key(Facts const& facts);
bool is_not_foreign_key(Facts const& facts);
bool is_referenced(Facts const& facts);  // by another table's foreign key

// indexes and tables
bool makes_index(Facts const& facts);
bool makes_table(Facts const& facts);
bool drops_cascaded(Facts const& facts);
bool refreshes_rows(Facts const& facts);  // no WITH NO DATA
bool options_need_access_exclusive(Facts const& facts);
bool options_are_light(Facts const& facts);

}  // namespace bellows::locks::conditions
