#include "planner/plan/difference.hpp"

#include "planner/plan/yaml.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>

namespace bellows::plan {
namespace {

using Lines = std::vector<std::string>;

std::string trimmed(std::string const& text) {
  auto const begin = text.find_first_not_of(" -");
  auto const end = text.find_last_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

/// As the plan's file would have it: every part of it counts.
Lines lines_of(Step const& step) {
  Plan alone;
  alone.expand.push_back(step);
  Lines lines;
  std::istringstream text(to_yaml(alone));
  for (std::string line; std::getline(text, line);) {
    if (!trimmed(line).empty()) {
      lines.push_back(trimmed(line));
    }
  }
  return lines;
}

std::string quoted(Lines const& lines, std::size_t at) {
  constexpr std::size_t most = 80;
  if (at >= lines.size()) {
    return "nothing";
  }
  std::string const& line = lines[at];
  return line.size() <= most ? fmt::format("`{}`", line)
                             : fmt::format("`{}…`", line.substr(0, most));
}

std::string difference(Step const& in_file, Step const& planned) {
  Lines const has = lines_of(in_file);
  Lines const would = lines_of(planned);
  auto const [a, b] = std::ranges::mismatch(has, would);
  auto const at = static_cast<std::size_t>(a - has.begin());
  return fmt::format("step {} has {}, planned would be {}", in_file.id, quoted(has, at),
                     quoted(would, at));
}

Step const* step_of(std::vector<Step> const& steps, std::string const& id) {
  auto const found = std::ranges::find(steps, id, &Step::id);
  return found == steps.end() ? nullptr : &*found;
}

void add(Lines& all, char const* phase, std::vector<Step> const& in_file,
         std::vector<Step> const& planned) {
  for (Step const& step : in_file) {
    Step const* other = step_of(planned, step.id);
    if (other == nullptr) {
      all.push_back(fmt::format("step {} of {} would not be planned", step.id, phase));
    } else if (!(step == *other)) {
      all.push_back(difference(step, *other));
    }
  }
  for (Step const& step : planned) {
    if (step_of(in_file, step.id) == nullptr) {
      all.push_back(fmt::format("step {} of {} is not in it", step.id, phase));
    }
  }
  if (all.empty() && in_file != planned) {
    all.push_back(fmt::format("the steps of {} stand in another order", phase));
  }
}

}  // namespace

std::vector<std::string> differences(Plan const& in_file, Plan const& planned) {
  Lines all;
  add(all, "expand", in_file.expand, planned.expand);
  add(all, "backfill", in_file.backfill, planned.backfill);
  add(all, "contract", in_file.contract, planned.contract);
  return all;
}

}  // namespace bellows::plan
