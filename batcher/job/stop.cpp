#include "batcher/job/stop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <list>
#include <mutex>
#include <thread>

namespace bellows {

namespace asio = boost::asio;

struct Stop::State {
  explicit State(bool watch_signals) : signals(io) {
    if (watch_signals) {
      signals.add(SIGINT);
      signals.add(SIGTERM);
      watch();
      thread = std::thread([this] { io.run(); });
    }
  }
  State(State const&) = delete;
  State& operator=(State const&) = delete;

  ~State() {
    io.stop();
    if (thread.joinable()) {
      thread.join();
    }
  }

  void watch() {
    signals.async_wait([this](boost::system::error_code const& error, int number) {
      if (!error) {
        int none = 0;
        signal_number.compare_exchange_strong(none, number);
        request();
        watch();
      }
    });
  }

  // The callbacks run under the lock: a guard that is gone has seen its last call end.
  void request() {
    std::lock_guard const lock(mutex);
    ++requests;
    changed.notify_all();
    for (auto const& [from, cancel] : cancels) {
      if (requests >= from) {
        cancel();
      }
    }
  }

  asio::io_context io;
  asio::signal_set signals;
  std::thread thread;
  std::atomic<int> signal_number{0};

  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  int requests = 0;
  std::string time_up;
  struct Cancel {
    int from;  // this request on
    std::function<void()> cancel;
  };
  std::list<Cancel> cancels;

  std::unique_ptr<Guard> on(int request_number, std::function<void()> cancel);
};

namespace {

class Unregister : public Stop::Guard {
 public:
  explicit Unregister(std::function<void()> remove) : remove_(std::move(remove)) {}
  Unregister(Unregister const&) = delete;
  Unregister& operator=(Unregister const&) = delete;
  ~Unregister() override { remove_(); }

 private:
  std::function<void()> remove_;
};

}  // namespace

Stop::Stop(bool watch_signals) : state_(std::make_unique<State>(watch_signals)) {}
Stop::~Stop() = default;

void Stop::request() {
  state_->request();
}

bool Stop::requested() const {
  std::lock_guard const lock(state_->mutex);
  return state_->requests > 0;
}

void Stop::time_is_up(std::string const& why) {
  {
    std::lock_guard const lock(state_->mutex);
    if (state_->requests > 0) {  // it stops already; a second request would cancel the batch
      return;
    }
    state_->time_up = why;
  }
  state_->request();
}

std::string Stop::why_time_is_up() const {
  std::lock_guard const lock(state_->mutex);
  return state_->time_up;
}

int Stop::signal_number() const {
  return state_->signal_number;
}

bool Stop::wait_for(std::chrono::milliseconds time) const {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, time, [this] { return state_->requests > 0; });
}

std::unique_ptr<Stop::Guard> Stop::State::on(int request_number, std::function<void()> cancel) {
  std::lock_guard const lock(mutex);
  auto const place = cancels.insert(cancels.end(), {request_number, std::move(cancel)});
  if (requests >= request_number) {  // it came before there was anything to cancel
    place->cancel();
  }
  return std::make_unique<Unregister>([this, place] {
    std::lock_guard const again(mutex);
    cancels.erase(place);
  });
}

std::unique_ptr<Stop::Guard> Stop::on_first(std::function<void()> cancel) {
  return state_->on(1, std::move(cancel));
}

std::unique_ptr<Stop::Guard> Stop::on_second(std::function<void()> cancel) {
  return state_->on(2, std::move(cancel));
}

}  // namespace bellows
