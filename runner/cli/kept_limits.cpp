#include "runner/cli/kept_limits.hpp"

#include "planner/plan/yaml.hpp"
#include "runner/cli/pace_options.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace bellows::runner {
namespace {

/// Those that spare the server. How large the first batch is, or until when a run may last, is a
/// matter of each run.
constexpr std::array<std::string_view, 19> limits{"max-rows-per-second",
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
                                                  "throttle-query",
                                                  "throttle-grace",
                                                  "batch-target",
                                                  "batch-target-beside",
                                                  "batch-pause"};

}  // namespace

RunLimits limits_to_keep(Options const& options, RunLimits const& kept) {
  RunLimits all = kept;
  for (std::string_view const name : limits) {
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
      text += fmt::format("{}--{} {}", text.empty() ? "" : ", ", name,
                          value.find(' ') == std::string::npos ? value : "'" + value + "'");
    }
  }
  return text;
}

void go_by_limits(Run& run, Options const& options, MigrationRow const& row) {
  if (row.phase == Phase::Contract || plan::from_yaml(row.plan).backfill.empty()) {
    return;
  }
  RunLimits const kept = read_limits(run.session(), row.name);
  RunLimits const to_keep = limits_to_keep(options, kept);
  if (to_keep != kept) {
    run.write([&](postgres::Transaction& transaction, Journal&) {
      keep_limits(transaction, row.name, to_keep);
    });
  }
  run.go_by(run_batches_of(options.with(to_keep)));
  if (std::string const told = limits_in_force(options, kept); !told.empty()) {
    run.voice().say(fmt::format(
        "  it goes by the limits that its run was given: {} (a flag with another value changes "
        "that)",
        told));
  }
}

}  // namespace bellows::runner
