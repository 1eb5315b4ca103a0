#pragma once

#include "batcher/job/lane.hpp"
#include "batcher/job/perseverance.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

namespace bellows::batcher {

/// The lanes of a job: opens it, then runs as many lanes at once as the options or live orders say,
/// each on a thread and a connection of its own. One that fails ends the others too.
///
/// More lanes than there are: the one with most left to do is divided, between two batches, by its
/// own thread. Fewer: one stands down after its batch, and what it has left waits, in the ledger as
/// before, until another lane is done.
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
  void prepare();
  void work_off();
  bool let_pages_begin();
  void adjust();
  void start(Checkpoint const& checkpoint);
  void stand_down();
  void ask_for_division();
  void divided(int lane, std::optional<Checkpoint> const& half);
  bool adopt_unknown();
  bool no_more_work() const;
  void work(Lane& lane);
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
  struct Worker {
    Lane* lane;
    int number;
    bool leaves = false;  // after its batch
    bool whole = false;   // too little is left to divide it
  };
  std::deque<Lane> lanes_;       // all there have been; their addresses stay
  std::vector<Worker> workers_;  // those that run
  std::deque<Checkpoint> waiting_;
  std::optional<Checkpoint> by_pages_;  // the lane that begins when the others are done
  std::set<int> known_;                 // numbers of the lanes that ran or wait
  std::condition_variable changed_;
  int provided_ = 1;  // lanes that have been seen to
  bool dividing_ = false;
  bool divided_ever_ = false;
  bool abandoned_ = false;
  std::exception_ptr failure_;
  std::vector<std::jthread> threads_;  // last: joined before what they use goes
};

}  // namespace bellows::batcher
