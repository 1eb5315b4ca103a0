#pragma once

#include "batcher/job/stop.hpp"
#include "runner/cli/options.hpp"

#include <memory>
#include <vector>

namespace bellows::runner {

/// A signal ends every command, whatever it waits for: one that only looks two seconds after the
/// first signal, where nothing else has ended it by then; one that changes something at the third,
/// as kill -9 would, which it is made for. While what it returns lives.
std::vector<std::unique_ptr<Stop::Guard>> last_resort(Options const& options, Stop& stop);

}  // namespace bellows::runner
