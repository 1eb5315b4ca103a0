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

/// As the plan's file would have it, without its comments: every part of it counts.
Lines lines_of(Step const& step) {
  Plan alone;
  alone.expand.push_back(step);
  Lines lines;
  std::istringstream text(to_yaml(alone));
  for (std::string line; std::getline(text, line);) {
    if (!trimmed(line).empty() && !line.starts_with('#')) {
      lines.push_back(trimmed(line));
    }
  }
  return lines;
}

/// Not within a character.
std::size_t at_character(std::string const& line, std::size_t at) {
  while (at > 0 && at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U) {
    --at;
  }
  return std::min(at, line.size());
}

/// A line of the file; of a long one the part where `other` has something else.
std::string quoted(std::string const& line, std::string const& other) {
  constexpr std::size_t most = 80;
  constexpr std::size_t before = 30;
  if (line.size() <= most) {
    return fmt::format("`{}`", line);
  }
  auto const same = static_cast<std::size_t>(std::ranges::mismatch(line, other).in1 - line.begin());
  std::size_t const begin = same < most ? 0 : at_character(line, same - before);
  std::size_t const end = at_character(line, begin + most);
  return fmt::format("`{}{}{}`", begin == 0 ? "" : "…", line.substr(begin, end - begin),
                     end == line.size() ? "" : "…");
}

std::string difference(Step const& in_file, Step const& planned) {
  Lines const has = lines_of(in_file);
  Lines const would = lines_of(planned);
  auto const [a, b] = std::ranges::mismatch(has, would);
  std::string const one = a == has.end() ? "" : *a;
  std::string const other = b == would.end() ? "" : *b;
  return fmt::format("step {} has {}, planned would be {}", in_file.id,
                     one.empty() ? "nothing" : quoted(one, other),
                     other.empty() ? "nothing" : quoted(other, one));
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
