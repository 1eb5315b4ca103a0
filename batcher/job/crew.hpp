#pragma once

#include "batcher/job/lane.hpp"
#include "batcher/job/perseverance.hpp"

#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>

namespace bellows::batcher {

/// The lanes of a job: opens it, then runs as many lanes at once as the options say, each on a
/// thread and a connection of its own. One that fails ends the others too.
class Crew {
 public:
  Crew(Spec const& spec, Options const& options, Surroundings const& surroundings, Stop& stop,
       Board& board);

  /// Blocks. Rethrows what the first failing lane threw.
  Outcome run();
  /// From another thread: run() ends soon.
  void abandon();

 private:
  bool open();
  bool settle();
  bool count_letters();
  bool carry(Connection& connection, std::function<void()> const& work);
  void measure_growth();
  void hire();
  void run_lane(Lane& lane);
  void tell(std::string_view what) const;

  Spec const& spec_;
  Options const& options_;
  Surroundings const& surroundings_;
  Stop& stop_;
  Board& board_;

  std::unique_ptr<Connection> first_;  // opens the job; the first lane's from then on
  OpenJob job_;
  std::optional<Vacuum> vacuum_;
  Governor governor_;
  std::optional<Breaker> breaker_;
  std::int64_t letters_ = 0;  // at the end
  std::mutex mutex_;          // over the rest
  std::deque<Lane> lanes_;
  bool abandoned_ = false;
  std::exception_ptr failure_;
};

}  // namespace bellows::batcher
