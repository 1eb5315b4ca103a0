#pragma once

#include "batcher/job/job.hpp"

#include <string>

namespace bellows::runner {

/// What a backfill that has just ended did to the table: "96 % of the updates were HOT; VACUUM ran
/// twice; heap +21 %, indexes +3 %". Empty where nothing of it is known. Pure.
std::string backfill_report(batcher::Progress const& done);

}  // namespace bellows::runner
