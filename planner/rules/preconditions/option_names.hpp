#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::rules::preconditions {

/// Reloptions of a heap (reloptions.c), which a partitioned table has not.
inline bool are_storage_options(std::vector<std::string> const& options) {
  return std::ranges::any_of(options, [](std::string const& option) {
    return option == "fillfactor" || option == "parallel_workers" ||
           option == "toast_tuple_target" || option.starts_with("autovacuum_") ||
           option.starts_with("toast.") || option.starts_with("vacuum_");
  });
}

}  // namespace bellows::rules::preconditions
