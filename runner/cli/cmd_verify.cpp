#include "planner/plan/yaml.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/pace_options.hpp"
#include "runner/cli/throttle_check.hpp"
#include "runner/ddl/attended.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/ledger/verified.hpp"
#include "runner/ledger/verifiers.hpp"
#include "runner/rollout/agenda.hpp"
#include "runner/rollout/file_gone.hpp"
#include "runner/rollout/rights.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/sync_off.hpp"
#include "runner/rollout/verifying.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>

/// verify: compares every row of what is backfilled with its rule, again. Writes nothing but its
/// outcome.
namespace bellows::runner {
namespace {

using Json = nlohmann::ordered_json;

struct Checked {
  std::string migration;
  bool tolerated = false;  // what differs is nobody's fault
  std::string table;
  std::size_t kept = 0;  // ranges of the earlier verification, where they can be compared
  bool comparable = true;
  batcher::Verified found;
  batcher::Compared compared;
  std::optional<Refusal> sync_off;  // what was just compared may differ with the next write
};

/// Between the end of the backfill and contract there are two sides to compare.
bool has_two_sides(MigrationRow const& row) {
  return row.state == State::Backfilled ||
         (row.phase == Phase::Contract && row.state != State::Contracted);
}

std::vector<std::pair<std::string, plan::Verify>> verifications(MigrationRow const& row,
                                                                plan::Plan const& plan) {
  std::vector<std::pair<std::string, plan::Verify>> all;
  for (plan::Step const& step : plan.backfill) {
    if (auto const* const verify = std::get_if<plan::Verify>(&step.action)) {
      all.emplace_back(job_id(row.name, step), *verify);
    }
  }
  return all;
}

/// For those who look from elsewhere, at most once a second.
class Name {
 public:
  Name(postgres::Session& session, std::string const& migration)
      : session_(session), migration_(migration) {
    tell(0);
  }

  void tell(double share) {
    auto const now = std::chrono::steady_clock::now();
    if (now - told_at_ < std::chrono::seconds{1}) {
      return;
    }
    told_at_ = now;
    try {
      name_verifier(session_, migration_, share);
    } catch (postgres::Failure const&) {  // who reads has sessions of his own
    }
  }

