#pragma once

#include "batcher/control/governor.hpp"
#include "batcher/job/stop.hpp"

#include <functional>
#include <string>

namespace bellows::batcher {

/// Somebody who asks the governor before each piece of work: a lane, a verification, the rows in
/// the dead letters.
struct Turn {
  int lane = 0;
  std::function<bool()> ended;                         // no further piece is wanted
  std::function<void()> before_look = [] {};           // and as it begins: orders may have changed
  std::function<void(std::string const&)> show;        // why it waits; "": it goes on
  std::function<void(std::string const&)> wait_begins  // what holds it
      = [](std::string const&) {};
  std::function<void()> wait_ended = [] {};
};

/// Blocks until the next piece may begin; false: it need not, since it was stopped or has ended.
[[nodiscard]] bool await_turn(Governor& governor, Stop const& stop, Turn const& turn);

}  // namespace bellows::batcher
