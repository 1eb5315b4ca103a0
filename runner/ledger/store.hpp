#pragma once

#include "batcher/postgres/session.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reading and writing the ledger's rows. Writers take a Transaction: what is journaled is
/// committed together with what it is about.
namespace bellows::runner {

/// A migration's life. Pending ones have no row.
enum class State : std::uint8_t {
  Pending,
  Expanding,
  Expanded,
  Backfilling,
  Backfilled,
  Contracting,
  Contracted,
  Aborting,
  Aborted,
  Failed,
  Paused,
};
std::string_view to_string(State state);
State state_from(std::string_view text);  // throws std::invalid_argument

enum class Phase : std::uint8_t { Expand, Backfill, Contract };
std::string_view to_string(Phase phase);

enum class StepState : std::uint8_t { Began, Done, Undone };

struct MigrationRow {
  std::string name;
  std::string meaning;  // of the file that ran
  std::string plan;     // the plan file's text, as it was when it started: what is carried out
  State state = State::Pending;
  Phase phase = Phase::Expand;  // the phase it is in, also while failed or paused
  std::string release;          // the latest one that moved it on, up to the end of its backfill
  std::string failed_step;
  std::string sqlstate;
  std::string message;
  std::string changed_at;
};

/// By name.
std::map<std::string, MigrationRow> read_migrations(postgres::Session& session);
std::optional<MigrationRow> read_migration_row(postgres::Session& session, std::string const& name);

std::map<std::string, StepState> read_steps(postgres::Session& session,
                                            std::string const& migration);

/// Where an event happened, beside what PostgreSQL knows itself.
struct Origin {
  std::string host;
  std::int64_t pid = 0;
  static Origin here();
};

class Journal {
 public:
  Journal(postgres::Transaction& transaction, Origin origin)
      : transaction_(transaction), origin_(std::move(origin)) {}

  /// The row for a migration that starts (again, after an abort).
  void start(MigrationRow const& row);
  /// What is carried out is another plan from here on, of a file that was mended.
  void mended(std::string const& migration, std::string const& meaning, std::string const& plan);
  void state(std::string const& migration, State state, Phase phase);
  /// A phase that was entered has not begun after all: back to what it was, since when it was.
  void not_begun(std::string const& migration, State state, Phase phase);
  void stamp(std::string const& migration, std::string const& release);
  void failed(std::string const& migration, std::string const& step, std::string const& sqlstate,
              std::string const& message);
  void step(std::string const& migration, std::string const& step, StepState state);
  void event(std::string const& migration, std::string const& step, std::string_view what,
             std::string const& detail);

 private:
  postgres::Transaction& transaction_;
  Origin origin_;
};

/// How the last run of a migration ended, where it did not reach its end and nothing has happened
/// since: "stopped", "failed, nothing changed".
struct Ending {
  std::string what;
  std::string step;
  std::string detail;
  std::string at;
};
std::optional<Ending> read_ending(postgres::Session& session, std::string const& migration);

/// A gate's counter as it was last seen to change.
struct GateReading {
  std::int64_t reading = 0;
  double quiet_seconds = 0;  // since it last changed, by the server's clock
};

/// Without storing one; nothing where nobody has looked yet.
std::optional<GateReading> read_gate(postgres::Session& session, std::string const& migration,
                                     std::string const& step);

/// Stores `reading` when it differs from the one before (or is the first), and says for how long
/// it has not changed.
GateReading note_gate(postgres::Transaction& transaction, std::string const& migration,
                      std::string const& step, std::int64_t reading);

}  // namespace bellows::runner
