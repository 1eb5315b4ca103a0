#pragma once

#include "planner/rules/hazard_signs.hpp"

#include <string>

/// What breaks running code as a dropped column does, though no row is touched: what it calls is
/// gone, what it relied on is not done any more, what it may do is taken from it.
namespace bellows::rules::signs {

bool drops_function(Sign const& sign);  // none that only triggers execute
bool drops_type(Sign const& sign);
bool drops_sequence(Sign const& sign);
bool renames_object(Sign const& sign);  // a function, type or sequence; or its schema
bool drops_required_default(Sign const& sign);
bool drops_optional_default(Sign const& sign);  // of a column that may be NULL, or is not known
bool drops_identity(Sign const& sign);
bool revokes(Sign const& sign);
bool ignores_writes(Sign const& sign);     // CREATE RULE … DO INSTEAD NOTHING
bool disables_checks(Sign const& sign);    // DISABLE TRIGGER ALL
bool disables_triggers(Sign const& sign);  // some, or those of users
bool disables_rule(Sign const& sign);

/// "public.f": the object, with what it is: "function public.f".
std::string object_text(Sign const& sign);
/// Whom a REVOKE takes it from: "webapp, PUBLIC".
std::string grantees_text(Sign const& sign);
/// What does not fire any more: "its triggers touched and counted".
std::string triggers_text(Sign const& sign);
/// The foreign keys that nothing checks any more, "child_parent, and those of other.t to it".
std::string unchecked_text(Sign const& sign);
/// "INSERT", and where it has a condition: "INSERT (where its condition holds)".
std::string event_text(Sign const& sign);

}  // namespace bellows::rules::signs
