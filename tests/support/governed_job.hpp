#pragma once

#include "batcher/job/job.hpp"
#include "tests/support/job_bench.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace bellows::test {

/// A job that runs beside the test, and what people would see of it. Stopped and joined at the end.
class GovernedJob {
 public:
  GovernedJob(TempDatabase const& db, batcher::Spec spec, batcher::Options options);
  /// On any server; `observe` hears of every event, on the job's threads.
  GovernedJob(
      std::string conninfo, batcher::Spec spec, batcher::Options options,
      Observer observe = [](Event const&) {});
  GovernedJob(GovernedJob const&) = delete;
  GovernedJob& operator=(GovernedJob const&) = delete;
  ~GovernedJob();

  /// Waits until a line with these words has been said: "waits: …" once no batch begins any more.
  void wait_until_said(std::string const& words);
  /// Waits until this is the reason, be it that it is only slowed so far.
  void wait_until_waiting_for(std::string const& words);
  void wait_until_running();  // more batches than could have been under way are committed
  void wait_until_batches(int count);
  void wait_until_seen(std::function<bool(batcher::Progress const&)> const& told);
  void stop() { stop_.request(); }
  Stop const& stopper() const { return stop_; }
  /// Its outcome; rethrows what it threw.
  batcher::Outcome join();
  void expect_finished();

  int batches() const { return batches_; }
  batcher::Progress progress() const;
  std::string said() const;

 private:
  Stop stop_;
  std::atomic<int> batches_{0};
  mutable std::mutex mutex_;
  std::string said_;
  batcher::Progress progress_;
  batcher::Outcome outcome_ = batcher::Outcome::Stopped;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace bellows::test
