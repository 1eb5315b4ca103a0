#pragma once

#include "batcher/postgres/session.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace bellows::batcher {

/// The session of a lane: made when it is first needed, thrown away when it is lost, and cancelled
/// from another thread at any moment in between.
class Connection {
 public:
  /// `known`: another connection with this conninfo has been made already.
  Connection(std::string conninfo, std::string purpose, bool known = false)
      : conninfo_(std::move(conninfo)), purpose_(std::move(purpose)), ever_(known) {}

  /// The owner's thread only. True: it is a new one.
  bool ensure() {
    if (session_ != nullptr && session_->alive()) {
      return false;
    }
    drop();
    auto fresh =
        std::make_unique<postgres::Session>(postgres::Session::connect(conninfo_, purpose_));
    std::lock_guard const lock(mutex_);
    session_ = std::move(fresh);
    ever_ = true;
    return true;
  }
  void drop() {
    std::unique_ptr<postgres::Session> old;  // closed outside the lock
    std::lock_guard const lock(mutex_);
    old.swap(session_);
  }
  postgres::Session& session() { return *session_; }
  /// There has been a session: what fails now is not a wrong password.
  bool ever_connected() const { return ever_; }

  /// From any thread.
  void cancel() {
    std::lock_guard const lock(mutex_);
    if (session_ != nullptr) {
      session_->cancel();
    }
  }

 private:
  std::string conninfo_;
  std::string purpose_;
  bool ever_;
  std::mutex mutex_;
  std::unique_ptr<postgres::Session> session_;
};

}  // namespace bellows::batcher
