#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/locks/mode.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

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

/// Looks at a transaction before and after some of its statements: what they did to the relations
/// that were there before them, by name ("public.users"). A lock that was held before is not
/// theirs.
class Watch {
 public:
  explicit Watch(postgres::Transaction& transaction);
  Observations look() const;

 private:
  struct Relation {
    std::string name;
    std::string kind;
    std::string file;
  };
  using Relations = std::map<std::string, Relation>;  // by oid: a statement may rename them

  Relations relations() const;
  std::map<std::string, std::int64_t> scans() const;
  std::set<std::pair<std::string, std::string>> locks() const;

  postgres::Transaction& transaction_;
  Relations before_;
  std::map<std::string, std::int64_t> scanned_;
  std::set<std::pair<std::string, std::string>> locked_;
};

/// What one statement does; it is rolled back. `first` comes before it in the same transaction, and
/// takes no lock that matters. Throws Failure.
Observations observe(postgres::Session& session, std::string const& statement,
                     std::string const& first = "");

}  // namespace bellows::test
