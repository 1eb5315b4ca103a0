#include "batcher/job/table_facts.hpp"

#include "batcher/keys/key_order.hpp"
#include "batcher/keys/row_estimate.hpp"

namespace bellows::batcher {
namespace {

using postgres::Rows;
using postgres::Transaction;

constexpr std::int64_t fewest_rows = 20'000;  // below, all of it is a moment's work

// pg_partition_tree() of a plain table is empty. Another role, or this database, may look for
// deadlocks sooner than we do: the shortest time is what counts. A number alone is milliseconds.
constexpr char const* facts_query = R"(
WITH looks AS (
  SELECT setting::numeric AS after FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'
  UNION ALL
  SELECT 1000 * extract(epoch FROM (found[1] || coalesce(found[2], 'ms'))::interval)::numeric
  FROM pg_catalog.pg_db_role_setting s, unnest(s.setconfig) AS setting,
    regexp_match(setting, '^deadlock_timeout=([0-9.]+) *(us|ms|s|min|h|d)?$') AS found
  WHERE found IS NOT NULL AND s.setdatabase IN
    (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
), leaves AS (
  SELECT relid FROM pg_catalog.pg_partition_tree($1::regclass) WHERE isleaf
  UNION
  SELECT oid FROM pg_catalog.pg_class WHERE oid = $1::regclass AND relkind <> 'p'
)
SELECT (SELECT array_agg(relid::oid) FROM leaves)::text,
       coalesce(max((SELECT option_value::int FROM pg_catalog.pg_options_to_table(c.reloptions)
                     WHERE option_name = 'fillfactor')), 100),
       (SELECT floor(min(after))::bigint FROM looks)
FROM leaves l JOIN pg_catalog.pg_class c ON c.oid = l.relid)";

// An index depends on the columns of its key, its expressions and its predicate alike.
constexpr char const* indexed_query = R"(
SELECT EXISTS (
  SELECT FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = i.indrelid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = d.refobjsubid
  WHERE i.indrelid = ANY ($1::oid[]) AND a.attname::text IN
    (SELECT jsonb_array_elements_text($2::jsonb)))
  OR EXISTS (  -- a column inside a unique or primary key constraint: the index hangs on that
  SELECT FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
  WHERE i.indrelid = ANY ($1::oid[]) AND a.attname::text IN
    (SELECT jsonb_array_elements_text($2::jsonb))))";

constexpr std::int64_t least_fillfactor = 70;  // below, a page has room for new versions anyway

bool sets_indexed(Transaction& transaction, Update const& update, TableFacts const& table) {
  KeyValue columns;
  for (auto const& [column, expression] : update.set) {
    columns.push_back(column.raw());
  }
  return transaction.run(indexed_query, {table.relations, to_json(columns)}).truth(0, 0);
}

}  // namespace

TableFacts read_table_facts(Transaction& transaction, Spec const& spec, Key const& key) {
  Rows const rows = transaction.run(facts_query, {spec.table.quoted()});
  TableFacts table;
  table.relations = rows.value(0, 0).value_or("{}");
  table.rows = estimate_rows(transaction, spec.table);
  table.deadlock_timeout = std::chrono::milliseconds(rows.value(0, 2) ? rows.number(0, 2) : 1'000);
  auto const* const update = std::get_if<Update>(&spec.action);  // only updates can be HOT
  table.stripes_pay = update != nullptr && !key.empty() && table.rows >= fewest_rows &&
                      rows.number(0, 1) >= least_fillfactor &&
                      !sets_indexed(transaction, *update, table) &&
                      lies_in_key_order(transaction, table.relations, key.front().name);
  return table;
}

Updates read_updates(Transaction& transaction, TableFacts const& table) {
  Rows const rows = transaction.run(
      "SELECT coalesce(sum(pg_catalog.pg_stat_get_xact_tuples_updated(leaf)), 0)::bigint,"
      " coalesce(sum(pg_catalog.pg_stat_get_xact_tuples_hot_updated(leaf)), 0)::bigint"
      ", CASE WHEN pg_is_in_recovery() THEN 0"
      " ELSE (pg_catalog.pg_current_wal_insert_lsn() - '0/0')::bigint END"
      " FROM unnest($1::oid[]) AS leaf",
      {table.relations});
  return {rows.number(0, 0), rows.number(0, 1), rows.number(0, 2)};
}

Sizes read_sizes(Transaction& transaction, TableFacts const& table) {
  Rows const rows = transaction.run(
      "SELECT coalesce(sum(pg_catalog.pg_relation_size(leaf)), 0)::bigint,"
      " coalesce(sum(pg_catalog.pg_indexes_size(leaf)), 0)::bigint FROM unnest($1::oid[]) AS leaf",
      {table.relations});
  return {rows.number(0, 0), rows.number(0, 1)};
}

}  // namespace bellows::batcher
