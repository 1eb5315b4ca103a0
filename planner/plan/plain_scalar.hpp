#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bellows::plan {

/// One line as it stands in YAML as a value of a block, plain or in double quotes: the very text
/// that yaml-cpp 0.7 writes (0.8 adds quotes around what has an `&`). Nothing where that has to
/// decide, which tries each character against the grammar: words and the signs that SQL is made of
/// need no such thing, and it was most of the time in which a plan is written.
std::optional<std::string> scalar(std::string_view text);

/// A name that is the same text in YAML, wherever it stands: as a key, in a list, in braces.
bool is_plain_name(std::string_view text);

}  // namespace bellows::plan
