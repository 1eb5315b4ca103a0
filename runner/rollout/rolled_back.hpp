#pragma once

#include "runner/rollout/agenda.hpp"
#include "runner/rollout/run.hpp"

#include <string>
#include <vector>

/// A rollback is evidence: the application that runs is an older release's. What a later one
/// expanded it does not know, and what a later one contracted it may miss.
namespace bellows::runner {

/// Throws Unconfirmed where contract would take the old name from the application that runs: a
/// release older than the one that expanded it was deployed after that.
void check_not_rolled_back(Releases const& known, MigrationRow const& row);
/// The same, unless there is a reason, which is journaled.
void check_not_rolled_back(Run& run, Releases const& known, MigrationRow const& row,
                           std::string const& because);

/// What an older release's application may still use, and is not there any more.
struct Missing {
  std::vector<std::string> names;  // "public.users.name"
  std::string migration;           // that took it away
  std::string release;             // its release
  std::string since;
};

/// What of later releases than `release` is at its end, and has taken away what is still gone: each
/// name once, by who took it last. By migration, in the order of time. Reads the catalog.
std::vector<Missing> missing_in(postgres::Session& session, LedgerRows const& rows,
                                Releases const& known, std::string const& release);

/// "public.users.name is gone since 2026-03-01 09:00:00 UTC (20260301090000_rename, release 1.1):
/// where release 1.0's application uses it, it fails"
std::string in_words(Missing const& missing, std::string const& release);
/// What to do about them.
std::string next_without(std::vector<Missing> const& missing);
/// Of the release that was deployed last, in one sentence with what to do; empty where it may use
/// all that it has ever known.
std::string missed_by_last(postgres::Session& session, LedgerRows const& rows,
                           Releases const& known);

/// What a rollback leaves undone, and what its application may miss, in lines; empty where
/// `deployment` is none.
std::string rollback_words(postgres::Session& session, LedgerRows const& rows,
                           Deployment const& deployment);

}  // namespace bellows::runner
