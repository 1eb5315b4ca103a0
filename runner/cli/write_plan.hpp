#pragma once

#include "planner/plan/plan.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace bellows::runner {

/// What became of the file of a plan.
struct WrittenPlan {
  bool kept = false;  // it was edited by hand, or made against another schema, and stays as it is
  bool same = false;  // it says the same
  std::vector<std::string> differences;  // between it and what is planned
};

/// Writes `yaml`, the text of `plan`, unless the file there is for the same statements and the same
/// schema and has other steps: what somebody has put into it is not lost without `overwrite`. One
/// that is stale is replaced. Throws ProjectError where the file can't be read or written.
WrittenPlan write_plan(std::filesystem::path const& path, plan::Plan const& plan,
                       std::string const& yaml, bool overwrite);

}  // namespace bellows::runner
