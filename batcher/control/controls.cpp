#include "batcher/control/controls.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

using postgres::Rows;
using postgres::Session;
using postgres::Transaction;
using Unit = SettingInfo::Unit;

std::optional<double> optional_number(Rows const& rows, std::size_t row, std::size_t column) {
  auto const text = rows.value(row, column);
  return text ? std::optional(std::stod(*text)) : std::nullopt;
}

// A ledger that nobody has brought up to date yet lacks these two; whoever only reads leaves it so.
constexpr char const* paused_by = "coalesce(to_jsonb(c)->>'paused_by', c.set_by)";
constexpr char const* paused_at =
    "to_char(coalesce((to_jsonb(c)->>'paused_at')::timestamptz, c.set_at), 'YYYY-MM-DD HH24:MI:SS "
    "TZ')";

template <typename Whole>
std::optional<Whole> whole(std::optional<double> const& number) {
  return number ? std::optional(static_cast<Whole>(*number)) : std::nullopt;
}

// The row of every job comes first, so what a job's own says is what stays.
template <typename Value>
void overrule(std::optional<Value>& standing, std::optional<Value> const& said) {
  standing = said ? said : standing;
}

void add_row(Orders& orders, Rows const& rows, std::size_t row) {
  bool const all = rows.text(row, 0) == every_job;
  if (rows.truth(row, 1)) {
    orders.paused = fmt::format("{}by {} since {}; `bellows resume` lets it go on",
                                all ? "every job, " : "", rows.text(row, 2), rows.text(row, 3));
  }
  overrule(orders.batch, whole<std::int64_t>(optional_number(rows, row, 4)));
  if (auto const target = whole<std::int64_t>(optional_number(rows, row, 5))) {
    orders.target = std::chrono::milliseconds(*target);
  }
  overrule(orders.lanes, whole<int>(optional_number(rows, row, 6)));
  Rates& rates = all ? orders.shared : orders.rates;
  rates = {optional_number(rows, row, 7), optional_number(rows, row, 8)};
}

}  // namespace

std::vector<SettingInfo> const& setting_table() {
  static std::vector<SettingInfo> const table{
      {"batch", Unit::Rows, "rows of the largest batch"},
      {"batch-target", Unit::Duration, "server time that a batch should take, like 250ms"},
      {"lanes", Unit::Lanes, "connections that write at once"},
      {"rows-per-second", Unit::RowsPerSecond, "rows of the key space a second"},
      {"wal-per-second", Unit::BytesPerSecond, "WAL a second, like 20MB"},
  };
  return table;
}

Orders read_orders(Session& session, std::string const& job) {
  Transaction transaction = session.begin();
  transaction.set_local("statement_timeout", "5000");  // somebody may have locked the table
  Rows const rows = transaction.run(
      fmt::format("SELECT job, paused, {}, {},"
                  " settings->>'batch', settings->>'batch-target', settings->>'lanes',"
                  " settings->>'rows-per-second', settings->>'wal-per-second'"
                  " FROM bellows.controls AS c WHERE job IN ('*', $1) ORDER BY job <> '*'",
                  paused_by, paused_at),
      {job});
  Orders orders;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    add_row(orders, rows, row);
  }
  return orders;
}

std::vector<ControlRow> read_controls(Session& session) {
  if (session.run("SELECT to_regclass('bellows.controls') IS NULL").truth(0, 0)) {
    return {};  // a ledger older than they are
  }
  Rows const rows = session.run(fmt::format(
      "SELECT job, paused, coalesce((SELECT string_agg(key || '=' || CASE key"
      " WHEN 'wal-per-second' THEN replace(pg_catalog.pg_size_pretty(value::numeric), ' ', '')"
      " WHEN 'batch-target' THEN value || 'ms' ELSE value END, ', ' ORDER BY key)"
      " FROM jsonb_each_text(settings)), ''), set_by,"
      " to_char(set_at, 'YYYY-MM-DD HH24:MI:SS TZ'), {}, {} FROM bellows.controls AS c"
      " WHERE paused OR (settings <> '{{}}' AND (job = '*' OR job IN"
      " (SELECT job FROM bellows.jobs WHERE finished_at IS NULL))) ORDER BY job",
      paused_by, paused_at));
  std::vector<ControlRow> all;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    all.push_back({.scope = rows.text(row, 0),
                   .paused = rows.truth(row, 1),
                   .paused_by = rows.text(row, 5),
                   .paused_at = rows.text(row, 6),
                   .settings = rows.text(row, 2),
                   .set_by = rows.text(row, 3),
                   .set_at = rows.text(row, 4)});
  }
  return all;
}

