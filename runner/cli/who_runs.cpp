#include "runner/cli/who_runs.hpp"

#include "runner/cli/command.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace bellows::runner {

WhoRuns who_runs(std::string_view named, bool is_ours, std::filesystem::path const& file,
                 std::string_view text) {
  if (named.empty()) {
    rules::Runner const* runner =
        is_ours ? nullptr : rules::runner_of(file.filename().string(), text);
    return runner == nullptr ? WhoRuns{} : WhoRuns{rules::conduct_of(*runner, text), true};
  }
  if (rules::Runner const* runner = rules::runner_named(named)) {
    return {rules::conduct_of(*runner, text), false};
  }
  std::vector<std::string_view> names;
  for (rules::Runner const& one : rules::runners()) {
    names.push_back(one.name);
  }
  throw UsageError(fmt::format("--for is one of {}", fmt::join(names, ", ")));
}

}  // namespace bellows::runner
