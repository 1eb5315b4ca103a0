#pragma once

#include "batcher/job/job.hpp"
#include "runner/ledger/hold.hpp"
#include "runner/ledger/holder.hpp"
#include "runner/ledger/store.hpp"
#include "runner/ledger/verified.hpp"
#include "runner/ledger/verifiers.hpp"
#include "runner/rollout/leftovers.hpp"
#include "runner/rollout/outlook.hpp"
#include "runner/rollout/rolled_back.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bellows::runner {

/// One migration as `bellows status` shows it.
struct MigrationStatus {
  std::string name;
  State state = State::Pending;
  std::string state_words = "pending";
  std::string phase;
  std::string release;
  std::string current_step;  // that it is at, or that failed
  std::string purpose;       // of that one, as the plan says it to people
  std::string failed_step;
  std::string sqlstate;
  std::string message;
  std::string changed_at;
  std::string meaning;        // of its file as it is now
  bool file_changed = false;  // since it ran, and not only in comments
  bool file_missing = false;  // this checkout is older than the database
  std::vector<std::pair<std::string, std::string>> gates;  // before its contract: id, purpose
  std::vector<std::pair<std::string, std::string>> application;
  std::optional<batcher::Progress> progress;
  batcher::DeadLetters dead_letters;     // of that step
  std::optional<HoldSince> hold;         // of the run that is at work on it
  std::optional<Ending> ending;          // of the last run, where it did not reach its end
  std::optional<Refusal> refused;        // what would be refused of it: to begin, go on, contract
  std::optional<HeldBack> held_back;     // its contract is due, and left to the next release
  std::optional<VerifyOutcome> differs;  // that `bellows verify` found, and contract is refused for
  std::optional<Verifier> verifier;      // who runs `bellows verify` on it right now
};

struct StatusReport {
  std::string target;              // host, port, database, user
  std::optional<Holder> holder;    // who works on it right now
  std::optional<LostHolder> lost;  // or did, until the server's restart, and may come back
  std::optional<HoldSince> held;   // by a lock that it waits for, where its migration tells nothing
  std::vector<Verifier> verifiers;
  bool never_ran = false;        // there is no ledger
  bool another_project = false;  // none of its migrations is in this checkout
  std::vector<MigrationStatus> migrations;
  std::vector<batcher::ControlRow> controls;  // orders in force: pauses, settings
  std::vector<Leftover> leftovers;            // that no migration accounts for
  Release deployed;                           // the release that was deployed last; may be empty
  std::string newest;
  bool rollback = false;         // it is older than the newest, and came after it
  std::vector<Missing> missing;  // what the application of `deployed` may miss
  Outlook outlook;
};

/// For people: a line a migration, under it what holds it there, and at the end what to type; in
/// lines of at most `width` characters, where one is given.
std::string status_text(StatusReport const& report, bool colour,
                        std::optional<std::size_t> width = std::nullopt);

/// One document with schema_version 1.
std::string status_json(StatusReport const& report);

}  // namespace bellows::runner
