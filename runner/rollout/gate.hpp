#pragma once

#include "planner/plan/plan.hpp"
#include "runner/rollout/run.hpp"

#include <string>

namespace bellows::runner {

struct GateState {
  bool open = false;
  std::string evidence;         // "no write through the old side for 12 s (60 s are wanted)"
  bool opens_by_itself = true;  // else nobody waits for it
};

/// How long a run would wait at a gate.
struct GatePatience {
  std::chrono::milliseconds quiet{};
  std::chrono::milliseconds wait{};
};

/// Looks, and writes nothing: for how long it has been quiet is known since the last time that
/// somebody looked. `session` need not be a run's. Throws Failure.
GateState peek_at_gate(postgres::Session& session, std::string const& migration,
                       std::string const& step, plan::Gate const& gate,
                       std::chrono::milliseconds quiet);

/// Looks once, and remembers what it saw.
GateState look_at_gate(Run& run, std::string const& migration, std::string const& step,
                       plan::Gate const& gate);

/// Until it opens, or policy().gate_wait is over: GateClosed. Throws ddl::Interrupted.
void wait_for_gate(Run& run, std::string const& migration, std::string const& step,
                   plan::Gate const& gate);

}  // namespace bellows::runner
