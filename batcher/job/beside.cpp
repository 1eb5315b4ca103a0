#include "batcher/job/beside.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <exception>

namespace bellows::batcher {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class Display {
 public:
  Display(Board const& board, std::function<void(Progress const&)> const& show)
      : board_(board), show_(show), timer_(io_) {}

  void run() {
    tick();
    io_.run();
    show_(meter_.measure(board_.read(), Meter::Clock::now()));
  }
  /// From any thread.
  void end() {
    asio::post(io_, [this] {
      done_ = true;
      timer_.cancel();
    });
  }

 private:
  void tick() {
    timer_.expires_after(250ms);
    timer_.async_wait([this](boost::system::error_code const& error) {
      if (!error && !done_) {
        show_(meter_.measure(board_.read(), Meter::Clock::now()));
        tick();
      }
    });
  }

  Board const& board_;
  std::function<void(Progress const&)> const& show_;
  Meter meter_;
  asio::io_context io_;
  asio::steady_timer timer_;
  bool done_ = false;
};

}  // namespace

void work_beside_progress(std::function<void()> const& work, std::function<void()> const& abandon,
                          Board const& board, std::function<void(Progress const&)> const& show) {
  Display display(board, show);
  std::exception_ptr of_work;
  std::exception_ptr of_show;
  asio::thread_pool pool(1);
  asio::post(pool, [&] {
    try {
      work();
    } catch (...) {
      of_work = std::current_exception();
    }
    display.end();
  });
  try {
    display.run();
  } catch (...) {
    of_show = std::current_exception();
    abandon();
  }
  pool.join();
  if (of_work) {
    std::rethrow_exception(of_work);
  }
  if (of_show) {
    std::rethrow_exception(of_show);
  }
}

}  // namespace bellows::batcher
