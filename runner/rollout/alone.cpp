#include "runner/rollout/alone.hpp"

#include "runner/ddl/concurrent.hpp"
#include "runner/rollout/heard.hpp"
#include "runner/rollout/holds.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/core.h>

#include <chrono>
#include <functional>
#include <optional>

namespace bellows::runner {
namespace {

/// What a long index build tells, said when the phase changes and every ten seconds.
std::function<void(ddl::BuildProgress const&)> tell_build(Run& run, std::string const& job) {
  struct Said {
    std::string phase;
    std::chrono::steady_clock::time_point at;
  };
  return [&run, job, said = Said{}](ddl::BuildProgress const& progress) mutable {
    run.lease().tell(progress.waits_for.empty()
                         ? std::nullopt
                         : std::optional(older_transaction(job, progress.waits_for)));
    auto const now = std::chrono::steady_clock::now();
    if (progress.phase == said.phase && now - said.at < std::chrono::seconds{10}) {
      return;
    }
    said = {progress.phase, now};
    std::string line = "  " + progress.phase;
    if (progress.total > 0) {
      line += fmt::format(", {} %", progress.done * 100 / progress.total);
    }
    if (!progress.waits_for.empty()) {
      line += ", waits for " + progress.waits_for;
    }
    run.voice().say(line);
  };
}

}  // namespace

void run_statement_alone(Run& run, std::string const& migration, plan::Step const& step,
                         std::string const& statement) {
  run.observe("statement", first_line(statement));
  ddl::AloneOptions options;
  options.conninfo = run.conninfo();
  options.show = tell_build(run, job_id(migration, step));
  options.say = [&run](std::string const& what) { run.voice().say("  " + what); };
  options.stop = &run.stop();
  options.observe = run.observer();
  Heard const heard(run);
  ddl::run_alone(run.session(), statement, options);
}

}  // namespace bellows::runner
