#pragma once

#include "planner/catalog/model.hpp"
#include "runner/rollout/project.hpp"
#include "runner/rollout/run.hpp"

#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>

/// A migration's way through its phases. Everything here can be called again after a crash at any
/// point: the ledger says where it stands.
namespace bellows::runner {

/// The plan that accept() would take: reads the catalog, writes nothing. Throws as it does.
plan::Plan acceptable_plan(postgres::Session& session, Project const& project,
                           Project::Entry const& entry);

/// What a migration finds that is not the first to run: what those before it leave.
struct LaterWorld {
  catalog::Catalog const& schema;                     // as far as their statements tell
  std::set<std::string> const& contracted;            // migrations that are contracted by then
  std::set<sql::QualifiedName> const& in_transition;  // tables that have a copy by then
  bool same_rights = true;  // nothing before it grants, takes away or hands over
};

/// The same of one that runs behind others, as far as it can be told before those have run. Throws
/// as accept() would by then.
plan::Plan acceptable_plan_later(postgres::Session& session, Project const& project,
                                 Project::Entry const& entry, LaterWorld const& world);

/// Accepts a pending (or aborted) migration: its plan is the committed one, or for a migration of
/// one phase one made now. Refuses (ProjectError) a plan for another text or for another world, and
/// what would need a reviewed plan and has none; (Unconfirmed) what a requirement at the start says
/// the author has to answer for. Writes its row: from here on it is `expanding`.
MigrationRow accept(Run& run, Project const& project, Project::Entry const& entry,
                    std::string const& release);

/// Whether its file may still be changed where it has not run: it is on its way there, and in one
/// phase.
bool may_be_mended(MigrationRow const& row);
/// What is to be carried out of a file that was changed since its migration began. Writes nothing.
/// Throws ProjectError where what has run is not what the file says there, or what is new cannot
/// run so.
plan::Plan mended_plan(postgres::Session& session, Project::Entry const& entry,
                       MigrationRow const& row);
/// The same, noted in the ledger. Returns the row as it is then.
MigrationRow mend(Run& run, Project::Entry const& entry, MigrationRow row);

/// Carries a migration on to the end of `upto`, or to its end if that comes first. Journals every
/// step; a failing one leaves the state `failed` (and throws StepFailed), or no row at all when
/// nothing had been changed yet.
MigrationRow advance(Run& run, MigrationRow row, Phase upto);

/// It can be done, but wants a word more than was typed.
class Unconfirmed : public std::runtime_error {
 public:
  Unconfirmed(std::string const& message, std::string what_next)
      : std::runtime_error(message), next(std::move(what_next)) {}
  std::string next;  // what to type
};

/// Contract makes final what `bellows verify` found to differ: throws Unconfirmed where its last
/// outcome was such.
void check_verified(postgres::Session& session, MigrationRow const& row);
/// The same, unless there is a reason, which is journaled.
void check_verified(Run& run, MigrationRow const& row, std::string const& because);

/// What a later phase is waiting for: a row in one of these states has begun and not ended.
bool in_progress(State state);

}  // namespace bellows::runner
