#pragma once

#include "planner/catalog/model.hpp"
#include "runner/rollout/project.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace bellows::runner {

/// The schema that each migration of a directory finds: what those before it leave of a first one.
/// Asked in the directory's order, it replays each file once; for an earlier one than before it
/// begins anew. Reads files.
class History {
 public:
  /// `first`: before all of `entries`, which are in their order, or with what those in `held` do.
  History(catalog::Catalog first, std::vector<Project::Entry> entries,
          std::set<std::string> held = {});

  /// All of them are replayed for a name that is none of theirs. A copy, to be changed at will.
  /// Throws ProjectError when a file before it can't be read.
  catalog::Catalog before(std::string const& name);
  /// `migration` is what the file of its name says: where it is the next, it is not read again.
  void ran(sql::Migration const& migration);

 private:
  void replay(sql::Migration const& migration);
  bool next_is_held() const { return held_.contains(entries_[replayed_].name); }

  catalog::Catalog first_;
  catalog::Catalog now_;
  std::vector<Project::Entry> entries_;
  std::set<std::string> held_;
  std::size_t replayed_ = 0;  // of the entries, in now_
};

}  // namespace bellows::runner
