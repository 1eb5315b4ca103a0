#include "runner/rollout/history.hpp"

#include "planner/catalog/replay.hpp"

#include <algorithm>
#include <iterator>
#include <system_error>

namespace bellows::runner {
namespace {

/// How many there are: of none of them. Nearly always it is the one that is guessed.
std::size_t place_of(std::string const& name, std::vector<Project::Entry> const& entries,
                     std::size_t guess) {
  if (guess < entries.size() && entries[guess].name == name) {
    return guess;
  }
  auto const found = std::ranges::find(entries, name, &Project::Entry::name);
  return static_cast<std::size_t>(std::distance(entries.begin(), found));
}

}  // namespace

History::History(catalog::Catalog first, std::vector<Project::Entry> entries,
                 std::set<std::string> held, Basis basis)
    : first_(std::move(first)),
      now_(first_),
      entries_(std::move(entries)),
      held_(std::move(held)),
      begun_(std::move(basis)),
      basis_(begun_) {}

catalog::Catalog const& History::before(std::string const& name) {
  std::size_t const at = place_of(name, entries_, replayed_);
  if (at < replayed_) {
    begin_anew();
  }
  while (replayed_ < at) {
    replay_next();
  }
  asked_ = basis_;
  return now_;
}

void History::through(Project::Entry const& migration,
                      std::function<void(catalog::Catalog&)> const& change) {
  before(migration.name);
  if (!is_next(migration) || held_.contains(migration.name)) {
    catalog::Catalog copy = now_;
    return change(copy);
  }
  try {
    change(now_);
    took(entries_[replayed_]);
  } catch (...) {
    begin_anew();  // it may be changed in part
    throw;
  }
}

bool History::is_next(Project::Entry const& migration) const {
  if (replayed_ == entries_.size()) {
    return false;
  }
  std::filesystem::path const& next = entries_[replayed_].file;
  std::error_code none;  // a file that is gone since is not the same
  return next.native() == migration.file.native() ||
         std::filesystem::equivalent(next, migration.file, none);
}

void History::begin_anew() {
  now_ = first_;
  basis_ = begun_;
  replayed_ = 0;
}

void History::replay_next() {
  Project::Entry const& next = entries_[replayed_];
  if (held_.contains(next.name)) {
    ++replayed_;
    return;
  }
  sql::Migration const migration = Project::read(next);
  catalog::replay(now_, migration);
  note(basis_, migration);
  took(next);
}

void History::took(Project::Entry const& entry) {
  ++replayed_;
  ++basis_.replayed;
  basis_.last = entry.label;
}

}  // namespace bellows::runner
