#include "runner/cli/last_resort.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace bellows::runner {
namespace {

constexpr std::array<std::string_view, 10> looking{
    "init", "new", "check", "plan", "explain", "status", "verify", "snapshot", "pause", "set"};

bool only_looks(Options const& options) {
  return options.flag("dry-run") || std::ranges::find(looking, options.command()) != looking.end();
}

/// No destructor and no lock of this process: somebody may hold it who waits for the server.
[[noreturn]] void end(int signal_number, std::string_view words) {
  [[maybe_unused]] auto const written = ::write(STDERR_FILENO, words.data(), words.size());
  ::_exit(signal_number == SIGTERM ? 143 : 130);
}

void end_in_two_seconds(Stop const& stop) {
  std::thread([number = stop.signal_number()] {
    std::this_thread::sleep_for(std::chrono::seconds{2});
    end(number,
        "bellows: ended by the signal, without an answer of the server; nothing was changed\n");
  }).detach();
}

}  // namespace

std::vector<std::unique_ptr<Stop::Guard>> last_resort(Options const& options, Stop& stop) {
  std::vector<std::unique_ptr<Stop::Guard>> guards;
  if (only_looks(options)) {
    guards.push_back(stop.on_first([&stop] { end_in_two_seconds(stop); }));
  }
  guards.push_back(stop.on_second([&stop, calls = 0]() mutable {  // and with each one after it
    if (++calls > 1) {
      end(stop.signal_number(),
          "bellows: ended at once, by the third signal; what was committed stays\n"
          "  next: bellows resume\n");
    }
  }));
  return guards;
}

}  // namespace bellows::runner
