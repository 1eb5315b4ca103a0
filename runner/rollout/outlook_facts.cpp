#include "runner/rollout/outlook_facts.hpp"

#include "batcher/control/controls.hpp"
#include "batcher/job/job.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/plan/transition.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "runner/ledger/hold.hpp"
#include "runner/ledger/holder.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/ledger/waits.hpp"
#include "runner/rollout/abort.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/agenda.hpp"
#include "runner/rollout/ahead.hpp"
#include "runner/rollout/ask_rights.hpp"
#include "runner/rollout/dead_letters.hpp"
#include "runner/rollout/file_gone.hpp"
#include "runner/rollout/gate.hpp"
#include "runner/rollout/leftovers.hpp"
#include "runner/rollout/other_history.hpp"
#include "runner/rollout/other_job.hpp"
#include "runner/rollout/rights.hpp"
#include "runner/rollout/rolled_back.hpp"
#include "runner/rollout/rows_elsewhere.hpp"
#include "runner/rollout/run_before.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/sync_off.hpp"
#include "runner/rollout/way_back.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace bellows::runner {
namespace {

using Migration = OutlookFacts::Migration;

/// What a command's own function refuses with; nothing where it does not.
std::optional<Refusal> refusal_of(std::function<void()> const& body) {
  try {
    body();
    return std::nullopt;
  } catch (ProjectError const& error) {
    return Refusal{error.what(), error.next};
  } catch (Unconfirmed const& error) {
    return Refusal{error.what(), error.next};
  } catch (StepFailed const& error) {
    bool const rights = error.sqlstate == "42501";  // whoever looks need not be whoever runs it
    return Refusal{
        error.what(),
        rights ? "bellows up as a role that may; where it is this one: " + error.next : error.next};
  }
}

class Reader {
 public:
  Reader(postgres::Session& session, Project const* project, bool at_work)
      : session_(session), project_(project) {
    facts_.at_work = at_work;
  }

  OutlookFacts read() {
    bool const ledger = ledger_exists(session_);
    if (ledger) {
      rows_ = read_migrations(session_);
      read_orders();
      facts_.may_be_back = !facts_.at_work && read_lost_holder(session_).has_value();
    }
    if (!facts_.at_work) {
      known_ = read_releases(session_);
      facts_.release = known_.are_rolled_back() ? "" : known_.newest();
      facts_.missing = missed_by_last(session_, rows_, known_);
      for (Leftover const& left : read_leftovers(session_)) {
        facts_.leftovers = facts_.leftovers.empty() ? how_to_remove(left) : facts_.leftovers;
      }
    }
    if (project_ != nullptr) {
      facts_.another_project = is_of_another_project(*project_, rows_);
      for (Project::Entry const& entry : project_->entries()) {
        add(entry);
      }
    }
    for (auto const& [name, row] : rows_) {
      if (!added_.contains(name)) {
        add_without_file(row);
      }
    }
    return std::move(facts_);
  }

 private:
  void read_orders() {
    facts_.paused =
        std::ranges::any_of(batcher::read_controls(session_), &batcher::ControlRow::paused);
    if (facts_.at_work) {
      auto const hold = read_hold(session_);
      facts_.held_next = how_to_end_holder(session_);
      if (facts_.held_next.empty() && hold) {
        facts_.held_next = hold->hold.next;
      } else if (facts_.held_next.empty()) {
        auto const wait = read_wait(session_);
        facts_.held_next = wait ? wait->hold.next : "";
      }
    }
  }

  void add(Project::Entry const& entry) {
    Migration one;
    one.name = entry.name;
    added_.insert(entry.name);
    Item item;
    one.changed = refusal_of([&] { item = item_of(entry, rows_, {}); });
    if (auto const found = rows_.find(entry.name); found != rows_.end()) {
      take(one, found->second);
      ask_again(one, entry, found->second);
      if (!facts_.at_work && one.state == State::Failed) {
        one.way_back = way_back_of(session_, found->second, Project::read(entry).down);
      }
    }
    if (!one.changed) {
      one.empty = item.task == Task::HasNothing;
      ask(one, entry, item);
    }
    facts_.migrations.push_back(std::move(one));
  }

  /// Of one that was aborted: whether `expand` would take its plan as it is committed, and whether
  /// what its batches have written would be gone on with.
  void ask_again(Migration& one, Project::Entry const& entry, MigrationRow const& row) {
    if (row.state != State::Aborted || plan::from_yaml(row.plan).single_phase()) {
      return;
    }
    sql::Migration const file = Project::read(entry);
    auto const committed = project_->committed_plan(entry.name);
    one.to_plan = !committed || committed->source_meaning != file.meaning;
    if (facts_.at_work || file.meaning == row.meaning) {
      return;
    }
    auto const made = plan::make_plan(file, catalog::read_catalog(session_));
    if (auto const* as_it_is = std::get_if<plan::Plan>(&made)) {
      one.not_again = refusal_of([&] { refuse_other_job(session_, *as_it_is, file.file); });
    }
  }