 private:
  postgres::Session& session_;
  std::string migration_;
  std::chrono::steady_clock::time_point told_at_{};
};

Checked check(Invocation& invocation, postgres::Session& session, MigrationRow const& row,
              plan::Plan const& plan, std::string const& job, plan::Verify const& verify) {
  auto const then = read_verified(session, job);
  batcher::VerifySpec spec = verify_spec(job, plan, verify);
  for (batcher::VerifiedRange const& range : then) {
    spec.bounds.push_back(range.upto);
  }
  batcher::Surroundings surroundings;
  surroundings.conninfo = conninfo(invocation.options);
  surroundings.stop = &invocation.stop;
  surroundings.observe = invocation.observe;
  surroundings.show = [&, name = Name(session, row.name)](batcher::Progress const& now) mutable {
    invocation.console.progress(now);
    name.tell(now.share);
  };
  surroundings.say = [&](std::string const& line) { invocation.console.say(line); };
  batcher::Options batches = batches_of(invocation.options);
  batches.steering.controls =  // a ledger older than they are stays as it is: this only reads
      session.run("SELECT to_regclass('bellows.controls') IS NOT NULL").truth(0, 0);
  Checked checked{row.name,
                  verify.tolerated,
                  verify.table.display(),
                  then.size(),
                  true,
                  batcher::verify(spec, batches, surroundings),
                  {},
                  sync_off(session, row)};
  checked.comparable = checked.found.at_bounds;
  if (!checked.comparable) {
    checked.kept = 0;
  } else if (!then.empty()) {
    checked.compared = batcher::compare(then, checked.found.ranges);
  }
  return checked;
}

std::string text_of(Checked const& checked) {
  batcher::Verified const& found = checked.found;
  std::string text = fmt::format("{}: ", checked.migration);
  text += found.differing > 0
              ? fmt::format("{} of {} rows of {} differ from the rule\n", found.differing,
                            found.rows, checked.table)
              : fmt::format("{} rows of {}, each as the rule says\n", found.rows, checked.table);
  for (std::string const& key : found.examples) {
    text += "  differs: " + key + "\n";
  }
  if (checked.sync_off) {
    text += fmt::format("  {}\n  next: {}\n", checked.sync_off->why, checked.sync_off->next);
  }
  if (!checked.comparable) {
    return text +
           "  no comparable verification is kept: the key's columns may be NULL now and might not "
           "then, or the other way round\n";
  }
  if (checked.kept == 0) {
    return text + "  no earlier verification is kept\n";
  }
  batcher::Compared const& compared = checked.compared;
  return text + fmt::format(
                    "  since the backfill was verified: {} of {} ranges unchanged, {} "
                    "changed by the application, {} rows added behind the last\n",
                    compared.same, checked.kept, compared.changed, compared.added_after);
}

std::string json_of(std::vector<Checked> const& all) {
  Json document{{"schema_version", 1}, {"verified", Json::array()}};
  for (Checked const& checked : all) {
    Json one{{"migration", checked.migration},
             {"table", checked.table},
             {"rows", checked.found.rows},
             {"differing", checked.found.differing},
             {"examples", checked.found.examples}};
    if (checked.kept > 0) {
      one["since_backfill"] = {{"ranges", checked.kept},
                               {"unchanged", checked.compared.same},
                               {"changed", checked.compared.changed},
                               {"rows_then", checked.compared.rows_then},
                               {"rows_added_after", checked.compared.added_after}};
    }
    if (checked.sync_off) {
      one["sync_off"] = {{"why", checked.sync_off->why}, {"next", checked.sync_off->next}};
    }
    document["verified"].push_back(std::move(one));
  }
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// What is named is here, or it is a mistake: "nothing to verify" would read as verified.
std::vector<std::string> wanted(Options const& options, LedgerRows const& rows) {
  auto const project = project_if_here(options);
  if (project && !project->entries().empty() && options.operands().empty()) {
    check_is_its_project_or(*project, rows, "bellows verify MIGRATION");
  }
  std::vector<std::string> names;
  for (std::string const& operand : options.operands()) {
    names.push_back(meant_migration(operand, rows, project ? &*project : nullptr));
    if (!rows.contains(names.back())) {
      throw WhichMigration(names.back() + " has not begun in this database: nothing was verified",
                           "bellows status; is it the right database?");
    }
  }
  return names;
}

std::map<std::string, VerifyOutcome> outcomes(std::vector<Checked> const& all) {
  std::map<std::string, VerifyOutcome> by_migration;
  for (Checked const& checked : all) {
    VerifyOutcome& outcome = by_migration[checked.migration];
    outcome.rows += checked.found.rows;
    outcome.differing += checked.tolerated ? 0 : checked.found.differing;
    if (outcome.example.empty() && !checked.tolerated && !checked.found.examples.empty()) {
      outcome.example = checked.found.examples.front();
    }
  }
  return by_migration;
}

/// For contract, which does not go on over rows that differ. Who may only read is told so, and who
/// would have to wait for somebody.
void keep(Invocation& invocation, postgres::Session& session, std::vector<Checked> const& all) {
  auto const not_kept = [&](std::string const& why) {
    invocation.console.say(
        "contract will not know of this verification, since it could not be noted: " + why);
  };
  ddl::Attendance const attendance{conninfo(invocation.options), &invocation.stop};
  try {
    ddl::attended(session, attendance, [&] {
      migrate_ledger(session);
      auto transaction = session.begin();
      for (auto const& [migration, outcome] : outcomes(all)) {
        keep_outcome(transaction, migration, outcome);
      }
      transaction.commit();
    });
  } catch (postgres::Failure const& failure) {
    not_kept(failure.what());
  } catch (ddl::HeldUp const& held) {
    not_kept(held.what());
  }
}

std::vector<Checked> check_all(Invocation& invocation) {
  std::string const target = conninfo(invocation.options);
  auto session = postgres::Session::connect(target, "bellows verify");
  LedgerRows rows;
  bool ran = false;
  ddl::attended(session, {.conninfo = target, .stop = &invocation.stop}, [&] {
    with_ledger(session, [&] {
      ran = ledger_exists(session);
      rows = ran ? read_migrations(session) : rows;
    });
  });
  if (!ran) {
    throw WhichMigration("bellows has never run in " + postgres::describe_target(target) +
                             ": there is nothing to verify",
                         "bellows status; is it the right database?");
  }
  std::vector<std::string> const names = wanted(invocation.options, rows);
  std::vector<Checked> all;
  for (auto const& [name, row] : rows) {
    bool const named = std::ranges::find(names, name) != names.end();
    if ((!names.empty() && !named) || !has_two_sides(row)) {
      continue;
    }
    plan::Plan const plan = plan::from_yaml(row.plan);
    for (auto const& [job, verify] : verifications(row, plan)) {
      all.push_back(check(invocation, session, row, plan, job, verify));
    }
  }
  if (!all.empty()) {
    keep(invocation, session, all);
  }
  return all;
}

std::string text_of(std::vector<Checked> const& all) {
  if (all.empty()) {
    return "nothing to verify: no migration stands between its backfill and its contract\n";
  }
  std::string text;
  for (Checked const& checked : all) {
    text += text_of(checked);
  }
  return text;
}

}  // namespace

int run_verify(Invocation& invocation) {
  std::string const& format = invocation.options.text("format");
  if (format != "text" && format != "json") {
    throw UsageError("--format is text or json");
  }
  check_throttle_query(invocation.options);
  try {
    std::vector<Checked> const all = check_all(invocation);
    if (format == "json") {
      invocation.console.answer(json_of(all));
    } else {
      invocation.console.tell(text_of(all));
    }
    bool const wrong = std::ranges::any_of(all, [](Checked const& checked) {
      return checked.found.differing > 0 || checked.sync_off;
    });
    return wrong ? exit_drift : exit_done;
  } catch (batcher::Interrupted const& stopped) {
    std::string const time_is_up = invocation.stop.why_time_is_up();
    int const code = !time_is_up.empty()                          ? exit_paused
                     : invocation.stop.signal_number() == SIGTERM ? 143
                                                                  : 130;
    invocation.console.failed(code, time_is_up.empty() ? stopped.what() : time_is_up,
                              "bellows verify");
    return code;
  }
}

}  // namespace bellows::runner
