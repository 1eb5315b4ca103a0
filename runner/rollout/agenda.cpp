#include "runner/rollout/agenda.hpp"

#include "planner/plan/transition.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/rollout/advance.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::runner {
namespace {

bool is_of_later(MigrationRow const& row, Deployment const& deployment) {
  return row.release.empty() || row.phase == Phase::Contract ||
         deployment.known.earlier(deployment.release, row.release);
}

Task task_for_backfilled(MigrationRow const& row, Deployment const& deployment) {
  if (!deployment.named()) {
    return Task::Wait;
  }
  if (deployment.is_rollback()) {
    return Task::LeaveToLater;
  }
  if (row.release.empty()) {
    return Task::Adopt;
  }
  if (!deployment.known.earlier(row.release, deployment.release)) {
    return Task::Wait;
  }
  return deployment.runs_older_than(row) ? Task::HoldBack : Task::Contract;
}

Task task_for_begun(MigrationRow const& row, Deployment const& deployment) {
  if (deployment.is_rollback() && is_of_later(row, deployment)) {
    return Task::LeaveToLater;
  }
  if (row.phase != Phase::Contract) {
    return Task::GoOn;
  }
  if (deployment.runs_older_than(row)) {
    return Task::HoldBack;
  }
  return deployment.named() ? Task::GoOn : Task::LeaveContract;
}

std::string why_held_back(MigrationRow const& row, Deployment const& deployment) {
  Release const running = deployment.known.last_before(deployment.release);
  std::string const& name = row.name;
  std::string const old_names = old_names_of(row);
  if (!deployment.rolled_back_behind(row)) {
    std::string const older =
        running.name.empty() ? "one before it" : fmt::format("{}'s", running.name);
    return fmt::format(
        "{0} is not contracted now: no `up --release {1}`, which expanded it, has come to its end, "
        "so the application that runs may be {2}, which uses {3}; the release after {4} contracts "
        "it, or bellows contract {0}, once nothing of it runs any more",
        name, row.release, older, old_names, deployment.named() ? deployment.release : row.release);
  }
  std::string const other =
      deployment.named()
          ? fmt::format("the release after {} contracts it, or bellows contract {}",
                        deployment.release, name)
          : fmt::format("a later release contracts it, or bellows contract {} --because TEXT",
                        name);
  return fmt::format(
      "{0} is not contracted now: release {1} was deployed ({2}) after {3} had expanded it, and "
      "{1}'s application, which may still run, uses {4}; {5}, once nothing of {1} runs any more",
      name, running.name, running.deployed_at, row.release, old_names, other);
}

/// What batches have written stays, and is not gone on with by other statements (other_job.hpp).
bool has_rows_that_stay(plan::Plan const& plan, MigrationRow const& row) {
  return row.phase == Phase::Backfill &&
         std::ranges::any_of(plan.backfill, [](plan::Step const& step) {
           return step.irreversible && std::holds_alternative<plan::Batch>(step.action);
         });
}

/// The other way to a file that was changed after it ran; empty where there is none.
std::string or_begin_again(MigrationRow const& row) {
  if (!in_progress(row.state) || row.phase == Phase::Contract) {
    return "";
  }
  plan::Plan const plan = plan::from_yaml(row.plan);
  return fmt::format(
      "; or{1} bellows abort {0}, {2}then bellows expand {0}, which begins it as it is now",
      row.name, has_rows_that_stay(plan, row) ? ", where it has written no row yet:" : "",
      plan.single_phase() ? "" : "bellows plan " + row.name + ", ");
}

}  // namespace

void check_may_begin(Deployment const& deployment, std::string const& migration) {
  if (!deployment.is_rollback()) {
    return;
  }
  throw Unconfirmed(
      fmt::format("release {} is older than {}, which was here already, and {} has not begun: an "
                  "older release begins no migration; nothing was changed",
                  deployment.release, deployment.known.newest(), migration),
      "deploy it as a release with a new name; or `bellows up` without --release, which contracts "
      "nothing");
}

Task task_for(std::optional<MigrationRow> const& row, bool empty, Deployment const& deployment) {
  if (empty) {
    return Task::HasNothing;
  }
  if (!row) {
    return Task::Begin;
  }
  switch (row->state) {
    case State::Contracted:
      return Task::Nothing;
    case State::Aborted:
      return Task::LeaveOut;
    case State::Aborting:
      return Task::GoOn;
    case State::Backfilled:
      return task_for_backfilled(*row, deployment);
    default:
      break;
  }
  return task_for_begun(*row, deployment);
}

std::string stamp_of(MigrationRow const& row, Deployment const& deployment) {
  if (!deployment.named()) {
    return row.release;
  }
  if (row.release.empty()) {
    return deployment.is_rollback() ? "" : deployment.release;
  }
  bool const moves = row.phase != Phase::Contract && row.state != State::Backfilled &&
                     row.state != State::Contracted;
  return moves && deployment.known.earlier(row.release, deployment.release) ? deployment.release
                                                                            : row.release;
}

