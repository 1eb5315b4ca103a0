#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace bellows::batcher {

/// Keeps the lanes of one job in step, so that each stripe finds its forerunner's dead versions
/// gone.
///
/// A dead version can be pruned once no transaction that began before it died is still running
/// (GlobalVisState in PostgreSQL's procarray.c: the oldest running transaction number decides).
/// With one lane that holds between two stripes. With two, the other lane's batch is always under
/// way, and began before this lane's last stripe ended: nothing is prunable, and stripes are in
/// vain. So a lane whose next batch is a further stripe lets those batches end first that were
/// under way as its last one ended. They all begin together then. Lanes that wait hold no
/// transaction, so they cannot wait for one another in a ring. Thread-safe; one lane is one thread.
class InStep {
 public:
  /// A batch is about to write.
  void begins(int lane);
  /// It is over, committed or not. Without a begins() before it: nothing happens.
  void ends(int lane);
  /// Blocks until all batches have ended that were under way when this lane's last one did; `most`:
  /// a batch that itself waits for something is not waited for any longer. `ended`, asked now and
  /// then: there is no need to wait any more.
  void await_older(int lane, std::chrono::microseconds most, std::function<bool()> const& ended);

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  std::int64_t count_ = 0;                          // of batches
  std::map<int, std::int64_t> under_way_;           // lane: its batch's number
  std::map<int, std::vector<std::int64_t>> older_;  // lane: those that were, as its last one ended
};

}  // namespace bellows::batcher
