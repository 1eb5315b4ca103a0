#pragma once

#include "runner/cli/report_check.hpp"

#include <string>

namespace bellows::runner {

/// Whether bellows can carry a statement out in phases, and how its committed plan stands to that;
/// empty where there is no need to, and where no rule splits it: what to do instead is in the
/// findings. Pure.
std::string split_line(CheckedFile const& file, rules::Reviewed const& reviewed);

}  // namespace bellows::runner
