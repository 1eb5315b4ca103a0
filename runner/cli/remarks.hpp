#pragma once

#include "batcher/postgres/session.hpp"
#include "runner/cli/console.hpp"
#include "runner/rollout/agenda.hpp"
#include "runner/rollout/project.hpp"

#include <string>
#include <vector>

/// What is to be known before a command's answer, and stops nothing: a line each, or none.
namespace bellows::runner {

/// See other_history().
void tell_other_history(postgres::Session& session, Console& console);

/// Which of `asked` begin with the same digits as another migration of the project, or do not run
/// where a listing shows them; see same_digits() and order_told().
void tell_order(Project const& project, std::vector<std::string> const& asked, Console& console);

/// Those whose name can still be changed.
std::vector<std::string> not_begun(Project const& project, LedgerRows const& rows);

}  // namespace bellows::runner
