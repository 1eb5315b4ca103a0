#include "runner/cli/pace_options.hpp"

#include "batcher/pace/striping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <sstream>

namespace bellows::runner {
namespace {

using OnAutovacuum = batcher::SignalOptions::OnAutovacuum;
using OnKeptRows = batcher::SignalOptions::OnKeptRows;

OnAutovacuum on_autovacuum(Options const& options) {
  static std::map<std::string, OnAutovacuum> const words{{"ignore", OnAutovacuum::Ignore},
                                                         {"slow", OnAutovacuum::Slow},
                                                         {"pause", OnAutovacuum::Pause}};
  auto const found = words.find(options.text("on-autovacuum"));
  if (found == words.end()) {
    throw UsageError("--on-autovacuum is ignore, slow or pause");
  }
  return found->second;
}

OnKeptRows on_kept_rows(Options const& options) {
  std::string const& word = options.text("on-kept-rows");
  if (word != "go-on" && word != "wait") {
    throw UsageError("--on-kept-rows is go-on or wait");
  }
  return word == "wait" ? OnKeptRows::Wait : OnKeptRows::GoOn;
}

batcher::Window window_of(Options const& options) {
  try {
    return batcher::Window::parse(options.text("window"));
  } catch (std::invalid_argument const& error) {
    throw UsageError(fmt::format("--window: {}", error.what()));
  }
}

std::set<std::string> names_in(std::string const& text) {
  std::set<std::string> names;
  std::istringstream parts{text};
  for (std::string name; std::getline(parts, name, ',');) {
    names.insert(name);
  }
  return names;
}

batcher::SignalOptions signals_of(Options const& options) {
  batcher::SignalOptions signals;
  signals.replica_lag = options.duration("max-replica-lag");
  signals.replica_lag_bytes = parse_bytes(options.text("max-replica-lag-bytes"));
  signals.ignored_replicas = names_in(options.text("ignore-replicas"));
  signals.slot_bytes = parse_bytes(options.text("max-slot-wal"));
  signals.archive_bytes = parse_bytes(options.text("max-archive-backlog"));
  signals.active_sessions = static_cast<int>(options.number("max-active-sessions", 0, 1'000'000));
  signals.checkpoint_gap = options.duration("min-checkpoint-gap");
  signals.horizon_age = options.duration("max-snapshot-age");
  signals.autovacuum = on_autovacuum(options);
  signals.kept_rows = on_kept_rows(options);
  signals.query = options.text("throttle-query");
  signals.window = window_of(options);
  signals.time_zone = options.text("time-zone");
  signals.grace = options.duration("throttle-grace");
  return signals;
}

/// 0: none, also where one was kept.
std::optional<double> rate(std::int64_t per_second, std::string_view option) {
  if (per_second < 0) {
    throw UsageError(fmt::format("--{} is at least 1; 0: no limit", option));
  }
  return per_second == 0 ? std::nullopt : std::optional(static_cast<double>(per_second));
}

/// Fewer than the rows of one leaf leave room for would double every index in passing.
int stripes_of(Options const& options) {
  int const wanted = static_cast<int>(options.number("stripes", 0, 256));
  return wanted < 2 ? wanted : std::max(wanted, batcher::Striping::fewest);
}

}  // namespace

batcher::Steering steering_of(Options const& options) {
  batcher::Steering steering;
  steering.controls = true;
  std::string const& throttle = options.text("throttle");
  if (throttle != "on" && throttle != "off") {
    throw UsageError("--throttle is on or off");
  }
  if (throttle == "on") {
    steering.signals = signals_of(options);
  }
  if (options.given("max-rows-per-second")) {
    steering.rates.rows = rate(options.number("max-rows-per-second"), "max-rows-per-second");
  }
  if (options.given("max-wal-per-second")) {
    steering.rates.wal =
        rate(parse_bytes(options.text("max-wal-per-second")), "max-wal-per-second");
  }
  steering.patience =
      options.given("max-hold") ? options.duration("max-hold") : std::chrono::milliseconds{0};
  return steering;
}

batcher::Options batches_of(Options const& options) {
  batcher::Options batches;
  batches.target = options.duration("batch-target");
  batches.pause = options.duration("batch-pause");
  batches.first_rows = options.number("batch-rows");
  batches.max_rows = options.number("batch-max-rows");
  if (batches.first_rows < 1 || batches.max_rows < 1) {
    throw UsageError("a batch has at least one row");
  }
  batches.min_rows = std::min(batches.min_rows, batches.max_rows);
  batches.steering = steering_of(options);
  return batches;
}

batcher::Options run_batches_of(Options const& options) {
  batcher::Options batches = batches_of(options);
  batches.target_beside = options.duration("batch-target-beside");
  batches.lanes = static_cast<int>(options.number("lanes", 1, 64));
  batches.stripes = stripes_of(options);
  batches.vacuum_share = options.share("vacuum-share");
  if (options.given("max-dead-letters")) {
    batches.max_dead_letters =
        options.number("max-dead-letters", 0, std::numeric_limits<std::int32_t>::max());
  }
  batches.retry_dead_letters = options.flag("retry-dead-letters");
  return batches;
}

std::chrono::milliseconds gate_wait_of(Options const& options) {
  return options.given("gate-wait") ? options.duration("gate-wait")
                                    : options.duration("quiet-period") + std::chrono::seconds{5};
}

GatePatience patience_of(Options const& options) {
  return {options.duration("quiet-period"), gate_wait_of(options)};
}

std::int64_t parse_bytes(std::string_view text) {
  static std::map<std::string_view, std::int64_t> const units{{"", 1},           {"B", 1},
                                                              {"kB", 1LL << 10}, {"MB", 1LL << 20},
                                                              {"GB", 1LL << 30}, {"TB", 1LL << 40}};
  std::int64_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view const unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  auto const factor = units.find(unit);
  if (error != std::errc{} || number < 0 || factor == units.end() ||
      number > std::numeric_limits<std::int64_t>::max() / factor->second) {
    throw UsageError(
        fmt::format("'{}' is not an amount of bytes; write it like 512kB, 20MB or 1GB", text));
  }
  return number * factor->second;
}

}  // namespace bellows::runner
