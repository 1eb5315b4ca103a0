#include "batcher/signals/watch.hpp"

#include <algorithm>
#include <utility>

namespace bellows::batcher {

using postgres::Failure;
using postgres::Session;
using Clock = Signal::Clock;

namespace {

SignalLimits limits_of(SignalOptions const& options) {
  SignalLimits limits;
  limits.grace = options.grace;
  return limits;
}

constexpr char const* window = "time window";
constexpr char const* user_query = "throttle query";

}  // namespace

Watch::Watch(SignalOptions const& options, std::string const& relations, Clock::time_point now)
    : options_(options), began_(now) {
  using Auto = SignalOptions::OnAutovacuum;
  add(options_.replica_lag.count() > 0 || options_.replica_lag_bytes > 0, Sampler::replicas,
      [this](Sample const& sample) { return replicas_.read(sample); });
  add(options_.slot_bytes > 0, Sampler::slots,
      [this](Sample const& sample) { return read_slots(sample, options_); });
  add(options_.archive_bytes > 0, Sampler::archive,
      [this](Sample const& sample) { return archive_.read(sample); });
  add(options_.active_sessions > 0, Sampler::activity,
      [this](Sample const& sample) { return read_active(sample, options_); });
  add(options_.checkpoint_gap.count() > 0, Sampler::checkpoints,
      [this](Sample const& sample) { return checkpoints_.read(sample); });
  add(options_.horizon_age.count() > 0, Sampler::horizon,
      [this](Sample const& sample) { return horizon_.read(sample); });
  add(options_.autovacuum != Auto::Ignore, Sampler::autovacuum,
      [this](Sample const& sample) { return read_autovacuum(sample, options_); });
  std::vector<std::string> wanted;
  for (Watched const& each : watched_) {
    wanted.push_back(each.signal.name());
  }
  add(!options_.window.always(), window,
      [this](Sample const& sample) { return read_window(sample, options_); });
  if (!options_.query.empty()) {
    query_.emplace(user_query, limits_of(options_), now);
  }
  sampler_.emplace(std::move(wanted), relations, options_.time_zone);
}

void Watch::add(bool wanted, char const* name, Gauge gauge) {
  if (wanted) {
    watched_.push_back({Signal(name, limits_of(options_), began_), std::move(gauge)});
  }
}

void Watch::expect_replicas(std::map<std::string, double> seconds_ago) {
  expected_ = std::move(seconds_ago);
  for (Watched& each : watched_) {
    if (!expected_.empty() && each.signal.name() == Sampler::replicas) {
      SignalLimits const limits = limits_of(options_);
      each.signal = Signal(Sampler::replicas, limits, began_ - limits.grace);
    }
  }
}

void Watch::recall_replicas(Sample const& now) {
  for (auto const& [name, ago] : std::exchange(expected_, {})) {
    Sample then;
    then.now = now.now - ago;
    then.wal = now.wal;
    ReplicaSample replica;
    replica.name = name;
    replica.replayed = now.wal;
    then.replicas.emplace().push_back(std::move(replica));
    replicas_.read(then);
  }
  present_.clear();
  for (ReplicaSample const& replica : now.replicas.value_or(std::vector<ReplicaSample>())) {
    present_.insert(replica.name);
  }
}

void Watch::look(Session& session, Clock::time_point now) {
  Sample const sample = sampler_->look(session);
  blind_ = false;
  recall_replicas(sample);
  for (auto& [name, why] : sampler_->take_refused()) {
    for (Watched& each : watched_) {
      if (each.signal.name() == name) {
        each.signal.turn_off(why);
      }
    }
    refused_.emplace_back(name, why);
  }
  holders_ = sample.holders.value_or(std::vector<HolderSample>());
  for (Watched& each : watched_) {
    if (!each.signal.state().off.empty()) {
      continue;
    }
    each.signal.read(sample.standby ? SignalReading{std::nullopt, "this server is a standby"}
                                    : each.gauge(sample),
                     now);
  }
  ask_user_query(session, now);
}

void Watch::ask_user_query(Session& session, Clock::time_point now) {
  if (!query_) {
    return;
  }
  try {
    query_->read(ask(session, options_.query), now);
  } catch (Failure const& failure) {
    query_->read({std::nullopt, failure.what()}, now);
    if (!session.alive()) {
      throw;
    }
  }
}

void Watch::blind(std::string const& why, Clock::time_point now) {
  blind_ = true;
  for (Watched& each : watched_) {
    if (each.signal.state().off.empty()) {
      each.signal.read({std::nullopt, why}, now);
    }
  }
  if (query_) {
    query_->read({std::nullopt, why}, now);
  }
}

Signal const* Watch::worst() const {
  Signal const* worst = query_ ? &*query_ : nullptr;
  for (Watched const& each : watched_) {
    bool const closed_first = worst != nullptr && each.signal.holds() && !worst->holds();
    if (worst == nullptr || closed_first ||
        (each.signal.holds() == worst->holds() && each.signal.pressure() > worst->pressure())) {
      worst = &each.signal;
    }
  }
  return worst;
}

std::string Watch::name_of(Signal const& signal) const {
  return blind_ && signal.unreadable() ? "signals" : signal.name();
}

std::vector<SignalState> Watch::states() const {
  std::vector<SignalState> all;
  for (Watched const& each : watched_) {
    all.push_back(each.signal.state());
  }
  if (query_) {
    all.push_back(query_->state());
  }
  return all;
}

std::vector<std::pair<std::string, std::string>> Watch::take_refused() {
  return std::exchange(refused_, {});
}

}  // namespace bellows::batcher
