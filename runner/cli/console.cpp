#include "runner/cli/console.hpp"

#include "runner/cli/event_lines.hpp"
#include "runner/cli/wrap.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace bellows::runner {
namespace {

constexpr std::chrono::seconds heartbeat{10};
constexpr std::chrono::seconds json_heartbeat{1};

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
  if (progress.rows_scanned > progress.rows_written) {
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

namespace {

// The mean says what to count on, where the rate of now is another one.
std::string rate_text(batcher::Progress const& progress) {
  auto const rows = [](double rate) { return grouped(static_cast<std::int64_t>(rate)); };
  if (progress.rows_per_second < 1) {  // nothing yet to measure by, or not running
    return "";
  }
  std::string text = fmt::format("  {} rows/s", rows(progress.rows_per_second));
  double const mean = progress.mean_rows_per_second;
  bool const differs = std::abs(mean - progress.rows_per_second) > 0.05 * progress.rows_per_second;
  return mean >= 1 && differs ? text + fmt::format(" (mean {})", rows(mean)) : text;
}

std::string time_text(batcher::Progress const& progress) {
  if (!progress.eta_low || !progress.eta_high) {
    return "";
  }
  std::string const low = time_left(*progress.eta_low);
  std::string const high = time_left(*progress.eta_high);
  return low == high ? fmt::format("  {} left", low) : fmt::format("  {} to {} left", low, high);
}

// What waits tells why itself.
std::string pace_text(batcher::Progress const& progress) {
  if (!progress.waiting_for.empty()) {
    return "  waits: " + progress.waiting_for;
  }
  // A limit of rows or WAL a second rests between batches, of which the rate tells.
  bool const slowed = progress.pace.duty < 0.995;
  if (!progress.pace.limited_by.empty() && slowed) {
    return fmt::format("  slowed by {} to {:.0f} %", progress.pace.limited_by,
                       progress.pace.duty * 100);
  }
  return progress.pace.beside ? "  small batches beside other writers" : "";
}

}  // namespace

std::string progress_line(batcher::Progress const& progress, bool with_bar) {
  // Rounded down: 100 % is said of what is finished.
  double const percent = progress.finished ? 100.0 : std::floor(progress.share * 1000) / 10;
  std::string line = with_bar ? bar(progress.share) : progress.job + ": ";
  line += fmt::format("{}{:.1f} %  {}", progress.finished ? "" : "about ",
                      std::clamp(percent, 0.0, 100.0), rows_text(progress));
  if (progress.dead_letters > 0) {
    line += fmt::format("  {} set aside", grouped(progress.dead_letters));
  }
  line += rate_text(progress);
  return progress.finished ? line : line + time_text(progress) + pace_text(progress);
}

Console::Console(bool quiet, bool colour_wanted, Telling telling)
    : quiet_(quiet),
      terminal_(::isatty(STDERR_FILENO) == 1),
      colour_(colour_wanted && ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr),
      telling_(telling) {}

namespace {

std::optional<std::size_t> said_columns() {
  char const* const columns = std::getenv("COLUMNS");
  if (columns == nullptr) {
    return std::nullopt;
  }
  std::size_t number = 0;
  std::string_view const text(columns);
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool const whole = error == std::errc() && end == text.data() + text.size() && number > 0;
  return whole ? std::optional(number) : std::nullopt;
}

std::optional<std::size_t> terminal_width(int descriptor) {
  winsize size{};
  bool const known = ::isatty(descriptor) == 1 && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0;
  return known && size.ws_col > 0 ? std::optional<std::size_t>(size.ws_col) : std::nullopt;
}

/// What is drawn over again must stay in one line. One byte a character, here.
std::string cut(std::string line) {
  auto const said = said_columns();
  auto const width = said ? said : terminal_width(STDERR_FILENO);
  line.resize(std::min(line.size(), width.value_or(line.size())));
  return line;
}

/// Narrower, a sentence is a column of words.
constexpr std::size_t narrowest = 40;

std::string fitted_to(std::optional<std::size_t> width, std::string const& text) {
  return width ? fitted(text, std::max(*width, narrowest)) : text;
}

}  // namespace

std::optional<std::size_t> Console::fit() {
  auto const said = said_columns();
  return said ? said : terminal_width(STDOUT_FILENO);
}

std::size_t Console::width() {
  return fit().value_or(usual_width);
}

std::string Console::on_screen(std::string const& text) const {
  auto const said = said_columns();
  return fitted_to(said || !terminal_ ? said : terminal_width(STDERR_FILENO), text + '\n');
}

void Console::tell(std::string const& text) {
  answer(fitted_to(fit(), typed(text)));
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
  if (telling_json()) {
    std::cerr << said_line(std::chrono::system_clock::now(), line) << std::flush;
    return;
  }
  clear_line();
  std::cerr << on_screen(line) << std::flush;
}

void Console::about(std::string const& migration) {
  std::lock_guard const guard(mutex_);
  migration_ = migration;
}

void Console::names_database(std::string word) {
  std::lock_guard const guard(mutex_);
  database_ = std::move(word);
}

std::string Console::typed(std::string text) const {
  constexpr std::string_view meant = "--database-url URL";
  for (auto at = text.find(meant); !database_.empty() && at != std::string::npos;
       at = text.find(meant, at + 1)) {
    text.replace(at + meant.size() - 3, 3, database_);
  }
  return text;
}

void Console::happened(Event const& event) {
  if (quiet_ || !telling_json() || !is_told(event.what)) {
    return;
  }
  std::lock_guard const guard(mutex_);
  std::cerr << event_line(std::chrono::system_clock::now(), event, migration_) << std::flush;
}

void Console::failed(int exit_code, std::string const& message, std::string const& what_next) {
  std::string const next = typed(what_next);
  std::lock_guard const guard(mutex_);
  if (telling_json()) {
    std::cerr << failed_line(std::chrono::system_clock::now(), exit_code, message, next)
              << std::flush;
    return;
  }
  clear_line();
  std::cerr << on_screen("bellows: " + message + (next.empty() ? "" : "\n  next: " + next))
            << std::flush;
}

void Console::redraw(std::string const& text) {
  std::lock_guard const guard(mutex_);
  bool const screen = ::isatty(STDOUT_FILENO) == 1;
  std::cout << (screen ? "\033[H\033[2J" : "") << text << std::flush;
}

bool Console::heartbeat_is_due(bool finished) {
  auto const now = std::chrono::steady_clock::now();
  if (!finished && now - last_beat_ < (telling_json() ? json_heartbeat : heartbeat)) {
    return false;
  }
  last_beat_ = now;
  return true;
}

void Console::progress(batcher::Progress const& progress) {
  if (quiet_) {
    return;
  }
  std::lock_guard const guard(mutex_);
  bool const told_before = progress.finished && finished_ == progress.job;
  finished_ = progress.finished ? progress.job : "";
  if (told_before) {
    return;
  }
  if (telling_json()) {
    if (heartbeat_is_due(progress.finished)) {
      std::cerr << progress_event(std::chrono::system_clock::now(), progress) << std::flush;
    }
    return;
  }
  if (!terminal_) {
    if (heartbeat_is_due(progress.finished)) {
      std::cerr << on_screen("  " + progress_line(progress, false)) << std::flush;
    }
    return;
  }
  std::cerr << "\r\033[K" << cut("  " + progress_line(progress, true)) << std::flush;
  line_is_open_ = true;
  if (progress.finished) {
    std::cerr << '\n';
    line_is_open_ = false;
  }
}

}  // namespace bellows::runner
