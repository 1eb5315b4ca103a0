#include "runner/ddl/concurrent.hpp"

#include "planner/sql/statement.hpp"
#include "runner/ddl/build_watch.hpp"
#include "runner/ddl/same_index.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>

namespace bellows::ddl {
namespace {

using postgres::Failure;
using postgres::FailureKind;
using postgres::Rows;
using postgres::Session;

/// A build that loses a deadlock is started again this often in all.
constexpr int builds_max = 3;

/// Of a CREATE INDEX CONCURRENTLY with a name.
struct Build {
  sql::CreateIndex meant;
  std::string table;  // quoted, as the statement has it
  std::string index;  // quoted, with the table's schema
};

std::optional<Build> build_of(Session& session, std::string const& statement) {
  auto const parsed = sql::parse_one(statement);
  auto const* create = std::get_if<sql::CreateIndex>(&parsed.body);
  if (!create || !create->concurrently || create->name.empty()) {
    return std::nullopt;
  }
  std::string const table = create->table.quoted();
  // An index lives in its table's schema, wherever search_path would look for its name.
  Rows const schema = session.run(
      "SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
      " ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)",
      {table});
  if (schema.empty()) {
    return std::nullopt;
  }  // the statement itself will say so
  return Build{*create, table,
               sql::QualifiedName{sql::Identifier{schema.text(0, 0)}, create->name}.quoted()};
}

IndexState state_of(Session& session, std::string const& index) {
  Rows const rows = session.run(
      "SELECT indisvalid AND indisready AND indislive FROM pg_catalog.pg_index"
      " WHERE indexrelid = to_regclass($1)",
      {index});
  if (rows.empty()) {
    return IndexState::Missing;
  }
  return rows.truth(0, 0) ? IndexState::Valid : IndexState::Invalid;
}

/// What cannot be compared is nobody's.
bool is_as_meant(Session& session, Build const& build) {
  try {
    return difference(session, build.meant, build.index).empty();
  } catch (Failure const& failure) {
    if (!postgres::is_refusal(failure.kind)) {
      throw;
    }
    return false;
  }
}

/// lock_timeout and the others put off for one statement, and back. Does nothing where they are
/// off.
class NoTimeouts {
 public:
  explicit NoTimeouts(Session& session) : session_(session) {
    Rows const rows = session_.run(
        "SELECT name, setting FROM pg_catalog.pg_settings WHERE setting <> '0' AND name IN"
        " ('lock_timeout', 'statement_timeout', 'transaction_timeout') ORDER BY name");
    for (std::size_t row = 0; row < rows.size(); ++row) {
      names_.push_back(rows.text(row, 0));
    }
    if (!names_.empty()) {
      refuse_behind_pooler(rows);
    }
    for (std::string const& name : names_) {
      session_.run("SET " + name + " = 0");
    }
  }
  ~NoTimeouts() {
    for (std::string const& name : names_) {
      reset(name);
    }
  }
  NoTimeouts(NoTimeouts const&) = delete;
  NoTimeouts& operator=(NoTimeouts const&) = delete;

 private:
  /// A pooler hands out a process id of its own making: it cannot know the backend's.
  void refuse_behind_pooler(Rows const& settings) {
    if (session_.run("SELECT pg_backend_pid()").number(0, 0) == session_.backend_pid()) {
      return;
    }
    throw TimeoutsInForce(fmt::format(
        "{} is {} ms for this role, and this connection goes through a pooler, where it cannot be "
        "put off for one statement; a CONCURRENTLY statement would be killed half-way. Give "
        "--database-url a direct connection, or: ALTER ROLE … SET {} = 0",
        settings.text(0, 0), settings.text(0, 1), settings.text(0, 0)));
  }
  void reset(std::string const& name) noexcept {
    try {
      session_.run("RESET " + name);
    } catch (Failure const&) {  // NOLINT(bugprone-empty-catch): the connection is gone, and the
                                // setting with it
    }
  }

  Session& session_;
  std::vector<std::string> names_;
};

class Alone {
 public:
  Alone(Session& session, std::string const& statement, AloneOptions const& options)
      : session_(session),
        statement_(statement),
        options_(options),
        build_(build_of(session, statement)) {}

  void run() {
    NoTimeouts const off(session_);
    if (!build_) {
      send(statement_);
      return;
    }
    wait_for_other_build();
    if (is_there_already()) {
      options_.say(there());
      return;
    }
    drop_invalid();
    build();
    if (state() != IndexState::Valid) {
      throw IndexNotValid("the index " + build_->index + " is not valid after: " + statement_);
    }
  }

  std::string foresee() {
    if (!build_) {
      return "";
    }
    if (is_there_already()) {
      return there();
    }
    return state() == IndexState::Invalid
               ? fmt::format("index {} is there and INVALID: it is dropped first", build_->index)
               : "";
  }

 private:
  IndexState state() { return state_of(session_, build_->index); }
  std::string there() const {
    return fmt::format("index {} is there already, just as it was to be made", build_->index);
  }
  void say(std::string_view what, std::string detail) const {
    options_.observe({what, std::move(detail)});
  }

