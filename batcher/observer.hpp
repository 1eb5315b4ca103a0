#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace bellows {

/// Something that happened, or is about to: "batch committed", "step begins". Every effect on a
/// database has an event before it and one after it, so a test that kills the program at each event
/// has killed it everywhere that matters.
struct Event {
  std::string_view what;
  std::string detail;
};

/// Called on the thread that did it, from several threads at once when lanes run. May throw: then
/// the run fails there.
using Observer = std::function<void(Event const&)>;

}  // namespace bellows
