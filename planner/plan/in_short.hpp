#pragma once

#include "planner/plan/plan.hpp"

#include <string>

namespace bellows::plan {

/// What a reviewer has to know before everything else, on one line: what goes and what gets another
/// name, in which phase, and what cannot be taken back. Without line ends, whatever names there
/// are. Pure; read off the plan's own statements, so that it is true of an edited one as well.
std::string in_short(Plan const& plan);

}  // namespace bellows::plan