std::string stamp_of_new(std::optional<MigrationRow> const& before, Deployment const& deployment) {
  if (deployment.named()) {
    return deployment.release;
  }
  return before && !before->release.empty() ? deployment.known.newest() : "";
}

std::string rollback_text(Deployment const& deployment) {
  return !deployment.is_rollback()
             ? ""
             : fmt::format(
                   "release {} is older than {}, which was here already: it contracts "
                   "nothing, and leaves alone what a later one began",
                   deployment.release, deployment.known.newest());
}

std::string old_names_of(MigrationRow const& row) {
  auto const transition = plan::transition_of(plan::from_yaml(row.plan));
  return transition ? transition->from.quoted() : "the old names";
}

std::string why_left(Item const& item, Deployment const& deployment) {
  std::string const& name = item.entry->name;
  switch (item.task) {
    case Task::LeaveOut:
      return fmt::format("{} was aborted and is left out; `bellows expand {}` starts it again",
                         name, name);
    case Task::HasNothing:
      return fmt::format("{} has no statement yet and stays pending", name);
    case Task::Adopt:
      return fmt::format(
          "{} was expanded outside of any release and is release {}'s from now on: a later one "
          "contracts it",
          name, deployment.release);
    case Task::LeaveToLater:
      return fmt::format("{} is left as it is ({}{})", name, to_string(item.row->state),
                         item.row->release.empty() ? "" : ", release " + item.row->release);
    case Task::HoldBack:
      return why_held_back(*item.row, deployment);
    case Task::LeaveContract:
      return fmt::format(
          "{0} is left as it is: its contract has begun, and without --release nothing is "
          "contracted; once no running application uses {1}: bellows contract {0}",
          name, old_names_of(*item.row));
    default:
      return "";
  }
}

std::optional<HeldBack> held_back(MigrationRow const& row, Releases const& known) {
  Deployment const last{known.last_before("").name, known};
  if (task_for(row, false, last) != Task::HoldBack) {
    return std::nullopt;
  }
  return HeldBack{last.release, known.last_before(last.release).name, why_held_back(row, last)};
}

void check_unchanged(MigrationRow const& row, Project::Entry const& entry) {
  if (row.state == State::Aborted || Project::read(entry).meaning == row.meaning) {
    return;
  }
  throw ProjectError(
      fmt::format("{} was changed after it ran (not only in its comments)", entry.label),
      "restore it, and put the change in a migration of its own" + or_begin_again(row));
}

bool is_of_another_project(Project const& project, LedgerRows const& rows) {
  std::size_t begun = 0;
  for (auto const& [name, row] : rows) {
    begun += row.state == State::Aborted ? 0U : 1U;
  }
  return begun > 0 && std::ranges::none_of(project.entries(), [&](Project::Entry const& entry) {
           auto const found = rows.find(entry.name);
           return found != rows.end() && found->second.state != State::Aborted;
         });
}

void check_is_its_project(Project const& project, LedgerRows const& rows,
                          std::string const& because) {
  if (because.empty()) {
    check_is_its_project_or(project, rows, "the same command with --because TEXT");
  }
}

void check_is_its_project_or(Project const& project, LedgerRows const& rows,
                             std::string const& meant) {
  if (!is_of_another_project(project, rows)) {
    return;
  }
  throw Unconfirmed(
      fmt::format(
          "this database has run {} migration{} ({}, …), of which none is in this checkout: "
          "is it the right directory, or the right database? Nothing was changed",
          rows.size(), rows.size() == 1 ? "" : "s", rows.rbegin()->first),
      "bellows status shows both" + (meant.empty() ? "" : "; where it is meant: " + meant));
}

Item item_of(Project::Entry const& entry, LedgerRows const& rows, Deployment const& deployment) {
  Item item{&entry, std::nullopt, Task::Nothing, false};
  if (auto const found = rows.find(entry.name); found != rows.end()) {
    item.row = found->second;
    item.mended = may_be_mended(*item.row) && Project::read(entry).meaning != item.row->meaning;
    if (!item.mended) {
      check_unchanged(*item.row, entry);
    }
  }
  bool const to_begin = !item.row || item.row->state == State::Aborted;
  bool const empty = to_begin && Project::read(entry).up.empty();
  item.task = task_for(item.row, empty, deployment);
  return item;
}

std::vector<Item> agenda(Project const& project, LedgerRows const& rows,
                         Deployment const& deployment, std::string const& last) {
  std::vector<Item> items;
  for (Project::Entry const& entry : project.entries()) {
    items.push_back(item_of(entry, rows, deployment));
    if (items.back().task == Task::Begin) {
      check_may_begin(deployment, entry.name);
    }
    if (entry.name == last) {
      break;
    }
  }
  return items;
}

}  // namespace bellows::runner
