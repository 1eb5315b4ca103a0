#pragma once

#include "runner/rollout/run.hpp"

#include <string>

namespace bellows::runner {

/// While it lives, what the server says beside its answers to the run's session is told to people:
/// that something is there already, or never was, and is passed over.
class Heard {
 public:
  explicit Heard(Run& run) : session_(run.session()) {
    session_.hear(
        [&run](std::string const& notice) { run.voice().say("  the server says " + notice); });
  }
  Heard(Heard const&) = delete;
  Heard& operator=(Heard const&) = delete;
  ~Heard() { session_.hear(nullptr); }

 private:
  postgres::Session& session_;
};

}  // namespace bellows::runner
