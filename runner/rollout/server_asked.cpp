#include "runner/rollout/server_asked.hpp"

#include "batcher/verify/any_row.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/ddl/interrupted.hpp"
#include "runner/ledger/verified.hpp"
#include "runner/rollout/kept_side.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/way_back.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::runner {
namespace {

using plan::Step;
using plan::Verify;

/// It may take as long as a scan of the table: the first signal ends it.
bool any_row(Run& run, sql::QualifiedName const& table, std::string const& condition) {
  bool any = false;
  run.surviving([&] {
    postgres::Session& session = run.session();
    auto const guard = run.stop().on_first([&session] { session.cancel(); });
    try {
      postgres::Transaction transaction = session.begin();
      any = batcher::any_row(transaction, table, condition);
      transaction.commit();
    } catch (postgres::Failure const& failure) {
      if (failure.kind == postgres::FailureKind::StatementTimeout && run.stop().requested()) {
        throw ddl::Interrupted("stopped while the server was asked for rows that are left");
      }
      throw;
    }
  });
  run.observe("server asked", table.display());
  return any;
}

bool stops_everybody(Step const& step, sql::QualifiedName const& table) {
  return std::ranges::any_of(step.locks, [&](auto const& lock) {
    return lock.first == table && lock.second == locks::Mode::AccessExclusive;
  });
}

std::string look(sql::QualifiedName const& table, std::string const& condition) {
  return fmt::format("SELECT * FROM {} WHERE {} LIMIT 10", table.quoted(), condition);
}

}  // namespace

void ask_whether_any_is_due(Run& run, std::string const& migration, Step const& step,
                            plan::Batch const& batch) {
  bool const must_reach_all = !step.irreversible && !batch.where.empty() &&
                              std::holds_alternative<plan::SetColumns>(batch.action);
  if (!must_reach_all || !any_row(run, batch.table, batch.where)) {
    return;
  }
  run.write([&](postgres::Transaction& transaction, Journal&) {
    batcher::forget_job(transaction, job_id(migration, step));
  });
  throw StepFailed(
      fmt::format("step {}: the walk over {} is at its end, but the server still finds rows that "
                  "are due. Something else keeps this table's rows than the server's own storage, "
                  "or a trigger of the table undoes what is written",
                  step.id, batch.table.display()),
      step.id, "",
      fmt::format("{};  then `bellows resume`, which walks again, or `{}`",
                  look(batch.table, batch.where), how_to_abort(run.session(), migration)));
}

void ask_whether_in_step(Run& run, std::string const& migration, Step const& step) {
  if (std::ranges::none_of(step.locks, [](auto const& lock) {
        return lock.second == locks::Mode::AccessExclusive;
      })) {
    return;
  }
  std::optional<MigrationRow> row;
  run.surviving([&] { row = read_migration_row(run.session(), migration); });
  plan::Plan const plan = row ? plan::from_yaml(row->plan) : plan::Plan();
  if (std::ranges::find(plan.contract, step.id, &Step::id) == plan.contract.end()) {
    return;
  }
  for (Step const& earlier : plan.backfill) {
    auto const* verify = std::get_if<Verify>(&earlier.action);
    if (verify == nullptr || verify->tolerated || !stops_everybody(step, verify->table) ||
        !any_row(run, verify->table, verify->differs)) {
      continue;
    }
    if (run.leaves_differing()) {
      auto const found = read_outcome(run.session(), migration);
      run.voice().say(fmt::format("  rows of {} are out of step ({} when they were verified): {}",
                                  verify->table.display(), found ? found->differing : 0,
                                  kept_side(plan, found ? found->differing : 0)));
      continue;
    }
    throw StepFailed(
        fmt::format("step {}: rows of {} are out of step, although the backfill was verified: {}; "
                    "nothing was locked or changed",
                    step.id, verify->table.display(), look(verify->table, verify->differs)),
        step.id, "",
        fmt::format("was a trigger disabled, or a row written with triggers off? Put such rows "
                    "right, then `bellows resume`; or, to go on all the same: bellows verify {0}, "
                    "which counts them and lets contract say what is lost, then bellows contract "
                    "{0} --because TEXT",
                    migration));
  }
}

}  // namespace bellows::runner
