#pragma once

#include <string>
#include <vector>

namespace bellows::runner {

/// Sentences about migrations that do not run in the order in which a listing shows them: their
/// digits say otherwise than their names, because they are of another length or sense, or are no
/// time although there are as many. `names`: all, in the order in which they run; only what
/// concerns one of `asked` is told. Empty: nothing is to be told. Pure.
std::vector<std::string> order_told(std::vector<std::string> const& names,
                                    std::vector<std::string> const& asked);

}  // namespace bellows::runner
