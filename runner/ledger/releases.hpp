#pragma once

#include "batcher/postgres/session.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The releases that were deployed with --release. Their names are anybody's; what orders them is
/// when each was first seen. Which of them was deployed last is another matter: after a rollback an
/// older one.
namespace bellows::runner {

struct Release {
  std::string name;
  std::string deployed_at;  // last, as people read it; may be empty
};

class Releases {
 public:
  Releases() = default;
  /// The one first seen first. `by_deployment`: the same, the one that was deployed last at the
  /// end.
  Releases(std::vector<std::string> in_order, std::vector<Release> by_deployment)
      : in_order_(std::move(in_order)), by_deployment_(std::move(by_deployment)) {}

  /// One that was never seen is the newest there is.
  bool earlier(std::string_view one, std::string_view other) const;
  /// Empty: none was seen.
  std::string newest() const { return in_order_.empty() ? "" : in_order_.back(); }
  /// Whose application runs while `name` is being deployed: the one that was deployed last, `name`
  /// itself apart, so that the same deployment twice is once. `name` empty: the last one of all.
  /// Its own name is empty where none was seen.
  Release last_before(std::string_view name) const;

 private:
  std::size_t place(std::string_view name) const;
  std::vector<std::string> in_order_;
  std::vector<Release> by_deployment_;
};

/// bellows.releases; run by the ledger's own migrations. Those that migrations are stamped with are
/// in it, in the order in which they began.
std::vector<std::string> const& release_tables_ddl();
/// When each was last deployed; of those that were seen before: when they were first seen.
std::vector<std::string> const& deployment_columns_ddl();

/// None where the ledger is older than they are.
Releases read_releases(postgres::Session& session);
/// It is being deployed, now.
void note_release(postgres::Transaction& transaction, std::string const& name);

}  // namespace bellows::runner
