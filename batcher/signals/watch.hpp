#pragma once

#include "batcher/signals/gauges.hpp"
#include "batcher/signals/sampler.hpp"

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bellows::batcher {

/// All signals of a job, read in one look. One thread.
class Watch {
 public:
  /// `relations`: of the job's table, an oid[] literal.
  Watch(SignalOptions const& options, std::string const& relations, Signal::Clock::time_point now);
  Watch(Watch const&) = delete;
  Watch& operator=(Watch const&) = delete;

  /// Before the first look: replicas that an earlier run has seen, and how many seconds ago. One
  /// that is not there any more holds the job from the first look on.
  void expect_replicas(std::map<std::string, double> seconds_ago);
  /// Those that the last look found.
  std::set<std::string> const& replicas() const { return present_; }

  /// Throws postgres::Failure: the caller then calls blind().
  void look(postgres::Session& session, Signal::Clock::time_point now);
  /// Nothing could be read.
  void blind(std::string const& why, Signal::Clock::time_point now);

  /// The one that counts most; null where none is watched.
  Signal const* worst() const;
  /// What people are told that it is: where the server cannot be asked at all, no single one.
  std::string name_of(Signal const& signal) const;
  std::vector<SignalState> states() const;
  /// Who keeps dead rows, as of the last look; none where that is not watched.
  std::vector<HolderSample> const& holders() const { return holders_; }
  /// As Sampler::take_refused().
  std::vector<std::pair<std::string, std::string>> take_refused();

 private:
  using Gauge = std::function<SignalReading(Sample const&)>;
  struct Watched {
    Signal signal;
    Gauge gauge;
  };
  void add(bool wanted, char const* name, Gauge gauge);
  void ask_user_query(postgres::Session& session, Signal::Clock::time_point now);

  void recall_replicas(Sample const& now);

  SignalOptions options_;
  std::map<std::string, double> expected_;  // replicas, until the first look
  std::set<std::string> present_;
  Signal::Clock::time_point began_;
  ReplicaGauge replicas_{options_};
  ArchiveGauge archive_{options_};
  CheckpointGauge checkpoints_{options_};
  HorizonGauge horizon_{options_};
  std::deque<Watched> watched_;
  std::optional<Signal> query_;
  std::optional<Sampler> sampler_;
  std::vector<std::pair<std::string, std::string>> refused_;
  std::vector<HolderSample> holders_;
  bool blind_ = false;  // the last look failed
};

}  // namespace bellows::batcher
