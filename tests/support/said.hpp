#pragma once

#include "tests/support/project.hpp"

#include <string>
#include <vector>

namespace bellows::test {

/// It ended with `code`, and each of `words` stands somewhere in what it printed, on either stream.
void expect_says(Ran const& ran, int code, std::vector<std::string> const& words);

}  // namespace bellows::test
