#pragma once

#include <string>
#include <vector>

namespace bellows::runner {

/// A sentence about migrations that begin with the same digits, two branches' most often: bellows
/// has an order for them, their names', which nobody may have meant. `names`: all, in the order in
/// which they run; only digits that one of `asked` begins with are told. Empty: there are none.
/// Pure.
std::string same_digits(std::vector<std::string> const& names,
                        std::vector<std::string> const& asked);

}  // namespace bellows::runner
