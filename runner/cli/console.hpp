#pragma once

#include "batcher/job/job.hpp"

#include <chrono>
#include <mutex>
#include <string>

namespace bellows::runner {

/// stdout is the answer, stderr the progress. On a terminal progress is one line that is redrawn;
/// elsewhere a heartbeat line every ten seconds. Thread-safe.
class Console {
 public:
  Console(bool quiet, bool colour_wanted);

  void answer(std::string const& text);  // stdout, as it is
  void say(std::string const& line);     // stderr, a line
  void progress(batcher::Progress const& progress);

  bool colour() const { return colour_; }  // of stdout

 private:
  void clear_line();

  std::mutex mutex_;
  bool quiet_;
  bool terminal_;
  bool colour_;
  bool line_is_open_ = false;
  std::chrono::steady_clock::time_point last_beat_{};
};

/// "[#######-------]  52.3 %   156 000 rows   21 345 rows/s   1 m 10 s – 1 m 40 s left"
std::string progress_line(batcher::Progress const& progress, bool with_bar);

}  // namespace bellows::runner
