#pragma once

#include "planner/rules/conduct.hpp"

#include <filesystem>
#include <optional>
#include <string_view>

/// Who runs a migration that `check` judges: most people try it first on files of another tool.
namespace bellows::runner {

struct WhoRuns {
  rules::Conduct conduct{};
  bool found = false;  // by the file's own markers
};

/// `named` is --for; empty: asked of the file, unless bellows is at home here (`is_ours`). Throws
/// UsageError for a name that is not known.
WhoRuns who_runs(std::string_view named, bool is_ours, std::filesystem::path const& file,
                 std::string_view text);

}  // namespace bellows::runner
