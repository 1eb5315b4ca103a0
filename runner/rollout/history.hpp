#pragma once

#include "planner/catalog/model.hpp"
#include "runner/rollout/basis.hpp"
#include "runner/rollout/project.hpp"

#include <cstddef>
#include <functional>
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
  /// `basis` says where `first` comes from.
  History(catalog::Catalog first, std::vector<Project::Entry> entries,
          std::set<std::string> held = {}, Basis basis = {});

  /// For a name that is none of theirs all of them are replayed. Throws ProjectError when a file
  /// before it can't be read.
  catalog::Catalog const& before(std::string const& name);
  /// Calls `change` with the schema that the migration finds, which it leaves as that leaves it:
  /// the file is not read again. What is none of theirs, also by another file of the same name, or
  /// held, changes a copy: it is nobody's history.
  void through(Project::Entry const& migration,
               std::function<void(catalog::Catalog&)> const& change);

  /// What the last one that was asked for rests on.
  Basis const& basis() const { return asked_; }

 private:
  bool is_next(Project::Entry const& migration) const;
  void begin_anew();
  void replay_next();
  void took(Project::Entry const& entry);

  catalog::Catalog first_;
  catalog::Catalog now_;
  std::vector<Project::Entry> entries_;
  std::set<std::string> held_;
  std::size_t replayed_ = 0;  // of the entries, in now_
  Basis begun_;               // before all of them
  Basis basis_;               // of now_
  Basis asked_;
};

}  // namespace bellows::runner
