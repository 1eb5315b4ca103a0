#pragma once

#include "batcher/job/job.hpp"
#include "batcher/observer.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>

namespace bellows::runner {

/// How stderr tells what happens: lines for people, or JSON (event_lines.hpp).
enum class Telling : std::uint8_t { Text, Json };

/// stdout is the answer, stderr the progress. On a terminal progress is one line that is redrawn;
/// elsewhere a heartbeat line every ten seconds, as JSON every second. Thread-safe.
class Console {
 public:
  Console(bool quiet, bool colour_wanted, Telling telling = Telling::Text);

  void answer(std::string const& text);  // stdout, as it is
  void tell(std::string const& text);    // stdout, sentences: in lines that fit()
  void say(std::string const& line);     // stderr, a line
  void progress(batcher::Progress const& progress);
  void happened(Event const& event);         // as JSON only
  void about(std::string const& migration);  // what happens from now on
  /// How the database that is meant is typed: "$DATABASE_URL". Empty: it is not to be shown.
  void names_database(std::string word);
  /// `--database-url URL` as it is typed.
  std::string typed(std::string text) const;
  void failed(int exit_code, std::string const& message, std::string const& next);
  /// stdout: what was there is wiped off a terminal, and `text` takes its place.
  void redraw(std::string const& text);

  bool telling_json() const { return telling_ == Telling::Json; }
  bool colour() const { return colour_; }  // of stdout
  /// Where its lines should end: what COLUMNS says, else the terminal's width, else 80.
  static std::size_t width();
  /// The same where it is known that people look: what COLUMNS says, else the width of the terminal
  /// that stdout is. Nothing: a file or a program reads it, and lines end where they end.
  static std::optional<std::size_t> fit();

 private:
  void clear_line();
  std::string on_screen(std::string const& text) const;
  bool heartbeat_is_due(bool finished);

  std::mutex mutex_;
  bool quiet_;
  bool terminal_;
  bool colour_;
  Telling telling_;
  bool line_is_open_ = false;
  std::string migration_;
  std::string database_;
  std::string finished_;  // the job whose end was told last
  std::chrono::steady_clock::time_point last_beat_{};
};

/// "[#####-----] 52.3 %  156,000 rows written  21,345 rows/s (mean 19,876)  1 min 10 s to 1 min 40
/// s left  slowed by replica lag to 40 %"
std::string progress_line(batcher::Progress const& progress, bool with_bar);

}  // namespace bellows::runner
