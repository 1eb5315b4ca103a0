#pragma once

#include "batcher/control/brake.hpp"
#include "batcher/postgres/session.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Orders to running jobs, kept in bellows.controls: given from another shell, read by the job
/// about once a second, and in force until they are taken back, whoever runs the job then.
namespace bellows::batcher {

/// The scope of an order that is meant for every job of the database.
inline constexpr char const* every_job = "*";

/// What is in force for one job: its own orders before those for every job.
struct Orders {
  std::string paused;                 // by whom, since when, and what lifts it; empty: it runs
  std::optional<std::int64_t> batch;  // rows of the largest batch
  std::optional<std::chrono::milliseconds> target;  // server time of a batch
  std::optional<int> lanes;
  Rates rates;   // of this job
  Rates shared;  // of all jobs of the database together
};

/// One row of bellows.controls, for people.
struct ControlRow {
  std::string scope;  // a job, or every_job
  bool paused = false;
  std::string paused_by, paused_at;
  std::string settings;        // "lanes=4, rows-per-second=1000"
  std::string set_by, set_at;  // the last of them
};

/// The settings there are, as people write them.
struct SettingInfo {
  std::string_view name;
  enum class Unit : std::uint8_t { Rows, Duration, Lanes, RowsPerSecond, BytesPerSecond } unit;
  std::string_view help;
};
std::vector<SettingInfo> const& setting_table();

Orders read_orders(postgres::Session& session, std::string const& job);
/// All that say anything to a job that is not at its end, by scope.
std::vector<ControlRow> read_controls(postgres::Session& session);

/// `by`: who, from where, for people.
void set_paused(postgres::Transaction& transaction, std::string const& scope, bool paused,
                std::string const& by);
/// `value` in the unit's base: rows, milliseconds, bytes; nothing takes the setting back.
void set_setting(postgres::Transaction& transaction, std::string const& scope,
                 SettingInfo const& setting, std::optional<double> value, std::string const& by);
/// Takes back the pause of `scope` (every job's: all pauses). How many there were.
std::int64_t lift_pauses(postgres::Transaction& transaction, std::string const& scope,
                         std::string const& by);

/// bellows.controls, bellows.budgets, bellows.budget_users, for the ledger's own migrations.
std::vector<std::string> const& control_tables_ddl();
/// And the columns that came later: who paused, and since when.
std::vector<std::string> const& pause_columns_ddl();

}  // namespace bellows::batcher
