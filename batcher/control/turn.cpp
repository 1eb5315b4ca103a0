#include "batcher/control/turn.hpp"

#include <algorithm>

namespace bellows::batcher {
namespace {

using namespace std::chrono_literals;

constexpr auto longest_wait = 100ms;  // at what keeps it waiting

}  // namespace

bool await_turn(Governor& governor, Stop const& stop, Turn const& turn) {
  bool told = false;
  while (!turn.ended()) {
    turn.before_look();
    Brake::Wait const wait = governor.wait(turn.lane);
    if (told && (wait.time == 0ms || wait.why.empty())) {
      turn.show("");
      turn.wait_ended();
      told = false;
    }
    if (wait.time == 0ms) {
      turn.before_look();  // what was true before the wait is not shown as what slows the work
      return true;
    }
    if (!wait.why.empty()) {
      turn.show(wait.by + ": " + wait.why);
      if (!told) {
        turn.wait_begins(wait.by);
      }
      told = true;
    }
    if (stop.wait_for(std::min(wait.time, longest_wait))) {
      return false;
    }
  }
  return false;
}

}  // namespace bellows::batcher
