#include "runner/rollout/history.hpp"

#include "planner/catalog/replay.hpp"

#include <algorithm>
#include <iterator>

namespace bellows::runner {

History::History(catalog::Catalog first, std::vector<Project::Entry> entries,
                 std::set<std::string> held)
    : first_(std::move(first)),
      now_(first_),
      entries_(std::move(entries)),
      held_(std::move(held)) {}

catalog::Catalog History::before(std::string const& name) {
  auto const found = std::ranges::find(entries_, name, &Project::Entry::name);
  auto const at = static_cast<std::size_t>(std::distance(entries_.begin(), found));
  if (at < replayed_) {
    now_ = first_;
    replayed_ = 0;
  }
  while (replayed_ < at) {
    replay(next_is_held() ? sql::Migration() : Project::read(entries_[replayed_]));
  }
  return now_;
}

void History::ran(sql::Migration const& migration) {
  bool const next = replayed_ < entries_.size() && entries_[replayed_].name == migration.name;
  if (next && !next_is_held()) {
    replay(migration);
  }
}

void History::replay(sql::Migration const& migration) {
  catalog::SettingsGuard const guard(now_);
  for (sql::Statement const& statement : migration.up) {
    catalog::replay(now_, statement);
  }
  ++replayed_;
}

}  // namespace bellows::runner
