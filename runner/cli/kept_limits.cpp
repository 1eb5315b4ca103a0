#include "runner/cli/kept_limits.hpp"

#include "planner/plan/yaml.hpp"
#include "runner/cli/pace_options.hpp"

#include <fmt/format.h>

#include <array>
#include <span>
#include <string_view>

namespace bellows::runner {
namespace {

/// What a backfill does to the server, and what it puts up with. How large the first batch is and
/// until when it may last are a matter of each call.
constexpr std::array<std::string_view, 26> of_backfill{"max-rows-per-second",
                                                       "max-wal-per-second",
                                                       "window",
                                                       "time-zone",
                                                       "throttle",
                                                       "max-replica-lag",
                                                       "max-replica-lag-bytes",
                                                       "ignore-replicas",
                                                       "max-slot-wal",
                                                       "max-archive-backlog",
                                                       "max-active-sessions",
                                                       "min-checkpoint-gap",
                                                       "max-snapshot-age",
                                                       "on-autovacuum",
                                                       "on-kept-rows",
                                                       "throttle-query",
                                                       "throttle-grace",
                                                       "max-hold",
                                                       "batch-target",
                                                       "batch-target-beside",
                                                       "batch-max-rows",
                                                       "batch-pause",
                                                       "lanes",
                                                       "stripes",
                                                       "max-dead-letters",
                                                       "vacuum-share"};
/// How long a gate waits for it is a matter of each call, too.
constexpr std::array<std::string_view, 1> of_contract{"quiet-period"};

std::span<std::string_view const> names_of(Phase phase) {
  return phase == Phase::Contract ? std::span<std::string_view const>(of_contract)
                                  : std::span<std::string_view const>(of_backfill);
}

RunLimits only(RunLimits const& kept, Phase phase) {
  RunLimits some;
  for (std::string_view const name : names_of(phase)) {
    if (auto const found = kept.find(std::string{name}); found != kept.end()) {
      some.insert(*found);
    }
  }
  return some;
}

/// In place of what is kept of that phase.
void keep(Run& run, MigrationRow const& row, Phase phase, RunLimits const& now) {
  RunLimits const kept = read_limits(run.session(), row.name);
  RunLimits all = kept;
  for (std::string_view const name : names_of(phase)) {
    all.erase(std::string{name});
  }
  all.insert(now.begin(), now.end());
  if (all != kept) {
    run.write([&](postgres::Transaction& transaction, Journal&) {
      keep_limits(transaction, row.name, all);
    });
  }
}

void tell(Run const& run, Options const& options, RunLimits const& kept) {
  if (std::string const told = limits_in_force(options, kept); !told.empty()) {
    run.voice().say(fmt::format(
        "  it goes by the limits that its run was given: {} (a flag with another value changes "
        "that)",
        told));
  }
}

}  // namespace

RunLimits limits_to_keep(Options const& options, RunLimits const& kept, Phase phase) {
  RunLimits all = only(kept, phase);
  for (std::string_view const name : names_of(phase)) {
    std::string const key{name};
    if (options.on_command_line(name)) {
      all[key] = options.text(name);
    } else if (options.from_environment(name)) {
      all.try_emplace(key, options.text(name));
    }
  }
  return all;
}

std::string limits_in_force(Options const& options, RunLimits const& kept) {
  std::string text;
  for (auto const& [name, value] : kept) {
    if (!options.on_command_line(name)) {
      bool const bare = !value.empty() && value.find(' ') == std::string::npos;
      text += fmt::format("{}--{} {}", text.empty() ? "" : ", ", name,
                          bare ? value : "'" + value + "'");
    }
  }
  return text;
}

void go_by_limits(Run& run, Options const& options, MigrationRow const& row) {
  if (row.phase == Phase::Contract || plan::from_yaml(row.plan).backfill.empty()) {
    return;
  }
  RunLimits const kept = only(read_limits(run.session(), row.name), Phase::Backfill);
  RunLimits const now = limits_to_keep(options, kept, Phase::Backfill);
  keep(run, row, Phase::Backfill, now);
  run.go_by(run_batches_of(options.with(now)));
  tell(run, options, kept);
}

void go_by_quiet_period(Run& run, Options const& options, MigrationRow const& row) {
  RunLimits const kept = row.phase == Phase::Contract
                             ? only(read_limits(run.session(), row.name), Phase::Contract)
                             : RunLimits();
  RunLimits const now = limits_to_keep(options, kept, Phase::Contract);
  keep(run, row, Phase::Contract, now);
  Options const taken = options.with(now);
  run.wait_at_gates(taken.duration("quiet-period"), gate_wait_of(taken));
  tell(run, options, kept);
}

}  // namespace bellows::runner
