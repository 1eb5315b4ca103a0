#include "planner/rules/refused.hpp"

#include <fmt/core.h>

namespace bellows::rules {

Finding refused(std::string_view rule, std::string_view state, std::string_view why,
                std::string_view remedy) {
  Finding finding{std::string(rule), Severity::Error,
                  fmt::format("The statement fails ({}): {}.", state, why), std::string(remedy)};
  finding.fails_with = state;
  return finding;
}

}  // namespace bellows::rules
