#include "tests/support/governed_job.hpp"

#include "batcher/control/controls.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <exception>

namespace bellows::test {

GovernedJob::GovernedJob(TempDatabase const& db, batcher::Spec spec, batcher::Options options)
    : GovernedJob(db.conninfo(), std::move(spec), std::move(options)) {}

GovernedJob::GovernedJob(std::string conninfo, batcher::Spec spec, batcher::Options options,
                         Observer observe) {
  thread_ = std::thread([this, conninfo = std::move(conninfo), spec = std::move(spec),
                         options = std::move(options), observe = std::move(observe)] {
    batcher::Surroundings world;
    world.conninfo = conninfo;
    world.stop = &stop_;
    world.observe = [this, &observe](Event const& event) {
      batches_ += event.what == "batch committed" ? 1 : 0;
      observe(event);
    };
    world.show = [this](batcher::Progress const& progress) {
      std::lock_guard const lock(mutex_);
      progress_ = progress;
    };
    world.say = [this](std::string const& line) {
      std::lock_guard const lock(mutex_);
      said_ += line + "\n";
    };
    try {
      outcome_ = batcher::run_job(spec, options, world);
    } catch (...) {
      failure_ = std::current_exception();
    }
  });
}

GovernedJob::~GovernedJob() {
  stop_.request();
  if (thread_.joinable()) {
    thread_.join();
  }
}

batcher::Outcome GovernedJob::join() {
  thread_.join();
  if (failure_) {
    std::rethrow_exception(failure_);
  }
  return outcome_;
}

void GovernedJob::expect_finished() {
  EXPECT_EQ(join(), batcher::Outcome::Finished);
}

batcher::Progress GovernedJob::progress() const {
  std::lock_guard const lock(mutex_);
  return progress_;
}

std::string GovernedJob::said() const {
  std::lock_guard const lock(mutex_);
  return said_;
}

void GovernedJob::wait_until_said(std::string const& words) {
  wait_until([&] { return said().find(words) != std::string::npos; }, "to be said: " + words);
}

void GovernedJob::wait_until_waiting_for(std::string const& words) {
  wait_until([&] { return progress().waiting_for.find(words) != std::string::npos; },
             "the job to wait for: " + words);
}

void GovernedJob::wait_until_running() {
  int const before = batches_;
  wait_until([&] { return batches_ > before + 2; }, "a batch");
}

void GovernedJob::wait_until_batches(int count) {
  wait_until([&] { return batches_ >= count; }, std::to_string(count) + " batches");
}

void GovernedJob::wait_until_seen(std::function<bool(batcher::Progress const&)> const& told) {
  wait_until([&] { return told(progress()); }, "what the test looks for in the progress");
}

}  // namespace bellows::test
