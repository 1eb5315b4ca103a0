#include "runner/rollout/step.hpp"

#include "planner/plan/yaml.hpp"
#include "planner/sql/statement.hpp"
#include "runner/ddl/concurrent.hpp"
#include "runner/ddl/polite_lock.hpp"
#include "runner/ledger/relations.hpp"
#include "runner/ledger/verified.hpp"
#include "runner/rollout/alone.hpp"
#include "runner/rollout/backfill_report.hpp"
#include "runner/rollout/dead_letters.hpp"
#include "runner/rollout/gate.hpp"
#include "runner/rollout/heard.hpp"
#include "runner/rollout/holds.hpp"
#include "runner/rollout/job_spec.hpp"
#include "runner/rollout/row_holders.hpp"
#include "runner/rollout/server_asked.hpp"
#include "runner/rollout/trial.hpp"
#include "runner/rollout/verifying.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

namespace bellows::runner {
namespace {

using plan::Batch;
using plan::Gate;
using plan::RunSql;
using plan::Step;
using plan::Verify;

/// What a step is carried out with.
struct Doing {
  Run& run;
  std::string const& migration;
  Step const& step;
};

std::vector<ddl::LockRequest> requests(Step const& step) {
  std::vector<ddl::LockRequest> all;
  for (auto const& [table, mode] : step.locks) {
    all.push_back({table, mode});
  }
  return all;
}

ddl::LockWatch watch(Doing const& doing) {
  Run& run = doing.run;
  ddl::LockWatch watch;
  watch.stop = &run.stop();
  watch.observe = run.observer();
  watch.blocked = [&run, job = job_id(doing.migration, doing.step),
                   last = 0](std::vector<ddl::Blocker> const& blockers) mutable {
    if (blockers.empty()) {
      return;
    }
    run.lease().tell(table_lock(job, blockers.front()));
    if (blockers.front().pid == last) {
      return;
    }
    last = blockers.front().pid;
    run.voice().say("  in the way: " + ddl::describe(blockers.front()));
  };
  return watch;
}

void check_requirements(postgres::Transaction& transaction, Step const& step) {
  for (plan::Requirement const& requirement : step.requirements) {
    if (!requirement.at_start && !transaction.run(requirement.query).truth(0, 0)) {
      throw StepFailed(requirement.otherwise, step.id, "", "mend it, then `bellows resume`");
    }
  }
}

bool is_done(postgres::Session& session, Step const& step) {
  return !step.done_when.empty() && session.run(step.done_when).truth(0, 0);
}

/// Of a file's own statement the file's line is told (by the command line).
std::string place_of(Doing const& doing, std::size_t index, std::size_t count) {
  return in_words(doing.step).starts_with("step ")
             ? fmt::format("step {}, statement {} of {}: ", doing.step.id, index + 1, count)
             : "";
}

void run_statements(postgres::Transaction& transaction, Doing const& doing,
                    std::vector<std::string> const& statements) {
  Heard const heard(doing.run);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    doing.run.observe("statement", first_line(statements[i]));
    try {
      transaction.run(statements[i]);
    } catch (postgres::Failure& failure) {
      if (!postgres::is_refusal(failure.kind)) {
        throw;
      }
      StepFailed refused(fmt::format("{}{}\n  {}", place_of(doing, i, statements.size()),
                                     failure.what(), first_line(statements[i])),
                         doing.step.id, failure.sqlstate, "");
      refused.statement = statements[i];
      throw refused;
    }
  }
}

/// What an undo takes away is not there: it was never made, or somebody was quicker.
bool is_gone(postgres::Failure const& failure) {
  constexpr std::array<std::string_view, 5> undefined{"42P01", "42703", "42704", "42883", "3F000"};
  return std::ranges::find(undefined, failure.sqlstate) != undefined.end();
}

/// Each in a savepoint, since a way back is for the whole and may find only a part.
void undo_statements(postgres::Transaction& transaction, Doing const& doing,
                     std::vector<std::string> const& statements) {
  for (std::string const& statement : statements) {
    doing.run.observe("statement", first_line(statement));
    transaction.run("SAVEPOINT bellows_undo");
    try {
      transaction.run(statement);
      transaction.run("RELEASE SAVEPOINT bellows_undo");
    } catch (postgres::Failure const& failure) {
      if (!is_gone(failure)) {
        throw;
      }
      transaction.run("ROLLBACK TO SAVEPOINT bellows_undo");
      doing.run.voice().say(fmt::format("  {}: {}", first_line(statement), failure.what()));
    }
  }
}

void limit_time(postgres::Transaction& transaction, Doing const& doing) {
  bool const instant = doing.step.lasts == plan::Lasts::Instant && !doing.step.locks.empty();
  auto const timeout = instant ? doing.run.policy().instant_timeout.count() : 0;
  transaction.set_local("statement_timeout", std::to_string(timeout));
}

/// Of the tables that the step holds locked: none has been replaced since the run looked at it.
void check_tables(postgres::Transaction& transaction, Doing const& doing) {
  for (std::string const& changed : changed_relations(transaction, doing.migration)) {
    if (std::ranges::any_of(doing.step.locks,
                            [&](auto const& lock) { return lock.first.quoted() == changed; })) {
      throw StepFailed(fmt::format("step {}: {} is another table than the one that was expanded",
                                   doing.step.id, changed),
                       doing.step.id, "",
                       "`bellows resume` verifies it again, or says what it lacks");
    }
  }
}

void note_tables(postgres::Transaction& transaction, Doing const& doing) {
  std::vector<sql::QualifiedName> tables;
  for (auto const& [table, mode] : doing.step.locks) {
    tables.push_back(table);
  }
  note_relations(transaction, doing.migration, tables);
}

/// What the rows' writers would feel is found out around the statements, and felt by nobody else.
void run_with_trial(postgres::Transaction& transaction, Doing const& doing,
                    std::vector<std::string> const& statements) {
  Trial trial(transaction, doing.step.id, doing.run.policy().trial_time);
  trial.before(doing.step.trial);
  run_statements(transaction, doing, statements);
  trial.after();
  for (std::string const& line : trial.not_tried()) {
    doing.run.voice().say("  not tried: " + line);
  }
}

/// In one transaction: the fence, the requirements, the statements, the note in the journal.
void in_transaction(Doing const& doing, std::vector<std::string> const& statements,
                    StepState outcome) {
  ddl::with_locks(
      doing.run.session(), requests(doing.step), doing.run.policy().locks, watch(doing),
      [&](postgres::Transaction& transaction) {
        doing.run.lease().tell(std::nullopt);
        doing.run.lease().check(transaction);
        limit_time(transaction, doing);
        if (outcome == StepState::Done) {
          check_tables(transaction, doing);
          check_requirements(transaction, doing.step);
          note_tables(transaction, doing);
          run_with_trial(transaction, doing, statements);
        } else {
          undo_statements(transaction, doing, statements);
        }
        Journal(transaction, doing.run.origin()).step(doing.migration, doing.step.id, outcome);
        doing.run.observe("step about to commit", doing.step.id);
      });
}

/// A lost answer to COMMIT is settled by the journal, which is written in that very transaction.
void settled_by_journal(Doing const& doing, StepState outcome,
                        std::function<void()> const& attempt) {
  bool tried = false;
  doing.run.surviving([&] {
    if (tried) {
      auto const steps = read_steps(doing.run.session(), doing.migration);
      auto const found = steps.find(doing.step.id);
      if (found != steps.end() && found->second == outcome) {
        return;
      }
    }
    tried = true;
    attempt();
  });
}

void note(Doing const& doing, StepState state) {
  doing.run.write([&](postgres::Transaction&, Journal& journal) {
    journal.step(doing.migration, doing.step.id, state);
  });
}

void undo_alone(Doing const& doing, std::string const& statement) {
  try {
    run_statement_alone(doing.run, doing.migration, doing.step, statement);
  } catch (postgres::Failure const& failure) {
    if (!is_gone(failure)) {
      throw;
    }
    doing.run.voice().say(fmt::format("  {}: {}", first_line(statement), failure.what()));
  }
}

bool makes_index(std::string const& statement) {
  return std::holds_alternative<sql::CreateIndex>(sql::parse_one(statement).body);
}

void act(Doing const& doing, RunSql const& run_sql) {
  if (!run_sql.alone) {
    ask_whether_in_step(doing.run, doing.migration, doing.step);
    settled_by_journal(doing, StepState::Done,
                       [&] { in_transaction(doing, run_sql.statements, StepState::Done); });
    return;
  }
  note(doing, StepState::Began);
  // Whether an earlier try got through is asked of the catalog: such a statement leaves no note. Of
  // an index that is there it is asked whether it is the one that is meant.
  std::string const& statement = run_sql.statements.front();
  doing.run.surviving([&] {
    if (!makes_index(statement) && is_done(doing.run.session(), doing.step)) {
      doing.run.voice().say("  there is nothing to do for it: " + first_line(statement));
    } else {
      run_statement_alone(doing.run, doing.migration, doing.step, statement);
    }
  });
  bool done = doing.step.done_when.empty();
  doing.run.surviving([&] { done = done || is_done(doing.run.session(), doing.step); });
  if (!done) {
    throw StepFailed(fmt::format("{} ran, but its effect is not there ({})", in_words(doing.step),
                                 doing.step.done_when),
                     doing.step.id, "", "");
  }
  note(doing, StepState::Done);
}

/// The statement of a step that has only one; empty where it is not a matter of one statement.
std::string lone_statement(Step const& step) {
  auto const* run_sql = std::get_if<RunSql>(&step.action);
  return run_sql != nullptr && run_sql->alone ? run_sql->statements.front() : "";
}

[[noreturn]] void refused_step(Doing const& doing, char const* why, std::string const& sqlstate) {
  StepFailed refused(fmt::format("{}: {}", in_words(doing.step), why), doing.step.id, sqlstate, "");
  refused.statement = lone_statement(doing.step);
  throw refused;
}

/// What the batcher finds to be in the way of a job before it begins is no fault of the program.
template <typename Work>
auto unless_refused(Doing const& doing, Work const& work) {
  try {
    return work();
  } catch (std::invalid_argument const& refused) {
    refused_step(doing, refused.what(), "");
  }
}

[[noreturn]] void end_with_letters(Doing const& doing, batcher::Spec const& spec) {
  std::optional<StepFailed> left;
  doing.run.surviving(
      [&] { left.emplace(dead_letters_left(doing.run.session(), doing.step, spec)); });
  throw *left;
}

batcher::Outcome run_job(Doing const& doing, batcher::Spec const& spec,
                         batcher::Surroundings& surroundings) {
  try {
    return unless_refused(
        doing, [&] { return batcher::run_job(spec, doing.run.policy().batch, surroundings); });
  } catch (batcher::TooManyDeadLetters const& failure) {
    throw too_many(doing.run, doing.step, spec, failure);
  }
}

[[noreturn]] void lost_to_another(std::exception const& lost, batcher::Progress const& last) {
  throw LeaseLost(fmt::format("{}\n  backfill {}: {} rows in {} batches had been committed",
                              lost.what(), last.job, last.rows_written, last.batches));
}

void act(Doing const& doing, Batch const& batch) {
  note(doing, StepState::Began);
  batcher::Spec const spec = job_spec(doing.migration, doing.step, batch);
  auto surroundings = doing.run.surroundings();
  batcher::Progress last;
  surroundings.show = [&, holds = RowHolders(doing.run, spec.id, batch.table)](
                          batcher::Progress const& progress) mutable {
    last = progress;
    batcher::Progress told = progress;
    if (waits_for_rows(progress)) {  // who, since when, rather than the server's words for it
      Hold const hold = holds.find();
      told.waiting_for = hold.why;
      doing.run.lease().tell(hold);
    } else {
      doing.run.lease().tell(hold_of(spec.id, progress));
    }
    doing.run.voice().progress(told);
  };
  auto const outcome = [&] {
    try {
      return run_job(doing, spec, surroundings);
    } catch (LeaseLost const& lost) {
      lost_to_another(lost, last);
    } catch (batcher::LostLease const& lost) {
      lost_to_another(lost, last);
    }
  };
  switch (outcome()) {
    case batcher::Outcome::Stopped:
      throw ddl::Interrupted(
          "stopped between two batches; what is written stays, the rest is for `bellows resume`");
    case batcher::Outcome::DeadLetters:
      end_with_letters(doing, spec);
    case batcher::Outcome::Finished:
      break;
  }
  ask_whether_any_is_due(doing.run, doing.migration, doing.step, batch);
  if (std::string const report = backfill_report(last); !report.empty()) {
    doing.run.voice().say("  " + report);
  }
  note(doing, StepState::Done);
}

/// The note that it is done and the ranges that it found are one transaction.
void act(Doing const& doing, Verify const& verify) {
  note(doing, StepState::Began);
  std::string const job = job_id(doing.migration, doing.step);
  std::optional<MigrationRow> row;
  doing.run.surviving([&] { row = read_migration_row(doing.run.session(), doing.migration); });
  plan::Plan const plan = row ? plan::from_yaml(row->plan) : plan::Plan();
  auto surroundings = doing.run.surroundings();
  surroundings.show = [&](batcher::Progress const& progress) {
    doing.run.lease().tell(hold_of(job, progress));
    doing.run.voice().progress(progress);
  };
  batcher::VerifySpec const spec = verify_spec(job, plan, verify);
  batcher::Verified const found = unless_refused(
      doing, [&] { return batcher::verify(spec, doing.run.policy().batch, surroundings); });
  if (doing.run.stop().requested()) {
    throw ddl::Interrupted("stopped while verifying; nothing was changed");
  }
  if (found.differing > 0 && !verify.tolerated) {
    throw StepFailed(out_of_step(found, verify.table), doing.step.id, "",
                     "was a trigger disabled, or a row written with triggers off? Put such rows "
                     "right, then `bellows resume`");
  }
  doing.run.voice().say("  " + verified_text(found, verify));
  doing.run.write([&](postgres::Transaction& transaction, Journal& journal) {
    keep_verified(transaction, job, found.ranges);
    journal.step(doing.migration, doing.step.id, StepState::Done);
  });
}

/// Not noted: what opened it may be over when the steps behind it are tried again. One that is done
/// was forced.
void act(Doing const& doing, Gate const& gate) {
  wait_for_gate(doing.run, doing.migration, doing.step.id, gate);
}

void translated(Doing const& doing, std::function<void()> const& body) {
  try {
    body();
  } catch (ddl::LockNotGranted const& refused) {
    refused_step(doing, refused.what(), "55P03");
  } catch (batcher::Interrupted const& stopped) {
    throw ddl::Interrupted(stopped.what());
  } catch (ddl::TimeoutsInForce const& refused) {
    refused_step(doing, refused.what(), "");
  } catch (ddl::NameTaken const& taken) {
    StepFailed refused(fmt::format("{}: {}", in_words(doing.step), taken.what()), doing.step.id,
                       "42P07", taken.next);
    refused.statement = lone_statement(doing.step);
    refused.untouched = true;
    throw refused;
  } catch (ddl::IndexNotValid const& refused) {
    refused_step(doing, refused.what(), "");
  } catch (postgres::Failure const& failure) {
    refused_step(doing, failure.what(), failure.sqlstate);
  }
}

/// What the ledger has of a step without an undo of its own. The rows that stay written, if any.
std::optional<std::int64_t> forget(postgres::Transaction& transaction, Doing const& doing) {
  std::string const job = job_id(doing.migration, doing.step);
  forget_verified(transaction, job);
  if (doing.step.irreversible) {
    return batcher::give_up_job(transaction, job, doing.run.lease().token());
  }
  batcher::forget_job(transaction, job);
  return std::nullopt;
}

}  // namespace

