#include "batcher/job/stop.hpp"
#include "runner/cli/command.hpp"

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  // A reader that went away (`bellows status | head`) is no reason to die in mid-step.
  std::signal(SIGPIPE, SIG_IGN);
  bellows::Stop stop(true);
  return bellows::runner::run_program(std::vector<std::string>(argv + 1, argv + argc), stop);
}
