#pragma once

#include "batcher/postgres/session.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// The releases that were named with --release. Their names are anybody's; what orders them is when
/// each was first seen. Which of them was deployed last is another matter: after a rollback an
/// older one; and a release whose `up` has never come to its end was not deployed at all, as far as
/// is known.
namespace bellows::runner {

struct Release {
  std::string name;
  std::string deployed_at;            // last, as people read it; may be empty
  std::int64_t deployed = INT64_MAX;  // the same, in microseconds
};

class Releases {
 public:
  Releases() = default;
  /// The one first seen first. `by_deployment`: those of them that were deployed, the last one at
  /// the end. `first_seen`: when each was, in microseconds.
  Releases(std::vector<std::string> in_order, std::vector<Release> by_deployment,
           std::map<std::string, std::int64_t, std::less<>> first_seen = {})
      : in_order_(std::move(in_order)),
        by_deployment_(std::move(by_deployment)),
        first_seen_(std::move(first_seen)) {}

  /// One that was never seen is the newest there is.
  bool earlier(std::string_view one, std::string_view other) const;
  /// Empty: none was seen.
  std::string newest() const { return in_order_.empty() ? "" : in_order_.back(); }
  /// Whose application runs while `name` is being deployed: the one that was deployed last, `name`
  /// itself apart, so that the same deployment twice is once. `name` empty: the last one of all.
  /// Its own name is empty where none was deployed.
  Release last_before(std::string_view name) const;
  bool was_seen(std::string_view name) const { return place(name) < in_order_.size(); }
  bool was_deployed(std::string_view name) const;
  /// `last` was deployed after `name` was first seen: it is the application's that runs, whatever
  /// became of that one.
  bool deployed_since(Release const& last, std::string_view name) const;
  /// An older one than the newest was deployed last.
  bool are_rolled_back() const;

 private:
  std::size_t place(std::string_view name) const;
  std::vector<std::string> in_order_;
  std::vector<Release> by_deployment_;
  std::map<std::string, std::int64_t, std::less<>> first_seen_;
};

/// bellows.releases; run by the ledger's own migrations. Those that migrations are stamped with are
/// in it, in the order in which they began.
std::vector<std::string> const& release_tables_ddl();
/// When each was last deployed; of those that were seen before: when they were first seen.
std::vector<std::string> const& deployment_columns_ddl();
/// From then on NULL where its `up` has not come to its end.
std::vector<std::string> const& deployment_end_ddl();

/// None where the ledger is older than they are.
Releases read_releases(postgres::Session& session);
/// It has its place among the others.
void note_release_seen(postgres::Transaction& transaction, std::string const& name);
/// It was deployed, now.
void note_release(postgres::Transaction& transaction, std::string const& name);

}  // namespace bellows::runner
