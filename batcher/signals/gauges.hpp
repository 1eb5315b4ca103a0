#pragma once

#include "batcher/pace/window.hpp"
#include "batcher/signals/sample.hpp"
#include "batcher/signals/signal.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <string>

/// From samples to utilisations, one gauge a signal. Pure: some remember earlier samples, none
/// looks at a clock or a server. A limit of 0 turns a signal off.
namespace bellows::batcher {

struct SignalOptions {
  std::chrono::milliseconds replica_lag{10'000};
  std::int64_t replica_lag_bytes = 256LL << 20;
  std::set<std::string> ignored_replicas;  // by application_name
  std::int64_t slot_bytes = 10LL << 30;    // retained by a slot without a limit of its own
  std::int64_t archive_bytes = 1LL << 30;  // not archived yet
  int active_sessions = 0;
  std::chrono::milliseconds checkpoint_gap{10'000};  // between two that were requested
  std::chrono::milliseconds horizon_age{3'600'000};  // of who holds back the removal of rows
  enum class OnAutovacuum : std::uint8_t { Ignore, Slow, Pause };
  OnAutovacuum autovacuum = OnAutovacuum::Slow;
  enum class OnKeptRows : std::uint8_t { GoOn, Wait };
  OnKeptRows kept_rows = OnKeptRows::GoOn;  // where somebody's old snapshot keeps dead rows
  std::string query;                        // the user's own; empty: none
  Window window;                            // in `time_zone`
  std::string time_zone;  // empty: the session's, that is the server's unless somebody set another
  std::chrono::milliseconds grace{10'000};
};

/// How far the slowest replica is behind. Time is the age of the oldest WAL that it has not
/// replayed, by our own samples of the primary's position: the server's replay_lag stands still
/// while replay is paused, and "time since the last transaction" grows on an idle primary. A
/// replica that goes away is unknown, not without lag; after five minutes it is taken for removed.
class ReplicaGauge {
 public:
  explicit ReplicaGauge(SignalOptions const& options) : options_(options) {}
  SignalReading read(Sample const& sample);

 private:
  struct Position {
    double at;
    std::int64_t wal;
  };
  double seconds_behind(Sample const& sample, ReplicaSample const& replica) const;
  std::string missing(double now);

  SignalOptions const& options_;
  std::deque<Position> history_;
  std::map<std::string, double> seen_;  // replica, when last
};

/// WAL that the archiver has not got to yet.
class ArchiveGauge {
 public:
  explicit ArchiveGauge(SignalOptions const& options) : options_(options) {}
  SignalReading read(Sample const& sample);

 private:
  SignalOptions const& options_;
  std::optional<std::int64_t> archived_;  // the last segment, as a number
};

/// Checkpoints that were not timed but forced, by too much WAL: how soon after one another. The
/// server counts those that somebody asked for (DROP DATABASE) in the same number; they come with
/// little WAL.
class CheckpointGauge {
 public:
  explicit CheckpointGauge(SignalOptions const& options) : options_(options) {}
  SignalReading read(Sample const& sample);

 private:
  SignalOptions const& options_;
  std::optional<std::int64_t> requested_;
  std::int64_t wal_ = 0;  // position at the last one
  std::optional<double> last_at_;
  std::optional<double> gap_;
};

/// The oldest transaction, snapshot, prepared transaction, slot or standby that keeps dead rows. A
/// long transaction whose snapshot is seen to be renewed counts from then on, not from its start.
class HorizonGauge {
 public:
  explicit HorizonGauge(SignalOptions const& options) : options_(options) {}
  SignalReading read(Sample const& sample);

 private:
  SignalOptions const& options_;
  struct Seen {
    std::string mark;
    double since;  // with this mark
    bool renewed;  // it had another one before
  };
  std::map<std::string, Seen> seen_;
};

SignalReading read_slots(Sample const& sample, SignalOptions const& options);
SignalReading read_active(Sample const& sample, SignalOptions const& options);
SignalReading read_autovacuum(Sample const& sample, SignalOptions const& options);
SignalReading read_window(Sample const& sample, SignalOptions const& options);

/// The number of a WAL file within its time line: "0000000100000002000000FF" → 0x2FF of 16 MB
/// segments. Nothing for what is no segment.
std::optional<std::int64_t> segment_number(std::string const& file, std::int64_t segment_bytes);

/// "12.3 MB".
std::string bytes_text(std::int64_t bytes);

}  // namespace bellows::batcher
