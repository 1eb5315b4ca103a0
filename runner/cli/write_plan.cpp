#include "runner/cli/write_plan.hpp"

#include "planner/plan/difference.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/rollout/project.hpp"

#include <optional>
#include <stdexcept>

namespace bellows::runner {
namespace {

std::optional<plan::Plan> readable(std::string const& text) {
  try {
    return plan::from_yaml(text);
  } catch (std::invalid_argument const&) {  // of use to nobody as it is
    return std::nullopt;
  }
}

bool for_the_same(plan::Plan const& one, plan::Plan const& other) {
  return one.migration == other.migration && one.source_meaning == other.source_meaning &&
         one.catalog == other.catalog;
}

}  // namespace

WrittenPlan write_plan(std::filesystem::path const& path, plan::Plan const& plan,
                       std::string const& yaml, bool overwrite) {
  WrittenPlan written;
  if (std::filesystem::exists(path)) {
    std::string const text = read_file(path);
    auto const there = readable(text);
    if (there) {
      written.differences = plan::differences(*there, plan);
      written.kept = !overwrite && for_the_same(*there, plan) && !written.differences.empty();
    }
    written.same = text == yaml;
  }
  if (!written.same && !written.kept) {
    std::filesystem::create_directories(path.parent_path());
    write_file(path, yaml);
  }
  return written;
}

}  // namespace bellows::runner
