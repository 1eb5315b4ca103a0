#pragma once

#include "runner/ledger/releases.hpp"
#include "runner/ledger/store.hpp"
#include "runner/rollout/project.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What a deployment owes, migration by migration. Decided before anything runs, from the ledger
/// and the files alone, so that a dry run tells just what the real one does.
namespace bellows::runner {

/// The release that is being deployed, among those that were.
struct Deployment {
  std::string release;  // empty: no release was named
  Releases known;

  bool named() const { return !release.empty(); }
  /// A later one was here already: a rollback.
  bool is_rollback() const { return named() && known.earlier(release, known.newest()); }
  /// While this one is deployed, the application that runs is of a release that came before the one
  /// that expanded it: there was a rollback meanwhile, or that one's `up` never came to its end.
  bool runs_older_than(MigrationRow const& row) const {
    std::string const running = known.last_before(release).name;
    if (row.release.empty()) {
      return false;
    }
    return running.empty() ? is_half_deployed(row) : known.earlier(running, row.release);
  }
  /// The release that expanded it was seen, and no `up` of it came to its end.
  bool is_half_deployed(MigrationRow const& row) const {
    return row.release != release && known.was_seen(row.release) &&
           !known.was_deployed(row.release);
  }
  /// An older one was deployed after that one had begun: a rollback.
  bool rolled_back_behind(MigrationRow const& row) const {
    return runs_older_than(row) && known.deployed_since(known.last_before(release), row.release);
  }
};

/// What `up` does with a migration.
enum class Task : std::uint8_t {
  Nothing,       // it is at its end
  Begin,         // it is new
  GoOn,          // with what was interrupted, or has failed; forwards or backwards
  Contract,      // an earlier release expanded it
  Wait,          // for a later release, or `bellows contract`
  Adopt,         // it was expanded outside of any release: from now on it is this one's
  LeaveToLater,  // it is a later release's, and this one a rollback
  HoldBack,  // it is due, but the application that runs may be an older one: for the next release
  LeaveContract,  // its contract was cut off, or has failed, and no release is named
  LeaveOut,       // it was aborted
  HasNothing,     // no statement is in its file yet
};

/// Pure. `row`: nothing where it has not begun; `empty`: it is to begin, or was aborted, and its
/// file has no statement.
Task task_for(std::optional<MigrationRow> const& row, bool empty, Deployment const& deployment);

/// The release that a migration is stamped with once it was moved on in `deployment`: the latest
/// that did so, up to the end of its backfill; without one named it keeps its own. Pure.
std::string stamp_of(MigrationRow const& row, Deployment const& deployment);
/// Begun again after an abort: no release that was seen by now may contract it.
std::string stamp_of_new(std::optional<MigrationRow> const& before, Deployment const& deployment);

struct Item {
  Project::Entry const* entry = nullptr;  // of the project that was asked
  std::optional<MigrationRow> row;
  Task task = Task::Nothing;
  bool mended = false;  // its file was changed where it has not run, as it seems
};

using LedgerRows = std::map<std::string, MigrationRow>;

/// Throws Unconfirmed for a rollback: what is not there yet is no matter of it.
void check_may_begin(Deployment const& deployment, std::string const& migration);

/// Throws ProjectError for a file that was changed after it ran.
Item item_of(Project::Entry const& entry, LedgerRows const& rows, Deployment const& deployment);

/// The ledger has migrations, and none of them is in this checkout: one of the two is another
/// project's. What was aborted does not count. Pure.
bool is_of_another_project(Project const& project, LedgerRows const& rows);
/// Throws Unconfirmed for such, unless there is a reason.
void check_is_its_project(Project const& project, LedgerRows const& rows,
                          std::string const& because);
/// The same for a command that takes no reason. `meant`: what says that it is meant; may be empty.
void check_is_its_project_or(Project const& project, LedgerRows const& rows,
                             std::string const& meant);

/// In the order in which they run, up to and with `last` (empty: all). Throws ProjectError for a
/// file that was changed after it ran, Unconfirmed where a rollback would begin something.
std::vector<Item> agenda(Project const& project, LedgerRows const& rows,
                         Deployment const& deployment, std::string const& last);

/// What a rollback leaves undone, in a sentence; empty where it is none.
std::string rollback_text(Deployment const& deployment);
/// The names that no application may use any more once it is contracted: "name". Pure.
std::string old_names_of(MigrationRow const& row);
/// Why a migration is left where it stands, in a sentence; empty where there is nothing to say.
std::string why_left(Item const& item, Deployment const& deployment);

/// A contract that is due, and that the last deployment has left to the next one.
struct HeldBack {
  std::string release;  // that has left it
  std::string older;    // whose application may still run; empty: not known
  std::string why;      // in a sentence
};
/// Of one that waits for its contract. Nothing where no deployment has held it back. Pure.
std::optional<HeldBack> held_back(MigrationRow const& row, Releases const& known);

/// A migration that ran and whose file says something else now. What was aborted may be mended.
/// Throws ProjectError.
void check_unchanged(MigrationRow const& row, Project::Entry const& entry);

}  // namespace bellows::runner
