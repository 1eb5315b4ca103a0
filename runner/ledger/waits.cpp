#include "runner/ledger/waits.hpp"

#include "runner/ddl/blockers.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::runner {
namespace {

/// Since when a lock is waited for stands in pg_locks from 14 on; on 13, and of other roles'
/// sessions there, it is not known. Who only looks ends by itself.
constexpr char const* waiting_query = R"(
SELECT l.pid, coalesce(max(extract(epoch FROM clock_timestamp() -
         coalesce((to_jsonb(l)->>'waitstart')::timestamptz, a.query_start))), 1)::bigint
FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE NOT l.granted AND a.datname = current_database() AND l.pid <> pg_backend_pid()
  AND a.application_name ~ '^bellows (up|expand|backfill|contract|abort|resume|lane|batch)'
GROUP BY l.pid ORDER BY 2 DESC)";

bool is_bellows(ddl::Blocker const& blocker) {
  return blocker.application.starts_with("bellows ");
}

Hold hold_by(ddl::Blocker const& blocker) {
  std::string const what =
      blocker.table.empty() ? "a lock" : fmt::format("a lock on {}", blocker.table);
  return {.job = "",
          .kind = "lock",
          .why = fmt::format("it waits for {}, in the way is {}{}", what, ddl::who(blocker),
                             blocker.query.empty() ? "" : "; its last statement: " + blocker.query),
          .next = blocker.pid == 0
                      ? fmt::format("ROLLBACK PREPARED '{0}', or COMMIT PREPARED '{0}'",
                                    blocker.application)
                      : fmt::format("SELECT pg_terminate_backend({}) ends it", blocker.pid)};
}

}  // namespace

std::optional<HoldSince> read_wait(postgres::Session& session) {
  auto const rows = session.run(waiting_query);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows.number(row, 1) < 1) {
      continue;
    }
    auto const all = ddl::find_blockers_of(session, static_cast<int>(rows.number(row, 0)));
    auto const found = std::ranges::find_if_not(all, is_bellows);
    if (found != all.end()) {
      return HoldSince{hold_by(*found), rows.number(row, 1)};
    }
  }
  return std::nullopt;
}

}  // namespace bellows::runner
