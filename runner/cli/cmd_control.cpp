#include "batcher/control/controls.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/pace_options.hpp"
#include "runner/ledger/holder.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/ledger/verifiers.hpp"
#include "runner/rollout/leftovers.hpp"
#include "runner/rollout/listing.hpp"
#include "runner/rollout/rights.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <functional>

/// pause, set and the half of resume that speaks to a job at work: orders, written to the ledger.
/// They take no lease: it is just the one who holds it that is spoken to.
namespace bellows::runner {
namespace {

using batcher::every_job;
using batcher::SettingInfo;

/// Calls `body` with a session and a ledger that is up to date.
void steer(Invocation& invocation, std::function<void(postgres::Session&)> const& body) {
  Options const& options = invocation.options;
  ask_database(options, "bellows " + options.command(), &invocation.stop,
               [&](postgres::Session& session) {
                 if (!ledger_exists(session)) {
                   refuse_lost_ledger(session);
                   throw UsageError(
                       "bellows has not worked on this database yet: there is nothing to steer");
                 }
                 with_ledger(session, [&] { migrate_ledger(session); });
                 body(session);
               });
}

std::string giver(postgres::Session& session) {
  return fmt::format("{} on {}", session.run("SELECT session_user").text(0, 0),
                     Origin::here().host);
}

/// A run, or somebody who verifies: orders are heeded by both.
bool is_at_work(postgres::Session& session) {
  return read_holder(session) || !read_verifiers(session).empty();
}

std::string being_verified(postgres::Session& session) {
  nlohmann::json names = nlohmann::json::array();
  for (Verifier const& each : read_verifiers(session)) {
    names.push_back(each.migration);
  }
  return names.dump();
}

// The backfills of a migration that are not at their end, or are paused, or that are being
// verified, by a run or by `bellows verify`; by job, migration or its digits.
std::vector<std::string> jobs_of(postgres::Session& session, std::string const& wanted) {
  auto const rows = session.run(
      "SELECT job FROM bellows.jobs WHERE (finished_at IS NULL OR split_part(job, '/', 1) IN"
      " (SELECT name FROM bellows.migrations WHERE state = 'backfilling') OR job IN (SELECT job"
      " FROM bellows.controls WHERE paused) OR EXISTS (SELECT FROM"
      " jsonb_array_elements_text($2::jsonb) AS verified WHERE starts_with(job, verified))) AND"
      " (job = $1 OR split_part(job, '/', 1) = $1 OR starts_with(job, $1 || '_')) ORDER BY job",
      {wanted, being_verified(session)});
  std::vector<std::string> jobs;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    jobs.push_back(rows.text(row, 0));
  }
  return jobs;
}

std::vector<std::string> scopes(postgres::Session& session, std::string const& wanted) {
  auto const found =
      wanted.empty() ? std::vector<std::string>{every_job} : jobs_of(session, wanted);
  if (found.empty()) {
    throw UsageError(fmt::format(
        "{} has no backfill that has begun and not ended; without a name, every job is meant",
        wanted));
  }
  return found;
}

std::string scope_text(std::string const& scope) {
  return scope == every_job ? "every job" : scope;
}

std::string one_at_most(std::vector<std::string> const& operands) {
  if (operands.size() > 1) {
    throw UsageError("one MIGRATION at a time; without one, every job is meant");
  }
  if (operands.empty()) {
    return "";
  }
  std::string const& only = operands.front();
  return only.ends_with(".sql") ? migration_name(only) : only;
}

double whole_number(SettingInfo const& setting, std::string const& value, double least,
                    double most) {
  double number = -1;
  auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  bool const whole = error == std::errc{} && end == value.data() + value.size();
  if (!whole || !(number >= least && number <= most)) {
    throw UsageError(fmt::format("{} is a number from {:.0f} to {:.0f}, not '{}'", setting.name,
                                 least, most, value));
  }
  return number;
}

double base_value(SettingInfo const& setting, std::string const& value) {
  constexpr double most_lanes = 64;
  constexpr double most = 1e12;
  switch (setting.unit) {
    case SettingInfo::Unit::Rows:
    case SettingInfo::Unit::RowsPerSecond:
      return whole_number(setting, value, 1, most);
    case SettingInfo::Unit::Lanes:
      return whole_number(setting, value, 1, most_lanes);
    case SettingInfo::Unit::Duration:
      return std::max(static_cast<double>(parse_duration(value).count()), 1.0);
    case SettingInfo::Unit::BytesPerSecond:
      return std::max(static_cast<double>(parse_bytes(value)), 1.0);
  }
  return 0;
}

struct Assignment {
  SettingInfo setting;
  std::optional<double> value;  // nothing: back to what the run itself says
};

Assignment assignment_in(std::string const& word) {
  auto const equals = word.find('=');
  std::string const name = word.substr(0, equals);
  std::string const value = word.substr(equals + 1);
  auto const found = std::ranges::find(batcher::setting_table(), name, &batcher::SettingInfo::name);
  if (found == batcher::setting_table().end()) {
    std::vector<std::string> known;
    for (SettingInfo const& each : batcher::setting_table()) {
      known.emplace_back(each.name);
    }
    auto const meant = nearest(name, known);
    throw UsageError(fmt::format("there is no setting {}{}; there are {}", name,
                                 meant ? fmt::format(" (did you mean {}?)", *meant) : "",
                                 fmt::join(known, ", ")));
  }
  bool const back = value.empty() || value == "default";
  return {*found, back ? std::nullopt : std::optional(base_value(*found, value))};
}

std::string in_force(postgres::Session& session) {
  std::string text;
  for (batcher::ControlRow const& row : batcher::read_controls(session)) {
    std::vector<std::string> orders;
    if (row.paused) {
      orders.push_back(fmt::format("paused (by {}, {})", row.paused_by, row.paused_at));
    }
    if (!row.settings.empty()) {
      orders.push_back(fmt::format("{} (by {}, {})", row.settings, row.set_by, row.set_at));
    }
    text += fmt::format("{}: {}\n", scope_text(row.scope), fmt::join(orders, ", "));
  }
  return text.empty() ? "nothing is set: every job goes by its own run's settings\n" : text;
}

}  // namespace

