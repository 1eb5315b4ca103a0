#pragma once

#include "batcher/job/stop.hpp"
#include "batcher/postgres/session.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace bellows::runner {

/// Asks for a stop, as a signal would, when the time has come. Has a thread of its own.
class Deadline {
 public:
  Deadline(Stop& stop, std::chrono::milliseconds left, std::string why);
  Deadline(Deadline const&) = delete;
  Deadline& operator=(Deadline const&) = delete;
  ~Deadline();

 private:
  std::mutex mutex_;
  std::condition_variable ends_;
  bool ending_ = false;
  std::thread thread_;
};

/// How long it is until `time`, by the server's clock: "06:00" is the next time that it is so late
/// in `zone` (empty: the session's time zone), anything else a timestamp. Throws
/// std::invalid_argument for one that is past or none at all.
std::chrono::milliseconds time_until(postgres::Session& session, std::string const& time,
                                     std::string const& zone);

}  // namespace bellows::runner
