#pragma once

#include "batcher/job/stop.hpp"
#include "batcher/postgres/session.hpp"

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

/// Asking a server that may not answer: somebody may have locked what is to be read, for hours.
namespace bellows::ddl {

/// Somebody has a lock that is needed before anything can be told or begun, and keeps it.
class HeldUp : public std::runtime_error {
 public:
  HeldUp(std::string const& message, std::string what_next)
      : std::runtime_error(message), next(std::move(what_next)) {}
  std::string next;  // what to type
};

struct Attendance {
  std::string conninfo;  // for a look from beside, once the answer takes longer than a moment
  Stop const* stop = nullptr;
  std::chrono::milliseconds patience{3'000};  // with whoever has the lock
  /// Once, from another thread, as soon as somebody is in the way: who, and how to end that.
  std::function<void(std::string const&)> say = nullptr;
};

/// Calls `body`, which asks `session`, and cancels what that waits for: at the first signal, which
/// is Interrupted then, and where a lock is in the way for longer than the patience lasts: HeldUp
/// says who has it. Slow answers are waited for. `session` must stay where it is meanwhile. Behind
/// a pooler, where nobody knows whose server process answers, only signals end it.
void attended(postgres::Session& session, Attendance const& how, std::function<void()> const& body);

}  // namespace bellows::ddl
