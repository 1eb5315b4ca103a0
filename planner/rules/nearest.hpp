#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bellows {

/// The nearest of `known` when it is near enough to be meant. Pure.
std::optional<std::string> nearest(std::string const& word, std::vector<std::string> const& known);

}  // namespace bellows
