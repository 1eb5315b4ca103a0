#include "batcher/job/perseverance.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace bellows::batcher {

using postgres::Failure;
using postgres::FailureKind;

Perseverance::Perseverance(std::string name, Connection& connection, Stop& stop,
                           std::chrono::milliseconds budget, Hooks hooks)
    : name_(std::move(name)),
      connection_(connection),
      stop_(stop),
      hooks_(std::move(hooks)),
      patience_(budget) {}

bool Perseverance::carry(std::function<void()> const& work) {
  while (!try_once(work)) {
    if (hooks_.abandoned() || stop_.wait_for(pause_)) {
      return false;
    }
  }
  return true;
}

bool Perseverance::try_once(std::function<void()> const& work) {
  try {
    if (connection_.ensure()) {
      hooks_.reconnected();
    }
    work();
    patience_.reset();
    hooks_.waiting_for("");
    return true;
  } catch (Failure const& failure) {
    if (failure.kind == FailureKind::BadRow && hooks_.isolate(failure)) {
      pause_ = {};
      return false;
    }
    if (!advice_on(failure.kind).again || !connection_.ever_connected()) {
      throw;
    }
    refuse_or_prepare(failure);
    return false;
  }
}

void Perseverance::refuse_or_prepare(Failure const& failure) {
  if (patience_.spent(Patience::Clock::now())) {
    if (hooks_.isolate(failure)) {
      patience_.reset();
      pause_ = {};
      return;
    }
    throw Failure(failure.kind, failure.sqlstate,
                  fmt::format("{}: gave up after {} tries: {}", name_, patience_.failures() + 1,
                              failure.what()));
  }
  Advice const advice = advice_on(failure.kind);
  if (advice.reconnect) {
    connection_.drop();
  }
  if (advice.smaller) {
    hooks_.smaller();
  }
  pause_ = patience_.next_pause(failure.kind);
  std::string const said = failure.what();  // in one line: where it happened stands in the log
  hooks_.waiting_for(
      fmt::format("{} ({})", to_string(failure.kind), said.substr(0, said.find('\n'))));
  // The first of a row is news, and then every doubling; the rest would only fill the log.
  int const count = patience_.failures();
  auto const level = (count & (count - 1)) == 0 ? spdlog::level::info : spdlog::level::debug;
  spdlog::log(level, "{}: try {} failed ({}), again in {} ms: {}", name_, count,
              to_string(failure.kind), pause_.count(), failure.what());
}

}  // namespace bellows::batcher
