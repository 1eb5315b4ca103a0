#include "planner/plan/plan.hpp"

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

template class std::vector<bellows::plan::Step>;