  void add_without_file(MigrationRow const& row) {
    Migration one;
    one.name = row.name;
    one.has_file = false;
    take(one, row);
    if (!facts_.at_work && row.state == State::Failed) {
      one.way_back = way_back_of(session_, row, {});
    }
    if (!facts_.at_work && project_ != nullptr && !one.not_contract) {
      one.not_contract = refusal_of([&] { check_its_file(*project_, row); });
    }
    facts_.migrations.push_back(std::move(one));
  }

  /// What the ledger's row says, and what would be refused of it whatever its file.
  void take(Migration& one, MigrationRow const& row) {
    one.state = row.state;
    one.phase = row.phase;
    if (facts_.at_work) {
      return;
    }
    plan::Plan const plan = plan::from_yaml(row.plan);
    if (auto const transition = plan::transition_of(plan)) {
      one.old_names = transition->from.quoted();
    }
    if (row.state == State::Failed && !row.failed_step.empty()) {
      one.dead_letters =
          batcher::read_dead_letters(session_, row.name + "/" + row.failed_step, 1).count > 0;
    }
    if (in_progress(row.state)) {
      one.rights = lacking_rights(row);
    }
    one.dead_letters = one.dead_letters || only_letters_are_left(session_, row);
    one.sync_off = sync_off(session_, row);
    if (one.sync_off) {
      one.refused = one.sync_off;
    } else if (row.state == State::Backfilled) {
      one.not_contract = refusal_of([&] {
        check_not_rolled_back(known_, row);
        check_verified(session_, row);
      });
      if (!one.not_contract) {
        one.not_contract = closed_for_good(row, plan);
      }
      one.held_back = held_back(row, known_);
    } else if (in_progress(row.state) && row.state != State::Aborting) {
      one.refused = refusal_of([&] {
        refuse_rows_elsewhere(session_, plan);
        if (row.phase == Phase::Contract) {
          check_verified(session_, row);
          check_not_rolled_back(known_, row);
        }
      });
    }
  }

  /// Asked as each command does before a phase.
  std::optional<Refusal> lacking_rights(MigrationRow const& row) {
    try {
      check_rights(session_, row.name, needed_next(session_, row));
      return std::nullopt;
    } catch (StepFailed const& error) {
      return Refusal{error.what(), error.next};
    }
  }

  /// Whoever looks need not be allowed what whoever contracts is: then it is not known.
  GateState look_through(MigrationRow const& row, plan::Step const& step, plan::Gate const& gate) {
    try {
      return peek_at_gate(session_, row.name, step.id, gate, {});
    } catch (postgres::Failure const& failure) {
      if (failure.sqlstate != "42501") {
        throw;
      }
      return {.open = false, .evidence = failure.what(), .opens_by_itself = true};
    }
  }

  /// By a gate that does not open by itself.
  std::optional<Refusal> closed_for_good(MigrationRow const& row, plan::Plan const& plan) {
    auto const steps = read_steps(session_, row.name);
    for (plan::Step const& step : plan.contract) {
      auto const* gate = std::get_if<plan::Gate>(&step.action);
      if (gate == nullptr || steps.contains(step.id)) {  // one that is journaled was forced
        continue;
      }
      GateState const state = look_through(row, step, *gate);
      if (!state.open && !state.opens_by_itself) {
        return Refusal{state.evidence, state.evidence};
      }
    }
    return std::nullopt;
  }

  void ask(Migration& one, Project::Entry const& entry, Item const& item) {
    if (facts_.at_work || one.refused) {
      return;
    }
    if (item.mended) {
      one.refused = refusal_of([&] { mended_plan(session_, entry, *item.row); });
    } else if (item.task == Task::Begin) {
      one.refused = ask_to_begin(entry, item);
    }
  }

  std::optional<Refusal> ask_to_begin(Project::Entry const& entry, Item const& item) {
    if (!ahead_) {
      ahead_.emplace(session_, *project_);
      other_runs_ = read_other_runs(session_);
    }
    auto const has_run = refusal_of([&] {
      check_not_run_before(*project_, entry, rows_);
      check_not_run_by_other(other_runs_, *project_, entry, rows_);
    });
    auto const plan_refused = refusal_of([&] { ahead_->next(item, {}, {}); });
    return has_run ? has_run : plan_refused;
  }

  postgres::Session& session_;
  Project const* project_;
  OutlookFacts facts_;
  LedgerRows rows_;
  Releases known_;
  OtherRuns other_runs_;
  std::set<std::string> added_;
  std::optional<Ahead> ahead_;  // of those that are to begin
};

}  // namespace

OutlookFacts read_outlook_facts(postgres::Session& session, Project const* project, bool at_work) {
  return Reader(session, project, at_work).read();
}

}  // namespace bellows::runner