std::string job_id(std::string const& migration, Step const& step) {
  return migration + "/" + step.id;
}

void run_step(Run& run, std::string const& migration, Step const& step) {
  Doing const doing{run, migration, step};
  run.begins_step();
  run.observe("step begins", step.id);
  translated(doing,
             [&] { std::visit([&](auto const& action) { act(doing, action); }, step.action); });
  run.lease().tell(std::nullopt);
  run.observe("step ended", step.id);
}

void undo_step(Run& run, std::string const& migration, Step const& step) {
  Doing const doing{run, migration, step};
  run.begins_step();
  run.observe("undo begins", step.id);
  translated(doing, [&] {
    if (step.undo_alone) {
      for (std::string const& statement : step.undo) {
        run.surviving([&] { undo_alone(doing, statement); });
      }
      note(doing, StepState::Undone);
    } else if (!step.undo.empty()) {
      settled_by_journal(doing, StepState::Undone,
                         [&] { in_transaction(doing, step.undo, StepState::Undone); });
    } else {
      std::optional<std::int64_t> left;
      run.write([&](postgres::Transaction& transaction, Journal& journal) {
        left = forget(transaction, doing);
        journal.step(migration, step.id, StepState::Undone);
      });
      if (left) {
        run.voice().say(fmt::format("  {} row{} stay as they are", *left, *left == 1 ? "" : "s"));
      }
    }
  });
  run.observe("undo ended", step.id);
}

}  // namespace bellows::runner
