#pragma once

#include "runner/cli/report_check.hpp"

#include <string>

namespace bellows::runner {

/// Whether bellows can carry a statement out in phases, and how its committed plan stands to that;
/// empty where there is no need to, and where no rule splits it: what to do instead is in the
/// findings. Pure.
std::string split_line(CheckedFile const& file, rules::Reviewed const& reviewed);

/// How the file's committed plan stands, where no statement's split_line tells it: what `up` goes
/// by is that file all the same. Empty without one. Pure.
std::string plan_line(CheckedFile const& file);

}  // namespace bellows::runner
