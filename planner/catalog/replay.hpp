#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/migration.hpp"
#include "planner/sql/statement.hpp"

#include <string>
#include <vector>

namespace bellows::catalog {

/// What a migration SETs (search_path, TimeZone) holds until the guard goes, and so does what it
/// makes for itself (temporary tables): neither is the next one's.
class SettingsGuard {
 public:
  explicit SettingsGuard(Catalog& catalog)
      : catalog_(catalog),
        schema_(catalog.search_path_schema),
        time_zone_(catalog.time_zone),
        file_(catalog.file) {}
  SettingsGuard(SettingsGuard const&) = delete;
  SettingsGuard& operator=(SettingsGuard const&) = delete;
  ~SettingsGuard() {
    catalog_.forget_temporary();
    catalog_.search_path_schema = schema_;
    catalog_.time_zone = time_zone_;
    catalog_.time_zone_of_session = time_zone_;
    catalog_.file = file_;
  }

 private:
  Catalog& catalog_;
  std::string schema_;
  std::string time_zone_;
  std::string file_;
};

/// Applies one statement to the catalog as the server would: names of unnamed constraints and
/// indexes included. What it does not understand leaves the catalog as it is and makes it
/// incomplete. Statements without an effect on the model are silently passed.
void replay(Catalog& catalog, sql::Statement const& statement);

/// What a whole migration does; what it SETs is not the next one's.
void replay(Catalog& catalog, sql::Migration const& migration);

/// What was SET LOCAL is over.
void end_transaction(Catalog& catalog);

/// Every statement of `text`, in order.
void replay_text(Catalog& catalog, std::string_view text);

}  // namespace bellows::catalog
