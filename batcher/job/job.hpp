#pragma once

#include "batcher/control/governor.hpp"
#include "batcher/job/stop.hpp"
#include "batcher/observer.hpp"
#include "batcher/postgres/session.hpp"
#include "planner/sql/identifier.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// The data migrator. A job is an UPDATE, a DELETE or a copy carried over a table in key ranges; it
/// can be killed at any moment and run again with the same Spec: rows, cursor, counters and fencing
/// token are one transaction, so no row is written twice and none is skipped.
///
/// Batches are committed with synchronous_commit = off, which takes nothing from that: what a
/// server's crash loses is the end of its log, so a lost batch loses its cursor too, and all that
/// came after it. A client whose connection outlives the crash (a pooler) finds that its checkpoint
/// is not the ledger's any more, and reads it again. The commit that finishes a lane is a
/// synchronous one, as the session's settings have it, and the log up to there is on disk with it:
/// what is said to be finished stays finished.
namespace bellows::batcher {

struct KeyColumn {
  sql::Identifier name;
  bool operator==(KeyColumn const&) const = default;
};

/// What a job does with each row that its predicate takes.
struct Update {
  std::vector<std::pair<sql::Identifier, std::string>> set;  // column, SQL expression
};
struct Delete {};
/// INSERT … SELECT into another table. A row that is there already, by any unique constraint of
/// `into`, is by default left as it is and not counted as written: what somebody has put there
/// since is newer.
struct Copy {
  sql::QualifiedName into;
  std::vector<std::pair<sql::Identifier, std::string>> columns;  // of `into`, SQL over the row
  std::string on_conflict = "DO NOTHING";  // SQL behind ON CONFLICT; empty: a conflict is an error
  std::string overriding{};                // "SYSTEM VALUE", "USER VALUE": of identity columns
};
using Action = std::variant<Update, Delete, Copy>;

struct Spec {
  std::string id;  // names the job in the ledger: "20260301090000_rename_users_name/copy"
  sql::QualifiedName table;
  /// Unique together. Where a column may be NULL, or there is no key at all, rows are reached by
  /// their pages too, in several walks (keys/pages.hpp). `where` must then be false for a row once
  /// it is written, which is checked batch by batch; an UPDATE or DELETE without `where`, and a
  /// copy, are refused where a row without a key is there.
  std::vector<sql::Identifier> key;
  Action action;
  std::string where;        // SQL; empty: every row
  std::optional<int> rows;  // fixed first batch size
};

struct Options {
  std::chrono::milliseconds target{250};           // server time that a batch should take
  std::chrono::milliseconds target_beside{0};      // the same while others write; 0: no difference
  std::chrono::milliseconds statement_timeout{0};  // 0: chosen, 20 × target
  std::chrono::milliseconds pause{0};              // between batches
  std::chrono::seconds retry_budget{300};          // of one batch, over all its tries
  std::int64_t min_rows = 10;
  std::int64_t max_rows = 50'000;
  std::int64_t first_rows = 1'000;
  int lanes = 1;    // connections that work at once; also into how many parts a new job is cut
  int stripes = 0;  // commits a range; 0: chosen (pace/striping.hpp), 1: whole ranges
  double vacuum_share = 0.1;  // VACUUM when so many rows have moved to another page; 0: never
  Steering steering;          // what slows and steers it while it runs; nothing of it by default
  std::chrono::milliseconds idle_timeout{30'000};  // of a batch's transaction: a stalled client
  /// Rows that may be set aside before the run ends; nothing: as letters/breaker.hpp chooses.
  std::optional<std::int64_t> max_dead_letters;
  bool retry_dead_letters = false;  // first of all, the rows that earlier runs set aside
};

/// Where a run stands. `share` is the share of the key space that is done, 0 … 1, and never falls.
struct Progress {
  std::string job;
  std::int64_t rows_written = 0;  // over all runs
  std::int64_t rows_scanned = 0;
  std::int64_t batches = 0;
  std::int64_t dead_letters = 0;  // rows of the job that are set aside now
  double share = 0;
  double rows_per_second = 0;       // over the last ten seconds
  double mean_rows_per_second = 0;  // since this run was first looked at
  std::optional<std::chrono::seconds> eta_low, eta_high;
  std::int64_t batch_rows = 0;       // the size in force
  std::optional<double> hot;         // share of HOT updates since this run began
  std::int64_t vacuums = 0;          // by this run
  std::int64_t vacuums_skipped = 0;  // that the server passed over: locked, or not allowed
  std::optional<double> heap_growth, index_growth;  // by this run, as shares; known at its end
  std::string waiting_for;                          // why it does not run right now; empty: it runs
  PaceState pace;                                   // what slows it, signal by signal
  bool finished = false;
};

/// Somebody else took the job over, or it was aborted: this run must write no more.
class LostLease : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// So many rows failed that the statement is to blame, or the limit is reached. The cursor stands
/// before the row named here; those before it are in the dead letters.
class TooManyDeadLetters : public std::runtime_error {
 public:
  TooManyDeadLetters(std::string const& message, std::string state)
      : std::runtime_error(message), sqlstate(std::move(state)) {}
  std::string sqlstate;  // of that row
};

/// What a job needs of the world, handed in once.
struct Surroundings {
  std::string conninfo;
  std::int64_t fence = 0;  // the lease's token; a job whose row has a higher one refuses us
  Stop* stop = nullptr;
  Observer observe = [](Event const&) {};
  std::function<void(Progress const&)> show = [](Progress const&) {};  // about four times a second
  /// A line for people: what begins or ceases to hold the job. From a thread of its own.
  std::function<void(std::string const&)> say = [](std::string const&) {};
  /// Asked before each batch, on its lane's thread: may it begin? False: a stop was requested. May
  /// block for a while; what it throws ends the job.
  std::function<bool()> may_begin = [] { return true; };
};

enum class Outcome : std::uint8_t {
  Finished,  // every row is written
  Stopped,
  DeadLetters,  // at its end, but for the rows in the dead letters
};

/// Runs the job to its end or to a stop request. Blocks. Creates the job's row in the ledger on its
/// first run, freezing the upper bound of the keys; continues from the checkpoint later on.
///
/// A row whose data the server refuses is found by halving its batch, noted in bellows.dead_letters
/// in the transaction that moves the cursor past it, and the job goes on. So is a single row that
/// stays locked, or takes longer than the statement timeout, for the whole retry budget.
///
/// Throws postgres::Failure (Permanent, or the retry budget is spent), LostLease,
/// TooManyDeadLetters, or std::invalid_argument when the ledger's job is not this Spec.
Outcome run_job(Spec const& spec, Options const& options, Surroundings& surroundings);

/// A stop was requested before there was an answer.
class Interrupted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// As the ledger has it, for `status`; nothing when the job never ran.
std::optional<Progress> read_progress(postgres::Session& session, std::string const& job_id);

struct DeadLetter {
  std::string row;  // "id = 25"
  std::string sqlstate;
  std::string message;
  int tries = 1;
};
struct DeadLetters {
  std::int64_t count = 0;
  std::vector<DeadLetter> examples;  // the first ones
};
/// Of a job; none where the ledger is older than they are.
DeadLetters read_dead_letters(postgres::Session& session, std::string const& job_id,
                              std::size_t most);

/// Removes the job's rows from the ledger (abort). In the caller's transaction.
void forget_job(postgres::Transaction& transaction, std::string const& job_id);

/// A batch of it that did more than set a row aside is committed. It may have written rows that the
/// server did not count: a trigger may have written them elsewhere.
bool has_written(Progress const& progress);

/// Gives up a job whose rows cannot be taken back, in the caller's transaction: whoever still runs
/// it writes no more, which is waited for. Where it has written, its checkpoint stays, so that a
/// run that begins again goes on there and writes none twice, and the rows are told; else it is
/// forgotten.
std::optional<std::int64_t> give_up_job(postgres::Transaction& transaction,
                                        std::string const& job_id, std::int64_t fence);

/// The tables of the ledger that jobs live in (bellows.jobs, bellows.lanes): statements in order,
/// run by the ledger's own migrations.
std::vector<std::string> const& job_tables_ddl();
/// And of bellows.dead_letters, which came later.
std::vector<std::string> const& letter_tables_ddl();

}  // namespace bellows::batcher
