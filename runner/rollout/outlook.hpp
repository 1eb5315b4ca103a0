#pragma once

#include "runner/ledger/store.hpp"
#include "runner/rollout/agenda.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What is next on a database: one answer, whoever asks (`status`, the last words of `up`, `resume`
/// and of a dry run), decided here alone, from facts that are found out by the functions that the
/// commands themselves go by (outlook_facts.hpp). Pure.
namespace bellows::runner {

/// What `bellows abort` would say of what has failed.
enum class WayBack : std::uint8_t {
  Free,
  WithReason,  // something stays: it wants --because
  None,
};

/// A command would refuse it: why, and what to type.
struct Refusal {
  std::string why;
  std::string next;
};

struct OutlookFacts {
  /// One of the checkout's, or of the ledger's, in the order in which they run.
  struct Migration {
    std::string name;
    std::optional<State> state;  // nothing: it has not begun
    Phase phase = Phase::Expand;
    bool has_file = true;
    bool empty = false;         // it is to begin, and its file has no statement
    bool dead_letters = false;  // in the step that it is at
    bool to_plan = false;       // it was aborted, and its plan is not of its file any more
    WayBack way_back = WayBack::Free;
    std::optional<Refusal> changed;       // its file, after it ran
    std::optional<Refusal> sync_off;      // its pair is not kept in step: urgent, whoever deploys
    std::optional<Refusal> refused;       // to begin, or to go on with it
    std::optional<Refusal> not_contract;  // it waits for contract, which would be refused
    std::optional<Refusal> rights;        // to go on, or to contract: those that this role lacks
    std::optional<Refusal> not_again;     // it was aborted, and its file is another one by now
    std::optional<HeldBack> held_back;    // by the deployment that was the last
    std::string old_names;  // that no application may use before contract: "name"; may be empty
  };
  std::vector<Migration> migrations;
  bool at_work = false;      // a runner is
  bool may_be_back = false;  // none is, but one that the server's restart has cut off may come back
  std::string held_next;     // what holds it is ended so; empty: nothing does, or it ends by itself
  bool paused = false;       // by an order, all of it or a part
  bool another_project = false;
  std::string release;    // that was deployed last; empty: none was, or it was a rollback
  std::string missing;    // what the application that was deployed last may miss; empty: nothing
  std::string leftovers;  // of a rename that no migration accounts for: what to type; empty: none
};

struct Outlook {
  std::string next;         // what to type, or that nothing is to be done; never empty
  bool up_to_date = false;  // there is no migration with anything left
  bool owes = false;        // something is to be done, or under way: not what waits for an author
};

Outlook outlook(OutlookFacts const& facts);

}  // namespace bellows::runner
