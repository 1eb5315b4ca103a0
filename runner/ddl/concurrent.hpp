#pragma once

#include "batcher/job/stop.hpp"
#include "batcher/observer.hpp"
#include "batcher/postgres/session.hpp"
#include "planner/sql/identifier.hpp"
#include "runner/ddl/interrupted.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

/// Statements that PostgreSQL refuses inside a transaction: the CONCURRENTLY forms. They wait for
/// the transactions of others without stopping them, for hours if need be, so a lock_timeout or a
/// statement_timeout would only kill them at the end and leave an INVALID index behind.
namespace bellows::ddl {

enum class IndexState : std::uint8_t { Missing, Invalid, Valid };

/// Invalid: it is maintained at every write, used by no query, and a UNIQUE one still refuses rows
/// (manual, CREATE INDEX, "Building Indexes Concurrently").
IndexState index_state(postgres::Session& session, sql::QualifiedName const& index);

/// The index that a CREATE INDEX CONCURRENTLY with a name makes.
struct BuiltIndex {
  std::string name;  // quoted, with its schema
  IndexState state = IndexState::Missing;
};

/// What is there of it. Where an index of that name is on another table, or is another one than
/// meant (same_index.hpp), or cannot be compared, it is Missing. Nothing where it is another
/// statement, or its table is gone.
std::optional<BuiltIndex> built_by(postgres::Session& session, std::string const& statement);

/// What run_alone() would do instead of making the index, in words: "index public.i is there
/// already …", "… is INVALID …"; empty: it would just run the statement. Changes nothing. Throws
/// NameTaken as that does.
std::string foreseen(postgres::Session& session, std::string const& statement);

/// The statement that takes it away.
std::string drop_of(BuiltIndex const& index);

/// pg_stat_progress_create_index, as far as the role may see it.
struct BuildProgress {
  std::string phase;       // the server's words: "building index: scanning table"
  std::int64_t done = 0;   // blocks or tuples of this phase
  std::int64_t total = 0;  // 0: the phase does not tell
  std::string waits_for;   // the session whose transaction must end first; empty: none
};

struct AloneOptions {
  /// For the second session that watches the progress; not watched without `show`.
  std::string conninfo;
  std::chrono::milliseconds poll{1'000};
  /// Called on the watcher's own thread. Must not throw.
  std::function<void(BuildProgress const&)> show;
  /// What people should know although it is no failure: an index that is there already.
  std::function<void(std::string const&)> say = [](std::string const&) {};
  Stop* stop = nullptr;
  Observer observe = [](Event const&) {};
};

/// The session's timeouts are not off and cannot be put off safely. The message says what to do.
class TimeoutsInForce : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Something else has the name of the index that is to be made. Nothing was changed.
class NameTaken : public std::runtime_error {
 public:
  NameTaken(std::string const& message, std::string what_next)
      : std::runtime_error(message), next(std::move(what_next)) {}
  std::string next;  // what to type
};

/// The statement went through and the index is still not VALID.
class IndexNotValid : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Runs one statement outside a transaction, with lock_timeout, statement_timeout and (from 17)
/// transaction_timeout off. For CREATE INDEX CONCURRENTLY with a name: a build of this index that
/// still runs, left by a killed client, is waited for; an INVALID one of the table is dropped
/// CONCURRENTLY and rebuilt; a VALID one that is as it would be made (same_index.hpp) is said and
/// left, whatever else has the name is NameTaken; a build that fell victim to a deadlock is mended
/// and tried again; afterwards the index is VALID, or this throws. A build that failed for good
/// leaves no INVALID index.
///
/// Where the role's defaults leave the timeouts off, nothing is set. Otherwise they are SET and
/// RESET on the session; behind a pooler the SET could reach another server connection than the
/// statement and outlive us there, so that is refused: TimeoutsInForce. (One string with both
/// statements would be one implicit transaction, which PostgreSQL refuses.)
///
/// Throws postgres::Failure; Interrupted when `stop`'s second request cancelled it (the INVALID
/// index that may be left is mended by the next call), TimeoutsInForce, NameTaken, IndexNotValid.
void run_alone(postgres::Session& session, std::string const& statement,
               AloneOptions const& options = {});

}  // namespace bellows::ddl
