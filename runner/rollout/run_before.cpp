#include "runner/rollout/run_before.hpp"

#include "runner/rollout/advance.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::runner {
namespace {

std::string number_of(std::string const& name) {
  return name.substr(0, name.find_first_not_of("0123456789"));
}

}  // namespace

std::optional<RunBefore> run_before(std::string const& name, std::string const& meaning,
                                    std::vector<std::string> const& names, LedgerRows const& rows) {
  std::string const digits = number_of(name);
  std::optional<RunBefore> found;
  for (auto const& [begun, row] : rows) {
    if (row.state == State::Aborted || std::ranges::find(names, begun) != names.end()) {
      continue;
    }
    if (row.meaning == meaning) {
      return RunBefore{begun, true};
    }
    if (!found && !digits.empty() && number_of(begun) == digits) {
      found = RunBefore{begun, false};
    }
  }
  return found;
}

void check_not_run_before(Project const& project, Project::Entry const& entry,
                          LedgerRows const& rows) {
  if (auto const own = rows.find(entry.name);
      own != rows.end() && own->second.state != State::Aborted) {
    return;
  }
  std::vector<std::string> names;
  for (Project::Entry const& each : project.entries()) {
    names.push_back(each.name);
  }
  auto const before = run_before(entry.name, Project::read(entry).meaning, names, rows);
  if (!before) {
    return;
  }
  throw Unconfirmed(
      fmt::format("{} has {} as {}, which is {} here and has no file in this checkout: was it "
                  "renamed? It would run again; nothing of it was begun",
                  entry.name, before->same_statements ? "the same statements" : "the same digits",
                  before->name, state_in_words(rows.at(before->name))),
      fmt::format("rename {} back to {}; where it is meant to run beside it: bellows up --because "
                  "TEXT",
                  entry.label, before->name));
}

}  // namespace bellows::runner
