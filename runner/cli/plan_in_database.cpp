#include "runner/cli/plan_in_database.hpp"

#include "runner/cli/command.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/ahead.hpp"
#include "runner/rollout/run_before.hpp"
#include "runner/rollout/step.hpp"

#include <fmt/format.h>

namespace bellows::runner {

bool asks_database(Options const& options) {
  return options.on_command_line("database-url") && !options.given("catalog");
}

InDatabase ask(Options const& options) {
  InDatabase known;
  if (asks_database(options)) {
    known.asked = true;
    ask_database(options, "bellows plan", nullptr, [&](postgres::Session& session) {
      known.rows = ledger_exists(session) ? read_migrations(session) : LedgerRows();
      known.other_runs = read_other_runs(session);
    });
  }
  return known;
}

void check_not_run(InDatabase const& database, Project const& project,
                   Project::Entry const& entry) {
  if (database.asked) {
    check_not_run_before(project, entry, database.rows);
    check_not_run_by_other(database.other_runs, project, entry, database.rows);
  }
}

namespace {

std::optional<WouldRefuse> refusal_of(Ahead& ahead, Item const& item) {
  try {
    ahead.next(item, {}, {});
  } catch (ProjectError const& error) {
    return WouldRefuse{error.what(), false, error.next};
  } catch (Unconfirmed const& error) {
    return WouldRefuse{error.what(), true, error.next};
  } catch (StepFailed const& error) {
    constexpr char const* not_allowed = "42501";
    return error.sqlstate == not_allowed
               ? std::nullopt
               : std::optional(WouldRefuse{error.what(), false, error.next});
  }
  return std::nullopt;
}

}  // namespace

std::map<std::string, WouldRefuse> refused_there(Options const& options, Project const& project,
                                                 InDatabase const& database) {
  std::map<std::string, WouldRefuse> all;
  if (!database.asked) {
    return all;
  }
  ask_database(options, "bellows plan", nullptr, [&](postgres::Session& session) {
    Ahead ahead(session, project);
    for (Project::Entry const& entry : project.entries()) {
      Item item{&entry, std::nullopt, Task::Begin, false};
      bool const empty = database.rows.contains(entry.name) || Project::read(entry).up.empty();
      if (auto no = empty ? std::nullopt : refusal_of(ahead, item)) {
        all.emplace(entry.name, std::move(*no));
      }
    }
  });
  return all;
}

std::vector<std::string> changed_after_they_ran(Project const& project, LedgerRows const& rows) {
  std::vector<std::string> lines;
  for (Project::Entry const& entry : project.entries()) {
    try {
      if (rows.contains(entry.name)) {
        item_of(entry, rows, {});
      }
    } catch (ProjectError const& changed) {
      lines.push_back(fmt::format("{}; {}", changed.what(), changed.next));
    }
  }
  return lines;
}

void refuse_copies(Options const& options, sql::Migration const& migration,
                   catalog::Catalog const& before) {
  if (asks_database(options)) {
    ask_database(options, "bellows plan", nullptr, [&](postgres::Session& session) {
      refuse_building_on_copies(session, migration, before);
    });
  }
}

CommittedCopies copies_to_come(Project const& project, LedgerRows const& begun) {
  CommittedCopies copies(project);
  for (Project::Entry const& entry : project.entries()) {
    if (begun.contains(entry.name)) {
      copies.note(entry, nullptr);
    }
  }
  return copies;
}

std::vector<std::string> notes_on_copies(Options const& options, CommittedCopies& copies,
                                         Project::Entry const& entry,
                                         catalog::Catalog const& before,
                                         catalog::Catalog const& after) {
  bool const asks = asks_database(options);
  if (options.flag("print") && !asks) {
    return {};
  }
  auto lines = copies.built_on(entry, before, after);
  if (asks && !lines.empty()) {
    throw Unconfirmed(fmt::format("{} builds on a copy: {}", entry.name, fmt::join(lines, "; ")),
                      fmt::format("put {} into a later release, behind that contract", entry.name));
  }
  return lines;
}

}  // namespace bellows::runner
