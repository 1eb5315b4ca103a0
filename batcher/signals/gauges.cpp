#include "batcher/signals/gauges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace bellows::batcher {
namespace {

constexpr double gone_for = 300;  // seconds, after which a replica is taken for removed
constexpr std::size_t longest_history = 4'000;
constexpr double slow = 0.8;         // pressure that brakes without stopping
constexpr double safe_share = 0.75;  // of what a slot may retain

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

// The worst of several, with its sentence.
struct Worst {
  SignalReading reading{0.0, ""};
  void offer(double utilisation, std::string why) {
    if (reading.utilisation && utilisation >= *reading.utilisation) {
      reading = {utilisation, std::move(why)};
    }
  }
};

}  // namespace

std::string bytes_text(std::int64_t bytes) {
  static constexpr std::array units{"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", value, unit > 0 && value < 100 ? 1 : 0, units[unit]);
}

double ReplicaGauge::seconds_behind(Sample const& sample, ReplicaSample const& replica) const {
  if (*replica.replayed >= sample.wal) {
    return 0;
  }
  // When did the primary pass the position that the replica stands at?
  auto const passed = std::find_if(history_.begin(), history_.end(),
                                   [&](Position const& at) { return at.wal > *replica.replayed; });
  double const known = passed == history_.end() ? 0 : sample.now - passed->at;
  bool const longer_ago = passed == history_.begin();
  return longer_ago ? std::max(known, replica.replay_lag.value_or(0)) : known;
}

// The name of a replica that was here and is not; those that have been away for long are forgotten.
std::string ReplicaGauge::missing(double now) {
  std::string name;
  for (auto each = seen_.begin(); each != seen_.end();) {
    if (now - each->second > gone_for) {
      each = seen_.erase(each);
      continue;
    }
    if (each->second < now) {
      name = each->first;
    }
    ++each;
  }
  return name;
}

SignalReading ReplicaGauge::read(Sample const& sample) {
  if (!sample.replicas) {
    return {};
  }
  if (history_.empty() || history_.back().wal != sample.wal) {
    history_.push_back({sample.now, sample.wal});
  }
  if (history_.size() > longest_history) {
    history_.pop_front();
  }
  Worst worst;
  for (ReplicaSample const& replica : *sample.replicas) {
    if (options_.ignored_replicas.contains(replica.name)) {
      continue;
    }
    seen_[replica.name] = sample.now;
    if (!replica.replayed) {
      return {std::nullopt, fmt::format("replica {} does not tell where it stands", replica.name)};
    }
    std::int64_t const bytes = std::max<std::int64_t>(sample.wal - *replica.replayed, 0);
    if (options_.replica_lag_bytes > 0) {
      worst.offer(static_cast<double>(bytes) / static_cast<double>(options_.replica_lag_bytes),
                  fmt::format("replica {} is {} behind, limit {}", replica.name, bytes_text(bytes),
                              bytes_text(options_.replica_lag_bytes)));
    }
    if (options_.replica_lag.count() > 0) {
      double const behind = seconds_behind(sample, replica);
      worst.offer(behind / seconds(options_.replica_lag),
                  fmt::format("replica {} is {:.1f} s ({}) behind, limit {:g} s", replica.name,
                              behind, bytes_text(bytes), seconds(options_.replica_lag)));
    }
  }
  if (std::string const gone = missing(sample.now); !gone.empty()) {
    return {std::nullopt, fmt::format("replica {} has gone away", gone)};
  }
  return worst.reading;
}

SignalReading read_slots(Sample const& sample, SignalOptions const& options) {
  if (!sample.slots) {
    return {};
  }
  Worst worst;
  for (SlotSample const& slot : *sample.slots) {
    if (!slot.retained || slot.status == "lost") {  // nothing to protect
      continue;
    }
    if (slot.status == "unreserved") {
      worst.offer(2, fmt::format("slot {} is about to lose the WAL that it needs", slot.name));
    } else if (slot.safe) {
      double const room = static_cast<double>(*slot.retained + *slot.safe);
      worst.offer(room > 0 ? static_cast<double>(*slot.retained) / room / safe_share : 2,
                  fmt::format("slot {} retains {} of WAL and is lost {} later", slot.name,
                              bytes_text(*slot.retained), bytes_text(*slot.safe)));
    } else {
      worst.offer(static_cast<double>(*slot.retained) / static_cast<double>(options.slot_bytes),
                  fmt::format("slot {} retains {} of WAL, limit {}", slot.name,
                              bytes_text(*slot.retained), bytes_text(options.slot_bytes)));
    }
  }
  return worst.reading;
}

