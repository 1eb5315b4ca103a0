#include "planner/plan/plan.hpp"

// Before their first use: GCC 14 leaves out the copy constructor of what was copied above.
template class std::vector<bellows::plan::Step>;

namespace bellows::plan {

BELLOWS_DEFAULTED(Gate);
BELLOWS_DEFAULTED(Step);
BELLOWS_DEFAULTED(Plan);

std::string_view to_string(Lasts lasts) {
  switch (lasts) {
    case Lasts::Instant:
      return "instant";
    case Lasts::WithRows:
      return "with-rows";
  }
  return "";
}

}  // namespace bellows::plan
