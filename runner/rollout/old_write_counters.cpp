#include "runner/rollout/old_write_counters.hpp"

#include <fmt/format.h>

namespace bellows::runner {
namespace {

/// By the name that a sync trigger's function counts under. Only where this transaction keeps
/// writers out of every table with such a trigger: elsewhere somebody's write between reading and
/// putting back would be forgotten, and a gate would open over a running application.
constexpr char const* counters_sql = R"(
WITH RECURSIVE tree AS (
  SELECT to_regclass($1)::oid AS oid
  UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent = tree.oid)
SELECT DISTINCT s.oid, format('%I.%I', n.nspname, s.relname)
FROM tree JOIN pg_catalog.pg_trigger g ON g.tgrelid = tree.oid
JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
JOIN pg_catalog.pg_class s ON s.relkind = 'S' AND s.relnamespace = p.pronamespace
JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
WHERE p.proname LIKE 'bellows\_sync\_%' AND s.relname LIKE 'bellows\_old\_writes\_%'
AND (strpos(p.prosrc, s.relname || '''') > 0
     OR strpos(p.prosrc, replace(s.relname, '"', '""') || '"''') > 0)
AND has_sequence_privilege(s.oid, 'SELECT') AND has_sequence_privilege(s.oid, 'UPDATE')
AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_trigger other
  WHERE other.tgfoid = p.oid AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_locks l
    WHERE l.pid = pg_backend_pid() AND l.granted AND l.locktype = 'relation'
    AND l.relation = other.tgrelid
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))))";

}  // namespace

void OldWriteCounters::read(postgres::Transaction& transaction,
                            std::vector<sql::QualifiedName> const& tables) {
  counters_.clear();
  for (sql::QualifiedName const& table : tables) {
    postgres::Rows const found = transaction.run(counters_sql, {table.quoted()});
    for (std::size_t row = 0; row < found.size(); ++row) {
      postgres::Rows const now =
          transaction.run(fmt::format("SELECT last_value, is_called FROM {}", found.text(row, 1)));
      counters_.push_back({std::string(found.text(row, 0)), std::string(now.text(0, 0)),
                           std::string(now.text(0, 1))});
    }
  }
}

void OldWriteCounters::put_back(postgres::Transaction& transaction) const {
  for (Counter const& counter : counters_) {
    transaction.run(
        "SELECT pg_catalog.setval(oid, $2::bigint, $3::boolean) FROM pg_catalog.pg_class "
        "WHERE oid = $1::oid",
        {counter.oid, counter.last, counter.called});
  }
}

}  // namespace bellows::runner
