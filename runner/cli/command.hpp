#pragma once

#include "runner/cli/console.hpp"
#include "runner/cli/options.hpp"
#include "runner/rollout/history.hpp"
#include "runner/rollout/project.hpp"
#include "runner/rollout/run.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::runner {

/// The program's exit codes; scripts rely on them (README).
enum Exit : int {
  exit_done = 0,
  exit_internal = 1,
  exit_usage = 2,
  exit_cannot_connect = 3,
  exit_locked = 4,
  exit_unsafe = 5,
  exit_failed_unchanged = 6,
  exit_failed_partway = 7,
  exit_gate = 8,
  exit_drift = 9,
  exit_pending = 10,
  exit_refused = 11,
  exit_paused = 12,
};

/// What every command gets.
struct Invocation {
  Options const& options;
  Console& console;
  Stop& stop;
  Observer observe = [](Event const&) {};
  bool* begun = nullptr;  // set once a step of a migration begins; may be null
};

struct Command {
  std::string_view name;
  std::string_view operands;  // "[FILE…]"
  std::string_view summary;   // one line
  int (*run)(Invocation&);
};

int run_init(Invocation&);
int run_new(Invocation&);
int run_check(Invocation&);
int run_explain(Invocation&);
int run_plan(Invocation&);
int run_up(Invocation&);
int run_expand(Invocation&);
int run_backfill(Invocation&);
int run_contract(Invocation&);
int run_resume(Invocation&);
int run_abort(Invocation&);
int run_status(Invocation&);
int run_verify(Invocation&);
int run_snapshot(Invocation&);
int run_pause(Invocation&);
int run_set(Invocation&);

/// `resume`, as far as a job at work is meant: lifts the pause. False: there is still a run to go
/// on with.
bool resume_live(Invocation&);

std::vector<Command> const& commands();
std::string help_text(std::string const& command);  // "" for the overview

/// The whole program: parses, runs, prints errors, gives the exit code. `observe` sees every event
/// (tests die in it).
int run_program(
    std::vector<std::string> const& arguments, Stop& stop,
    Observer const& observe = [](Event const&) {});

// What several commands share:

/// The connection string; "" means libpq's own PG* variables. Throws UsageError when nothing says
/// which database is meant: never the user's default one by accident.
std::string conninfo(Options const& options);
/// Calls `body` with a session of the database that is named. For commands that only look, or give
/// orders: they don't wait for whoever has locked what they read (ddl::attended()). `stop` may be
/// null. Throws ddl::HeldUp, ddl::Interrupted, Failure, UsageError.
void ask_database(Options const& options, std::string const& purpose, Stop* stop,
                  std::function<void(postgres::Session&)> const& body);
/// How that database is typed in a shell, without a password: "$DATABASE_URL", or the string
/// itself. Empty: none is named, or it has one.
std::string typed_database(Options const& options);
Project open_project(Options const& options);
/// For commands that go by the ledger; nothing where no directory of migrations is here.
std::optional<Project> project_if_here(Options const& options);
/// What stands beside the migrations and is passed over, by name. A line for people, or none.
void tell_beside(Project const& project, Console& console);
/// `before_ledger`: see Run::Options.
Run start_run(Invocation& invocation,
              std::function<void(postgres::Session&)> before_ledger = nullptr);
/// For commands that begin nothing: without a ledger there is nothing that they could go on with,
/// nor a reason to make one. Throws Unconfirmed where a rename has left something, which a lost
/// ledger knew.
bool is_without_ledger(Invocation& invocation);

/// --release without blanks around it: "r22 ", as files with line ends have it, is r22. Empty where
/// none was named. Throws UsageError for one that is named and blank, or has control characters.
std::string release_of(Options const& options);

/// What the migrations of `project` (nullptr: a text of no project) are judged against: --catalog,
/// a --database-url on the command line, or the migrations before each. A snapshot or a dump does
/// not say which of them it has: those that are `asked` about, in their order, come behind it.
History judging_history(Options const& options, Project const* project,
                        std::vector<std::string> const& asked);

}  // namespace bellows::runner
