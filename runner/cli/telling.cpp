#include "runner/cli/telling.hpp"

#include "runner/metrics/telemetry.hpp"

#include <memory>

namespace bellows::runner {
namespace {

using metrics::Telemetry;

Telemetry::Options telemetry_options(Options const& options) {
  Telemetry::Options telemetry;
  telemetry.version = BELLOWS_VERSION;
  telemetry.file = options.text("metrics-file");
  if (std::string const& listen = options.text("metrics-listen"); !listen.empty()) {
    telemetry.listen = metrics::parse_address(listen);
  }
  return telemetry;
}

std::shared_ptr<Telemetry> begin_telemetry(Options const& options) {
  try {
    return std::make_shared<Telemetry>(telemetry_options(options));
  } catch (std::invalid_argument const& error) {
    throw UsageError(error.what());
  } catch (metrics::CannotListen const& error) {
    throw UsageError(error.what());
  }
}

}  // namespace

void let_speak(Invocation& invocation, Run::Options& run) {
  Console& console = invocation.console;
  auto const telemetry = begin_telemetry(invocation.options);
  if (std::string const url = telemetry->url(); !url.empty()) {
    console.say("metrics at " + url);
  }
  run.voice.say = [&console](std::string const& line) { console.say(line); };
  run.voice.progress = [&console, telemetry](batcher::Progress const& progress) {
    console.progress(progress);
    telemetry->progress(progress);
  };
  run.voice.about = [&console](std::string const& migration) { console.about(migration); };
  run.observe = [&console, telemetry, observe = invocation.observe](Event const& event) {
    console.happened(event);
    telemetry->happened(event.what);
    observe(event);
  };
}

}  // namespace bellows::runner