void set_paused(Transaction& transaction, std::string const& scope, bool paused,
                std::string const& by) {
  transaction.run(
      "INSERT INTO bellows.controls AS c (job, paused, set_by, paused_by, paused_at)"
      " VALUES ($1, $2::boolean, $3, $3, clock_timestamp())"
      " ON CONFLICT (job) DO UPDATE SET paused = excluded.paused, paused_by = excluded.paused_by,"
      " paused_at = excluded.paused_at WHERE c.paused <> excluded.paused",
      {scope, paused ? "t" : "f", by});
}

void set_setting(Transaction& transaction, std::string const& scope, SettingInfo const& setting,
                 std::optional<double> value, std::string const& by) {
  std::string const name{setting.name};
  if (!value) {
    transaction.run(
        "UPDATE bellows.controls SET settings = settings - $2::text, set_by = $3,"
        " set_at = clock_timestamp() WHERE job = $1",
        {scope, name, by});
    return;
  }
  transaction.run(
      "INSERT INTO bellows.controls AS c (job, settings, set_by)"
      " VALUES ($1, jsonb_build_object($2::text, $3::numeric), $4)"
      " ON CONFLICT (job) DO UPDATE SET settings = c.settings || excluded.settings,"
      " set_by = excluded.set_by, set_at = clock_timestamp()",
      {scope, name, fmt::format("{}", *value), by});
}

std::int64_t lift_pauses(Transaction& transaction, std::string const& scope,
                         std::string const& by) {
  return transaction
      .run(
          "UPDATE bellows.controls SET paused = false, paused_by = $2, paused_at = "
          "clock_timestamp()"
          " WHERE paused AND ($1 = '*' OR job = $1)",
          {scope, by})
      .affected();
}

std::vector<std::string> const& pause_columns_ddl() {
  static std::vector<std::string> const statements{
      "ALTER TABLE bellows.controls ADD COLUMN paused_by text, ADD COLUMN paused_at timestamptz",
      "UPDATE bellows.controls SET paused_by = set_by, paused_at = set_at WHERE paused"};
  return statements;
}

std::vector<std::string> const& control_tables_ddl() {
  static std::vector<std::string> const statements{
      // Lanes are divided while they run; what one weighs is kept with it.
      "ALTER TABLE bellows.lanes ADD COLUMN IF NOT EXISTS weight float8 NOT NULL DEFAULT 1",
      R"(CREATE TABLE IF NOT EXISTS bellows.controls (
  job text PRIMARY KEY,
  paused boolean NOT NULL DEFAULT false,
  settings jsonb NOT NULL DEFAULT '{}',
  set_by text NOT NULL,
  set_at timestamptz NOT NULL DEFAULT clock_timestamp()))",
      // Written several times a second while a budget is shared: room keeps the updates HOT.
      R"(CREATE TABLE IF NOT EXISTS bellows.budgets (
  budget text PRIMARY KEY,
  balance double precision NOT NULL DEFAULT 0,
  filled_at timestamptz NOT NULL DEFAULT clock_timestamp()) WITH (fillfactor = 20))",
      R"(CREATE TABLE IF NOT EXISTS bellows.budget_users (
  budget text NOT NULL,
  job text NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  wanted double precision NOT NULL,
  PRIMARY KEY (budget, job)) WITH (fillfactor = 20))"};
  return statements;
}

}  // namespace bellows::batcher
