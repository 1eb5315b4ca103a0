#pragma once

#include "runner/cli/command.hpp"

namespace bellows::runner {

/// Lets a run speak to all who listen: the console, and where the options say so a Prometheus
/// endpoint (--metrics-listen) and a text file (--metrics-file). They end with the run. Throws
/// UsageError where one can't be had.
void let_speak(Invocation& invocation, Run::Options& run);

}  // namespace bellows::runner
