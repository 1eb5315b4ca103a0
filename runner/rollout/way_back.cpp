#include "runner/rollout/way_back.hpp"

#include "runner/rollout/abort.hpp"
#include "runner/rollout/advance.hpp"

namespace bellows::runner {

WayBack way_back_of(postgres::Session& session, MigrationRow const& row,
                    std::vector<sql::Statement> const& down) {
  try {
    check_may_abort(session, row, down);
    return WayBack::Free;
  } catch (Unconfirmed const&) {
    return WayBack::WithReason;
  } catch (ProjectError const&) {
    return WayBack::None;
  }
}

std::string how_to_abort(postgres::Session& session, std::string const& migration) {
  auto const row = read_migration_row(session, migration);
  switch (row ? way_back_of(session, *row, {}) : WayBack::None) {
    case WayBack::Free:
      return "bellows abort " + migration;
    case WayBack::WithReason:
      return "bellows abort " + migration + " --because TEXT";
    case WayBack::None:
      break;
  }
  return "";
}

}  // namespace bellows::runner
