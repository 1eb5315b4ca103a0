#include "runner/rollout/gate.hpp"

#include "batcher/counted.hpp"
#include "runner/ddl/interrupted.hpp"
#include "runner/rollout/holds.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/unnamed.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::runner {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string seconds(double value) {
  return fmt::format("{:.0f} s", value);
}

/// The first look at a number tells nothing of how long it has been that.
std::string quiet_time(double so_far) {
  return so_far < 1 ? "and the quiet time begins now" : "none seen for " + seconds(so_far);
}

std::string count_query(plan::Gate const& gate) {
  return "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM " + gate.sequence.quoted();
}

GateState judged(GateReading const& reading, milliseconds quiet) {
  double const wanted = static_cast<double>(quiet.count()) / 1000.0;
  return {.open = reading.quiet_seconds >= wanted,
          .evidence = fmt::format("{} came through the old side so far, {} ({})",
                                  batcher::counted(reading.reading, "write"),
                                  quiet_time(reading.quiet_seconds),
                                  wanted > 0 ? seconds(wanted) + " are wanted" : "none is wanted")};
}

}  // namespace

GateState peek_at_gate(postgres::Session& session, std::string const& migration,
                       std::string const& step, plan::Gate const& gate, milliseconds quiet) {
  if (gate.kind == plan::unnamed_gate) {
    return look_at_names(session, gate);
  }
  std::int64_t const count = session.run(count_query(gate)).number(0, 0);
  GateReading reading{.reading = count, .quiet_seconds = 0};
  if (auto const before = read_gate(session, migration, step); before && before->reading == count) {
    reading = *before;
  }
  return judged(reading, quiet);
}

GateState look_at_gate(Run& run, std::string const& migration, std::string const& step,
                       plan::Gate const& gate) {
  if (gate.kind == plan::unnamed_gate) {
    GateState state;
    run.asking([&](postgres::Session& session) { state = look_at_names(session, gate); });
    return state;
  }
  GateReading reading;
  run.write([&](postgres::Transaction& transaction, Journal&) {
    auto const rows = transaction.run(count_query(gate));
    reading = note_gate(transaction, migration, step, rows.number(0, 0));
  });
  return judged(reading, run.policy().quiet);
}

void wait_for_gate(Run& run, std::string const& migration, std::string const& step,
                   plan::Gate const& gate) {
  auto const give_up = steady_clock::now() + run.policy().gate_wait;
  bool told = false;
  while (true) {
    GateState const state = look_at_gate(run, migration, step, gate);
    run.observe("gate looked at", state.evidence);
    if (state.open) {
      run.voice().say("  gate " + step + ": " + state.evidence);
      return;
    }
    if (!state.opens_by_itself || steady_clock::now() >= give_up) {
      throw GateClosed(
          fmt::format("gate {}: {}", step, state.evidence),
          fmt::format("{} and repeat, or `bellows contract {} --force {} --because TEXT`",
                      state.opens_by_itself ? "wait" : "mend that", migration, step));
    }
    run.lease().tell(closed_gate(migration + "/" + step, state.evidence));
    if (!told) {
      run.voice().say("  gate " + step + " is closed: " + state.evidence + "; waiting");
    }
    told = true;
    auto const left = duration_cast<milliseconds>(give_up - steady_clock::now());
    if (run.stop().wait_for(std::clamp(left, milliseconds{1}, milliseconds{500}))) {
      throw ddl::Interrupted("stopped at a gate; nothing was changed");
    }
  }
}

}  // namespace bellows::runner
