#pragma once

#include "runner/ddl/concurrent.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace bellows::ddl {

/// While it lives, polls the progress of index builds on `table` over a second session and shows
/// it, on a thread of its own. Losing that session ends the watching, never the build.
class BuildWatch {
 public:
  /// Starts nothing when `options` has no `show`. `options` must outlive it.
  BuildWatch(AloneOptions const& options, std::string table);
  ~BuildWatch() = default;
  BuildWatch(BuildWatch const&) = delete;
  BuildWatch& operator=(BuildWatch const&) = delete;

 private:
  void poll(std::stop_token const& over);

  AloneOptions const& options_;
  std::string table_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: joined before what it uses goes
};

}  // namespace bellows::ddl
