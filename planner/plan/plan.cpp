#include "planner/plan/plan.hpp"

namespace bellows::plan {

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
