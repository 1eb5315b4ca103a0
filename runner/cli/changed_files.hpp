#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace bellows::runner {

/// Files below `directory` that git finds changed since `revision` (committed, staged or not) or
/// does not know yet; deleted ones as well. Canonical paths. Where `directory` is gone, below the
/// nearest one above it. Runs git, without a shell. Throws
/// UsageError with git's own words when there is no git, no repository, or no such revision.
std::set<std::filesystem::path> changed_since(std::string const& revision,
                                              std::filesystem::path const& directory);

}  // namespace bellows::runner
