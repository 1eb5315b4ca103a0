#pragma once

#include "planner/rules/page.hpp"

#include <string>

/// What `bellows explain` prints. Pure.
namespace bellows::runner {

std::string explain_text(rules::Page const& page);
std::string explain_list();

}  // namespace bellows::runner
