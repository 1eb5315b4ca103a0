#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/plan/privileges.hpp"

#include <functional>
#include <string>
#include <vector>

namespace bellows::runner {

/// What the session's role is not allowed, of what a plan needs; asked before the first step
/// of each of its phases.
struct Lacking {
  std::string role;
  std::vector<std::string> what;    // "it does not own public.users, app does"
  std::vector<std::string> grants;  // statements that would change it
};

/// Of what is there: an object that is not is the plan's to make. Reads the catalog. Throws
/// Failure.
Lacking lacking(postgres::Session& session, std::vector<plan::Privilege> const& needed);

/// Throws StepFailed, which says what to GRANT, where something is lacking.
void check_rights(postgres::Session& session, std::string const& migration,
                  std::vector<plan::Privilege> const& needed);

/// Calls `body`, which uses the ledger; a right that is missing there becomes a StepFailed that
/// says what to GRANT, and to whom. For what has not begun yet.
void with_ledger(postgres::Session& session, std::function<void()> const& body);

}  // namespace bellows::runner
