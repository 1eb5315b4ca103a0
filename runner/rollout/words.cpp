#include "runner/rollout/words.hpp"

#include "planner/plan/yaml.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

namespace bellows::runner {
namespace {

/// make_plan() numbers what needs no splitting.
bool is_of_the_file(std::string const& id) {
  auto const digits = id.find_first_not_of("0123456789", 4);
  return id == "run" || (id.starts_with("run-") && id.size() > 4 && digits == std::string::npos);
}

/// In one line, and no longer than that takes.
std::string shortened(std::string const& sql) {
  constexpr std::size_t most = 60;
  std::string line;
  for (char const c : sql) {
    bool const space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!space || (!line.empty() && line.back() != ' ')) {
      line += space ? ' ' : c;
    }
  }
  if (line.size() <= most) {
    return line;
  }
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) {
    --end;  // not within a character
  }
  return line.substr(0, end) + "…";
}

}  // namespace

std::string first_line(std::string const& sql) {
  std::string const line = sql.substr(0, sql.find('\n'));
  return line.size() > 100 ? line.substr(0, 97) + "…" : line;
}

std::string in_words(plan::Step const& step) {
  auto const* run = std::get_if<plan::RunSql>(&step.action);
  if (run == nullptr || run->statements.empty() || !is_of_the_file(step.id)) {
    return "step " + step.id;
  }
  std::string const first = shortened(run->statements.front());
  return run->statements.size() == 1
             ? fmt::format("`{}`", first)
             : fmt::format("the {} statements from `{}` on", run->statements.size(), first);
}

std::string step_in_words(plan::Plan const& plan, std::string const& id) {
  for (auto const* steps : {&plan.expand, &plan.backfill, &plan.contract}) {
    auto const found = std::ranges::find(*steps, id, &plan::Step::id);
    if (found != steps->end()) {
      return in_words(*found);
    }
  }
  return "step " + id;
}

std::string purpose_of(plan::Step const& step) {
  return step.about.empty() || is_of_the_file(step.id) ? in_words(step) : step.about;
}

std::string state_in_words(State state, bool split) {
  return state == State::Contracted && !split ? "done" : std::string(to_string(state));
}

std::string state_in_words(MigrationRow const& row) {
  return state_in_words(
      row.state, row.state != State::Contracted || !plan::from_yaml(row.plan).contract.empty());
}

}  // namespace bellows::runner
