#include "runner/ddl/build_watch.hpp"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace bellows::ddl {
namespace {

using postgres::Rows;
using postgres::Session;

/// By table, not by pid: behind a pooler nobody knows the pid of the backend that builds.
constexpr std::string_view watch_query = R"(
SELECT p.phase,
       CASE WHEN p.blocks_total > 0 THEN p.blocks_done ELSE p.tuples_done END,
       CASE WHEN p.blocks_total > 0 THEN p.blocks_total ELSE p.tuples_total END,
       coalesce(p.current_locker_pid, 0), coalesce(a.usename, ''), coalesce(a.application_name, ''),
       greatest(0, extract(epoch FROM now() - a.xact_start))::bigint
FROM pg_catalog.pg_stat_progress_create_index p
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = p.current_locker_pid
WHERE p.datname = current_database() AND p.relid = to_regclass($1) LIMIT 1)";

BuildProgress progress_at(Rows const& rows) {
  BuildProgress progress;
  progress.phase = rows.text(0, 0);
  progress.done = rows.value(0, 1) ? rows.number(0, 1) : 0;
  progress.total = rows.value(0, 2) ? rows.number(0, 2) : 0;
  if (auto const pid = rows.number(0, 3); pid != 0) {
    progress.waits_for = fmt::format("pid {}", pid);
    if (auto user = rows.text(0, 4); !user.empty()) {
      progress.waits_for += fmt::format(" (user {}, {}, transaction open for {} s)", user,
                                        rows.text(0, 5), rows.value(0, 6) ? rows.number(0, 6) : 0);
    }
  }
  return progress;
}

}  // namespace

BuildWatch::BuildWatch(AloneOptions const& options, std::string table)
    : options_(options), table_(std::move(table)) {
  if (!options_.show || table_.empty()) {
    return;
  }
  thread_ = std::jthread([this](std::stop_token const& over) { poll(over); });
}

void BuildWatch::poll(std::stop_token const& over) try {
  Session session = Session::connect(options_.conninfo, "bellows watch");
  std::unique_lock lock(mutex_);
  while (!over.stop_requested()) {
    Rows const rows = session.run(watch_query, {table_});
    if (!rows.empty()) {
      options_.show(progress_at(rows));
    }
    wake_.wait_for(lock, over, options_.poll, [] { return false; });
  }
} catch (std::exception const& failure) {
  // The build goes on unwatched; its own outcome is what counts.
  BuildProgress lost;
  lost.phase = std::string("progress unknown: ") + failure.what();
  options_.show(lost);
}

}  // namespace bellows::ddl
