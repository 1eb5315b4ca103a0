#pragma once

#include "planner/rules/preconditions/pending_events.hpp"
#include "planner/rules/review.hpp"

#include <set>
#include <span>
#include <string>
#include <vector>

/// A runner that makes one transaction of all files that it finds (Sharing::Run): what a file does
/// is not over when the next one begins.
namespace bellows::rules {

/// What the files of one run have left so far; review() takes it, file by file, in their order.
/// A value: nothing is shared with others.
struct Run {
  /// Of earlier files, the statements that later ones may meet: by a lock that is held, a
  /// constraint, a label, rows. A lock that one of them holds already is not kept twice.
  std::vector<Reviewed> held;
  std::vector<std::string> files;  // whose each of them is
  std::set<sql::QualifiedName> made;
  preconditions::PendingEvents pending;
  bool over = false;  // a file has ended the transaction: what follows shares none
};

/// After a file of this name was reviewed; `made`: the relations that it made, on which nobody
/// waits until the run ends.
void keep(Run& run, std::span<Reviewed const> statements, std::string const& file,
          std::span<sql::QualifiedName const> made);

}  // namespace bellows::rules
