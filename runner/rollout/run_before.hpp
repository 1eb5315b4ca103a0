#pragma once

#include "runner/rollout/agenda.hpp"

#include <optional>
#include <string>
#include <vector>

/// A file that was renamed is a new migration by its name, and an old one by all else.
namespace bellows::runner {

/// What a migration that is to begin has in common with one that has begun, and has no file any
/// more.
struct RunBefore {
  std::string name;      // the latter's
  bool same_statements;  // else it is the digits in front
};

/// `names`: of all files there are. The same statements outrank the same digits. Pure.
std::optional<RunBefore> run_before(std::string const& name, std::string const& meaning,
                                    std::vector<std::string> const& names, LedgerRows const& rows);

/// Throws Unconfirmed where that is so of a migration that has not begun.
void check_not_run_before(Project const& project, Project::Entry const& entry,
                          LedgerRows const& rows);

}  // namespace bellows::runner