  void send(std::string const& sql) {
    say("statement begins", sql);
    try {
      session_.run(sql);
    } catch (Failure const& failure) {
      bool const stopped = options_.stop != nullptr && options_.stop->requested();
      if (failure.kind == FailureKind::StatementTimeout && stopped) {
        throw Interrupted("cancelled: " + sql + "; bellows resume mends what it left");
      }
      throw;
    }
    say("statement done", sql);
  }

  /// Backends that build an index of this table now. pid and pg_locks are visible to every role.
  std::string other_builders() {
    return session_
        .run(
            "SELECT coalesce(string_agg(DISTINCT p.pid::text, ', '), '')"
            " FROM pg_catalog.pg_stat_progress_create_index p"
            " JOIN pg_catalog.pg_locks l ON l.pid = p.pid AND l.locktype = 'relation'"
            "  AND l.granted AND l.mode = 'ShareUpdateExclusiveLock'"
            " WHERE p.datname = current_database() AND l.relation = to_regclass($1)",
            {build_->table})
        .text(0, 0);
  }

  /// A client killed by force leaves its backend at work. Dropping that index would wait for the
  /// build and then throw it away.
  void wait_for_other_build() {
    if (state() != IndexState::Invalid) {
      return;
    }
    bool waited = false;
    for (std::string pids; !(pids = other_builders()).empty(); waited = true) {
      if (!waited) {
        say("waiting for another index build", build_->table + ", pid " + pids);
      }
      pause(pids);
    }
  }

  /// An INVALID one is of use to nobody, unless it is another table's.
  bool is_there_already() {
    IndexState const found = state();
    if (found == IndexState::Missing) {
      if (std::string const kind = other_than_index(session_, build_->index); !kind.empty()) {
        name_taken("it is that of " + kind, "");
      }
      return false;
    }
    std::string const drop =
        fmt::format("DROP INDEX CONCURRENTLY {}, if nothing needs it", build_->index);
    if (std::string const table = other_table(session_, build_->meant, build_->index);
        !table.empty()) {
      name_taken(fmt::format("it is that of an index of {}", table), drop);
    }
    if (found == IndexState::Invalid) {
      return false;
    }
    if (std::string const different = difference_of(); !different.empty()) {
      name_taken("an index that is another one has it: " + different, drop);
    }
    return true;
  }

  std::string difference_of() {
    try {
      return difference(session_, build_->meant, build_->index);
    } catch (Failure const& failure) {
      if (failure.sqlstate != "42501") {
        throw;
      }
      name_taken(
          "whether it is the one that is meant can't be found out: " + std::string(failure.what()),
          "GRANT TEMPORARY ON the database to this role");
    }
  }

  [[noreturn]] void name_taken(std::string const& why, std::string const& first) const {
    throw NameTaken(
        fmt::format("the name {} is taken: {}; nothing was changed", build_->index, why),
        fmt::format("{}give the index another name in the migration's file",
                    first.empty() ? "" : first + "; or "));
  }

  void pause(std::string const& pids) const {
    if (!options_.stop) {
      std::this_thread::sleep_for(options_.poll);
    } else if (options_.stop->wait_for(options_.poll)) {
      throw Interrupted("stopped while pid " + pids + " builds an index of " + build_->table);
    }
  }

  void drop_invalid() {
    if (state() != IndexState::Invalid) {
      return;
    }
    say("invalid index found", build_->index);
    send("DROP INDEX CONCURRENTLY IF EXISTS " + build_->index);
  }

  /// A failure for good must not leave an INVALID index; that it cannot be dropped is less news
  /// than the failure itself.
  void drop_after_failure() noexcept {
    try {
      drop_invalid();
    } catch (std::exception const&) {  // NOLINT(bugprone-empty-catch)
    }
  }

  void build() {
    for (int left = builds_max; true; --left) {
      try {
        BuildWatch const watch(options_, build_->table);
        send(statement_);
        return;
      } catch (Failure const& failure) {
        bool const deadlock = failure.kind == FailureKind::Deadlock;
        if (deadlock && left > 1) {
          drop_invalid();
          continue;
        }
        if (deadlock || postgres::is_refusal(failure.kind)) {
          drop_after_failure();
        }
        throw;
      }
    }
  }

  Session& session_;
  std::string const& statement_;
  AloneOptions const& options_;
  std::optional<Build> build_;
};

}  // namespace

IndexState index_state(Session& session, sql::QualifiedName const& index) {
  return state_of(session, index.quoted());
}

std::optional<BuiltIndex> built_by(Session& session, std::string const& statement) {
  auto const build = build_of(session, statement);
  if (!build) {
    return std::nullopt;
  }
  bool const its = other_table(session, build->meant, build->index).empty();
  IndexState const found = its ? state_of(session, build->index) : IndexState::Missing;
  bool const meant = found != IndexState::Valid || is_as_meant(session, *build);
  return BuiltIndex{build->index, meant ? found : IndexState::Missing};
}

std::string foreseen(Session& session, std::string const& statement) {
  return Alone{session, statement, {}}.foresee();
}

std::string drop_of(BuiltIndex const& index) {
  return "DROP INDEX CONCURRENTLY IF EXISTS " + index.name;
}

void run_alone(Session& session, std::string const& statement, AloneOptions const& options) {
  std::unique_ptr<Stop::Guard> guard;
  if (options.stop) {
    guard = options.stop->on_second([&session] { session.cancel(); });
  }
  Alone{session, statement, options}.run();
}

}  // namespace bellows::ddl
