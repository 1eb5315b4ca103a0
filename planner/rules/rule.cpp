#include "planner/rules/rule.hpp"

namespace bellows::rules {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::Note:
      return "note";
    case Severity::Warning:
      return "warning";
    case Severity::Error:
      return "error";
  }
  return "";
}

}  // namespace bellows::rules