std::optional<std::int64_t> segment_number(std::string const& file, std::int64_t segment_bytes) {
  constexpr std::size_t part = 8;
  if (file.size() != 3 * part || segment_bytes <= 0) {
    return std::nullopt;
  }
  std::int64_t log = 0;
  std::int64_t segment = 0;
  char const* const text = file.data();
  auto const first = std::from_chars(text + part, text + 2 * part, log, 16);
  auto const second = std::from_chars(text + 2 * part, text + 3 * part, segment, 16);
  if (first.ptr != text + 2 * part || second.ptr != text + 3 * part) {
    return std::nullopt;
  }
  return log * ((1LL << 32) / segment_bytes) + segment;
}

SignalReading ArchiveGauge::read(Sample const& sample) {
  if (!sample.archiver) {
    return {};
  }
  ArchiverSample const& archiver = *sample.archiver;
  if (!archiver.on || archiver.segment_bytes <= 0) {
    return {0.0, ""};
  }
  std::int64_t const finished = sample.wal / archiver.segment_bytes - 1;  // the last complete one
  auto const said = segment_number(archiver.last, archiver.segment_bytes);
  // Never archived anything, as far as it tells: what is finished from now on counts.
  archived_ = said ? std::max(*said, archived_.value_or(0)) : archived_.value_or(finished);
  std::int64_t const bytes =
      std::max<std::int64_t>(finished - *archived_, 0) * archiver.segment_bytes;
  return {static_cast<double>(bytes) / static_cast<double>(options_.archive_bytes),
          fmt::format("{} of WAL wait to be archived, limit {}{}", bytes_text(bytes),
                      bytes_text(options_.archive_bytes),
                      archiver.failing ? "; archiving fails, see the server's log" : "")};
}

SignalReading CheckpointGauge::read(Sample const& sample) {
  if (!sample.checkpoints) {
    return {};
  }
  CheckpointSample const& now = *sample.checkpoints;
  if (!requested_) {
    wal_ = sample.wal;
  } else if (std::int64_t const count = now.requested - *requested_; count > 0) {
    bool const forced = sample.wal - wal_ >= now.max_wal_bytes / 4;
    if (forced && last_at_) {
      gap_ = (sample.now - *last_at_) / static_cast<double>(count);
    }
    if (forced) {
      last_at_ = sample.now;
    }
    wal_ = sample.wal;
  }
  requested_ = now.requested;
  if (!gap_) {
    return {0.0, ""};
  }
  double const gap = std::max(*gap_, sample.now - last_at_.value_or(sample.now));
  return {seconds(options_.checkpoint_gap) / std::max(gap, 0.1),
          fmt::format("checkpoints are forced every {:.0f} s, limit {:g} s (max_wal_size is too "
                      "small for this rate)",
                      gap, seconds(options_.checkpoint_gap))};
}

SignalReading HorizonGauge::read(Sample const& sample) {
  if (!sample.holders) {
    return {};
  }
  Worst worst;
  std::map<std::string, Seen> seen;
  for (HolderSample const& holder : *sample.holders) {
    auto const known = seen_.find(holder.id);
    Seen now{holder.mark, sample.now, known != seen_.end()};
    if (known != seen_.end() && known->second.mark == holder.mark) {
      now = known->second;
    }
    seen[holder.id] = now;
    double const watched = sample.now - now.since;
    double const age = now.renewed ? watched : holder.seconds.value_or(watched);
    worst.offer(age / seconds(options_.horizon_age),
                fmt::format("{} has kept dead rows from being removed for {:.0f} s, limit {:g} s",
                            holder.who, age, seconds(options_.horizon_age)));
  }
  seen_ = std::move(seen);
  return worst.reading;
}

SignalReading read_active(Sample const& sample, SignalOptions const& options) {
  if (!sample.active) {
    return {};
  }
  return {static_cast<double>(*sample.active) / options.active_sessions,
          fmt::format("{} other sessions are at work, limit {}", *sample.active,
                      options.active_sessions)};
}

SignalReading read_autovacuum(Sample const& sample, SignalOptions const& options) {
  if (!sample.vacuums) {
    return {};
  }
  if (sample.vacuums->empty()) {
    return {0.0, ""};
  }
  VacuumSample const& vacuum = sample.vacuums->front();
  bool const pause = options.autovacuum == SignalOptions::OnAutovacuum::Pause;
  return {pause ? 1.0 : slow,
          fmt::format("autovacuum{} is at the table ({})",
                      vacuum.wraparound ? " against wraparound" : "", vacuum.phase)};
}

SignalReading read_window(Sample const& sample, SignalOptions const& options) {
  bool const open = options.window.open_at(sample.second_of_day);
  return {
      open ? 0.0 : 1.0,
      open ? ""
           : fmt::format("it is {:02}:{:02}, outside the window {}{}", sample.second_of_day / 3600,
                         sample.second_of_day / 60 % 60, options.window.text(),
                         options.time_zone.empty() ? "" : " " + options.time_zone)};
}

}  // namespace bellows::batcher
