#pragma once

#include "batcher/postgres/session.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The releases that were deployed with --release. Their names are anybody's; what orders them is
/// when each was first seen.
namespace bellows::runner {

class Releases {
 public:
  Releases() = default;
  /// The one first seen first.
  explicit Releases(std::vector<std::string> in_order) : in_order_(std::move(in_order)) {}

  /// One that was never seen is the newest there is.
  bool earlier(std::string_view one, std::string_view other) const;
  /// Empty: none was seen.
  std::string newest() const { return in_order_.empty() ? "" : in_order_.back(); }

 private:
  std::size_t place(std::string_view name) const;
  std::vector<std::string> in_order_;
};

/// bellows.releases; run by the ledger's own migrations. Those that migrations are stamped with are
/// in it, in the order in which they began.
std::vector<std::string> const& release_tables_ddl();

/// None where the ledger is older than they are.
Releases read_releases(postgres::Session& session);
/// Now, if never before.
void note_release(postgres::Transaction& transaction, std::string const& name);

}  // namespace bellows::runner
