#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/locks/mode.hpp"

#include <map>
#include <optional>
#include <string>

/// What a server really does with a statement: the locks that it takes, the files that it makes
/// anew, the tables that it reads.
namespace bellows::test {

struct Observed {
  char kind = 'r';  // relkind
  std::optional<locks::Mode> lock;
  bool rewritten = false;
  bool scanned = false;
};

using Observations = std::map<std::string, Observed>;

/// "AccessExclusiveLock" is ACCESS EXCLUSIVE.
locks::Mode mode_of(std::string const& name);

/// Of the relations that were there before it, by name ("public.users"); it is rolled back. `first`
/// comes before it in the same transaction, and takes no lock that matters. Throws Failure.
Observations observe(postgres::Session& session, std::string const& statement,
                     std::string const& first = "");

}  // namespace bellows::test
