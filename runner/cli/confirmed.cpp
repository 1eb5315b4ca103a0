#include "runner/cli/confirmed.hpp"

#include "runner/cli/pace_options.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/ahead.hpp"
#include "runner/rollout/run_before.hpp"

namespace bellows::runner {

void check_project(Run& run, Project const& project, LedgerRows const& rows,
                   Options const& options) {
  std::string const& because = options.text("because");
  check_is_its_project(project, rows, because);
  if (is_of_another_project(project, rows)) {
    run.write([&](postgres::Transaction&, Journal& journal) {
      journal.event("", "", "another project confirmed", because);
    });
  }
}

void check_new(Run& run, Project const& project, Project::Entry const& entry,
               LedgerRows const& rows, OtherRuns const& other_runs, Options const& options) {
  auto const unless_meant = [&](char const* confirmed, auto const& check) {
    try {
      check();
    } catch (Unconfirmed const&) {
      if (options.text("because").empty()) {
        throw;
      }
      run.write([&](postgres::Transaction&, Journal& journal) {
        journal.event(entry.name, "", confirmed, options.text("because"));
      });
    }
  };
  unless_meant("run beside one without a file",
               [&] { check_not_run_before(project, entry, rows); });
  unless_meant("run although another tool has",
               [&] { check_not_run_by_other(other_runs, project, entry, rows); });
}

OtherRuns other_runs_of(Run& run) {
  OtherRuns runs;
  run.asking([&](postgres::Session& asked) { runs = read_other_runs(asked); });
  return runs;
}

void check_first_run(postgres::Session& session, Project const& project,
                     std::vector<Item> const& items, Deployment const& deployment,
                     Options const& options) {
  OtherRuns const runs = read_other_runs(session);
  for (Item const& item : items) {
    if (item.task == Task::Begin && options.text("because").empty()) {
      check_not_run_by_other(runs, project, *item.entry, {});
    }
  }
  refuse_ahead(session, project, items, deployment, patience_of(options));
}

}  // namespace bellows::runner
