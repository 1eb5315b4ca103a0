#include "runner/cli/console.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace bellows::runner {
namespace {

constexpr std::chrono::seconds heartbeat{10};

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3; place -= 3) {
    digits.insert(place - 3, ",");
  }
  return digits;
}

std::string time_left(std::chrono::seconds time) {
  auto const total = time.count();
  if (total < 60) {
    return fmt::format("{} s", total);
  }
  if (total < 3600) {
    return fmt::format("{} min {} s", total / 60, total % 60);
  }
  return fmt::format("{} h {} min", total / 3600, total / 60 % 60);
}

/// What passed in the key range and needed no write (it was in step, or is only compared) is not
/// hidden: the rate below counts it.
std::string rows_text(batcher::Progress const& progress) {
  if (progress.rows_written == 0) {
    return grouped(progress.rows_scanned) + " rows read";
  }
  std::string text = grouped(progress.rows_written) + " rows written";
  if (progress.rows_scanned != progress.rows_written) {
    text += " of " + grouped(progress.rows_scanned) + " read";
  }
  return text;
}

std::string bar(double share) {
  constexpr std::size_t width = 24;
  auto const full =
      static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(width));
  return "[" + std::string(full, '#') + std::string(width - full, '-') + "] ";
}

}  // namespace

std::string progress_line(batcher::Progress const& progress, bool with_bar) {
  std::string line = with_bar ? bar(progress.share) : progress.job + ": ";
  line += fmt::format("{:.1f} %  {}", progress.share * 100, rows_text(progress));
  if (progress.rows_per_second >= 1) {  // nothing yet to measure by, or not running
    line +=
        fmt::format("  {} rows/s", grouped(static_cast<std::int64_t>(progress.rows_per_second)));
  }
  if (progress.finished) {
    return line;
  }
  if (progress.eta_low && progress.eta_high) {
    std::string const low = time_left(*progress.eta_low);
    std::string const high = time_left(*progress.eta_high);
    line += low == high ? fmt::format("  {} left", low) : fmt::format("  {} to {} left", low, high);
  }
  if (!progress.waiting_for.empty()) {
    line += "  waits: " + progress.waiting_for;
  }
  return line;
}

Console::Console(bool quiet, bool colour_wanted)
    : quiet_(quiet),
      terminal_(::isatty(STDERR_FILENO) == 1),
      colour_(colour_wanted && ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr) {
}

void Console::clear_line() {
  if (line_is_open_) {
    std::cerr << "\r\033[K";
  }
  line_is_open_ = false;
}

void Console::answer(std::string const& text) {
  std::lock_guard const guard(mutex_);
  clear_line();
  std::cout << text << std::flush;
}

void Console::say(std::string const& line) {
  if (quiet_) {
    return;
  }
  std::lock_guard const guard(mutex_);
  clear_line();
  std::cerr << line << '\n' << std::flush;
}

void Console::progress(batcher::Progress const& progress) {
  if (quiet_) {
    return;
  }
  std::lock_guard const guard(mutex_);
  if (terminal_) {
    std::cerr << "\r\033[K  " << progress_line(progress, true) << std::flush;
    line_is_open_ = true;
    if (progress.finished) {
      std::cerr << '\n';
      line_is_open_ = false;
    }
    return;
  }
  auto const now = std::chrono::steady_clock::now();
  if (!progress.finished && now - last_beat_ < heartbeat) {
    return;
  }
  last_beat_ = now;
  std::cerr << "  " << progress_line(progress, false) << '\n' << std::flush;
}

}  // namespace bellows::runner
