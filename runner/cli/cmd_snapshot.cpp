#include "planner/catalog/snapshot.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "runner/cli/command.hpp"

namespace bellows::runner {

int run_snapshot(Invocation& invocation) {
  Options const& options = invocation.options;
  std::string json;
  ask_database(options, "bellows snapshot", &invocation.stop, [&](postgres::Session& session) {
    json = catalog::to_json(catalog::read_catalog(session), options.given("sizes"));
  });
  if (options.text("output").empty()) {
    invocation.console.answer(json);
  } else {
    write_file(options.text("output"), json);
    invocation.console.say("wrote " + options.text("output"));
  }
  return exit_done;
}

}  // namespace bellows::runner