namespace {

void pause(Invocation& invocation, postgres::Session& session, std::string const& wanted) {
  std::string const by = giver(session);
  auto const all = scopes(session, wanted);
  auto transaction = session.begin();
  std::string names;
  for (std::string const& scope : all) {
    batcher::set_paused(transaction, scope, true, by);
    names += (names.empty() ? "" : ", ") + scope_text(scope);
  }
  transaction.commit();
  auto const holder = read_holder(session);
  bool const at_work = holder ? !holder->silent : is_at_work(session);
  std::string const what =
      at_work  ? "It stands still after the batch at hand, within about a second"
      : holder ? "The runner that has the lock would stand still, but gives " + in_words(*holder)
               : "Nothing is at work now; the next run waits before its first batch";
  invocation.console.tell(fmt::format("paused: {}. {}\n  next: bellows resume{}\n", names, what,
                                      wanted.empty() ? "" : " " + wanted));
}

void set(Invocation& invocation, postgres::Session& session, std::string const& wanted,
         std::vector<Assignment> const& assignments) {
  if (!assignments.empty()) {
    std::string const by = giver(session);
    auto const all = scopes(session, wanted);
    auto transaction = session.begin();
    for (std::string const& scope : all) {
      for (Assignment const& each : assignments) {
        batcher::set_setting(transaction, scope, each.setting, each.value, by);
      }
    }
    transaction.commit();
  }
  invocation.console.tell(in_force(session));
}

}  // namespace

int run_pause(Invocation& invocation) {
  std::string const wanted = one_at_most(invocation.options.operands());
  steer(invocation, [&](postgres::Session& session) { pause(invocation, session, wanted); });
  return exit_done;
}

int run_set(Invocation& invocation) {
  Options const& options = invocation.options;
  std::vector<Assignment> assignments;
  std::vector<std::string> names;
  for (std::string const& operand : options.operands()) {
    if (operand.find('=') == std::string::npos) {
      names.push_back(operand);
    } else {
      assignments.push_back(assignment_in(operand));
    }
  }
  std::string const wanted = one_at_most(names);
  if (assignments.empty() && !wanted.empty()) {
    throw UsageError("what is to be set? Write NAME=VALUE");
  }
  steer(invocation,
        [&](postgres::Session& session) { set(invocation, session, wanted, assignments); });
  return exit_done;
}

namespace {

bool resume_live(Invocation& invocation, postgres::Session& session) {
  Options const& options = invocation.options;
  if (!ledger_exists(session)) {
    refuse_lost_ledger(session);
    return false;
  }
  with_ledger(session, [&] { migrate_ledger(session); });
  std::string const by = giver(session);
  std::string const wanted = one_at_most(options.operands());
  // A migration without a backfill has no pause, and may be gone on with all the same.
  auto const all = wanted.empty() ? scopes(session, wanted) : jobs_of(session, wanted);
  auto transaction = session.begin();
  std::int64_t lifted = 0;
  for (std::string const& scope : all) {
    lifted += batcher::lift_pauses(transaction, scope, by);
  }
  transaction.commit();
  if (lifted == 0) {
    return false;
  }
  auto const holder = read_holder(session);
  auto const verifiers = read_verifiers(session);
  if (holder && !holder->silent) {
    invocation.console.tell("the pause is lifted; it goes on: " + in_words(*holder) + "\n");
    return true;
  }
  std::string said = "the pause is lifted";
  if (holder) {
    said += ", but nothing goes on: " + in_words(*holder);
  } else if (!verifiers.empty()) {
    said +=
        fmt::format("; {} goes on {}", verifiers.front().migration, in_words(verifiers.front()));
  }
  invocation.console.say(said);
  return false;
}

}  // namespace

bool resume_live(Invocation& invocation) {
  bool went_on = false;
  ask_database(invocation.options, "bellows resume", &invocation.stop,
               [&](postgres::Session& session) { went_on = resume_live(invocation, session); });
  return went_on;
}

}  // namespace bellows::runner
