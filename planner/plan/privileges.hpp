#pragma once

#include "planner/plan/plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bellows::plan {

/// What the role that carries out a plan has to be allowed, of what is there before it.
struct Privilege {
  enum class Kind : std::uint8_t {
    Own,   // of a relation: ALTER, indexes
    Drop,  // its owner, or its schema's
    DropRoutine,
    CreateIn,  // of a schema, which `on` names alone; empty: of the first one of the search path
    Select,
    Insert,
    Update,
    Delete,
    Truncate,
    Trigger,
    References,
  };
  Kind kind = Kind::Own;
  sql::QualifiedName on;
  bool operator==(Privilege const&) const = default;
};

/// Each once, in the order of the steps. What the plan makes itself is not asked for; statements
/// that the grammar does not tell enough about are left out, and fail by themselves. Pure.
std::vector<Privilege> privileges(Plan const& plan);
/// Of some of its steps, what they need of what earlier ones have made included.
std::vector<Privilege> privileges(std::vector<Step> const& steps);
/// To take them back.
std::vector<Privilege> undo_privileges(std::vector<Step> const& steps);

}  // namespace bellows::plan
