#include "planner/catalog/dump.hpp"
#include "planner/catalog/replay.hpp"
#include "planner/catalog/snapshot.hpp"
#include "planner/sql/pieces.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/pace_options.hpp"
#include "runner/cli/telling.hpp"
#include "runner/cli/throttle_check.hpp"
#include "runner/ddl/attended.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/rollout/leftovers.hpp"
#include "runner/rollout/other_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <ranges>
#include <set>

namespace bellows::runner {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t large_script = 262'144;  // a quarter of a megabyte: read in pieces

void replay_script(catalog::Catalog& catalog, Basis& basis, fs::path const& path,
                   std::string const& text) {
  catalog::Catalog const first = catalog;
  Basis const begun = basis;
  std::string const file = path.string();
  auto const take = [&](sql::Statement const& statement) {
    catalog::replay(catalog, statement);
    note(basis, file, statement);
  };
  if (text.size() >= large_script) {
    catalog::SettingsGuard const guard(catalog);
    catalog.file = file;
    if (sql::read_in_pieces(text, take)) {
      return;
    }
  }
  catalog = first;
  basis = begun;
  sql::Migration const script = sql::read_migration(path.stem().string(), file, text);
  catalog::replay(catalog, script);
  note(basis, script);
}

/// Of the project, those that are asked about.
std::vector<Project::Entry> only(std::vector<std::string> const& asked, Project const* project) {
  std::vector<Project::Entry> entries =
      project == nullptr ? std::vector<Project::Entry>() : project->entries();
  std::set<std::string_view> const names(asked.begin(), asked.end());
  std::erase_if(entries, [&](Project::Entry const& entry) { return !names.contains(entry.name); });
  return entries;
}

History from_file(fs::path const& path, int server_version, std::vector<Project::Entry> entries) {
  Basis basis{.source = Basis::Source::Snapshot, .name = path.string()};
  if (path.extension() == ".json") {
    try {
      return {catalog::from_json(read_file(path)), std::move(entries), {}, std::move(basis)};
    } catch (std::invalid_argument const& error) {
      throw ProjectError(fmt::format("{}: {}", path.string(), error.what()),
                         "bellows snapshot writes such a file");
    }
  }
  catalog::Catalog catalog;
  catalog.server_version = server_version;
  std::string const text = read_file(path);
  catalog::expect(catalog, text);
  basis.source = Basis::Source::Script;
  replay_script(catalog, basis, path, text);
  return {std::move(catalog), std::move(entries), {}, std::move(basis)};
}

Basis of_migrations(fs::path const& directory) {
  std::string name = directory.generic_string();
  return {.source = Basis::Source::Migrations, .name = name + (name.ends_with('/') ? "" : "/")};
}

/// `up` refuses them.
void note_run_by_others(postgres::Session& session, Project const& project,
                        std::set<std::string> const& known, Basis& basis) {
  OtherRuns const runs = read_other_runs(session);
  for (Project::Entry const& entry : project.entries()) {
    auto run = known.contains(entry.name) ? std::nullopt : run_by_other(runs, entry.name);
    if (run) {
      basis.remarks.push_back(*run + "; up refuses it");
    }
  }
}

History of_database(postgres::Session& session, Options const& options, Project const* project) {
  catalog::Catalog live = catalog::read_catalog(session);
  Basis basis{.source = Basis::Source::Database,
              .name = postgres::describe_target(conninfo(options))};
  for (Leftover const& left : read_leftovers(session)) {
    basis.remarks.push_back(in_words(left) + "; " + how_to_remove(left));
  }
  if (std::string words = other_history(session); !words.empty()) {
    basis.remarks.push_back(std::move(words));
  }
  if (project == nullptr) {
    return {std::move(live), {}, {}, std::move(basis)};
  }
  std::set<std::string> known;
  if (ledger_exists(session)) {
    std::ranges::copy(std::views::keys(read_migrations(session)),
                      std::inserter(known, known.end()));
  }
  note_run_by_others(session, *project, known, basis);
  return {std::move(live), project->entries(), std::move(known), std::move(basis)};
}

/// What was before, and on top of it the project's own migrations.
History from_directory(fs::path const& path, catalog::Catalog empty, Project const* project) {
  std::vector<Project::Entry> entries = Project::open(path, path).entries();
  Basis basis = of_migrations(path);
  if (project != nullptr && !fs::equivalent(path, project->directory())) {
    entries.insert(entries.end(), project->entries().begin(), project->entries().end());
    basis.name += " and " + of_migrations(project->directory()).name;
  }
  return {std::move(empty), std::move(entries), {}, std::move(basis)};
}

/// The live schema, and on top of it the migrations that this database has not run.
History of_database(Options const& options, Project const* project) {
  std::optional<History> history;
  ask_database(options, "bellows check", nullptr, [&](postgres::Session& session) {
    history.emplace(of_database(session, options, project));
  });
  return std::move(*history);
}

void tell_stripes(Invocation const& invocation, int taken) {
  if (auto const wanted = invocation.options.number("stripes", 0, 256); wanted != taken) {
    invocation.console.say(fmt::format(
        "--stripes {} is taken for {}: a first stripe of more than an eleventh of the rows splits "
        "every leaf of an index that was filled in order",
        wanted, taken));
  }
}

}  // namespace

std::string conninfo(Options const& options) {
  std::string const& url = options.text("database-url");
  if (!url.empty()) {
    return url;
  }
  static constexpr std::array naming{"PGHOST",    "PGHOSTADDR", "PGDATABASE",
                                     "PGSERVICE", "PGUSER",     "PGPORT"};
  bool const named =
      std::ranges::any_of(naming, [](char const* name) { return std::getenv(name) != nullptr; });
  if (!named) {
    throw UsageError(
        "no database is named: give --database-url, or set DATABASE_URL, database_url in "
        "bellows.yaml, or PGHOST and its kin");
  }
  return "";
}

std::string typed_database(Options const& options) {
  std::string const& url = options.text("database-url");
  if (url.empty()) {
    return "";
  }
  for (char const* variable : {"BELLOWS_DATABASE_URL", "DATABASE_URL"}) {
    char const* value = std::getenv(variable);
    if (value != nullptr && url == value && !options.on_command_line("database-url")) {
      return fmt::format("\"${}\"", variable);
    }
  }
  auto const at = url.find('@');
  bool const secret = url.find("pass") != std::string::npos ||
                      url.find('\'') != std::string::npos ||
                      (at != std::string::npos && url.find("://") != std::string::npos &&
                       url.find(':', url.find("://") + 3) < at);
  return secret ? "" : "'" + url + "'";
}

void ask_database(Options const& options, std::string const& purpose, Stop* stop,
                  std::function<void(postgres::Session&)> const& body) {
  std::string const target = conninfo(options);
  auto session = postgres::Session::connect(target, purpose);
  ddl::attended(session, {.conninfo = target, .stop = stop}, [&] { body(session); });
}

Project open_project(Options const& options) {
  return Project::open(options.text("migrations"), options.text("plans"));
}

std::optional<Project> project_if_here(Options const& options) {
  try {
    return open_project(options);
  } catch (ProjectError const&) {
    return std::nullopt;
  }
}

void tell_beside(Project const& project, Console& console) {
  if (!project.beside().empty()) {
    console.say(fmt::format("passed over, since only .sql files are migrations: {}",
                            fmt::join(project.beside(), ", ")));
  }
}

std::string release_of(Options const& options) {
  constexpr char const* blanks = " \t\r\n\v\f";
  std::string const& said = options.text("release");
  auto const begin = said.find_first_not_of(blanks);
  if (begin == std::string::npos) {
    if (options.given("release")) {
      throw UsageError(
          "--release is empty: is the variable that it comes from not set? Name the release, or "
          "leave --release out: then nothing is contracted");
    }
    return "";
  }
  std::string release = said.substr(begin, said.find_last_not_of(blanks) + 1 - begin);
  if (std::ranges::any_of(release, [](unsigned char c) { return std::iscntrl(c) != 0; })) {
    throw UsageError(
        "--release has a line end or another control character within: name one release, on one "
        "line");
  }
  return release;
}

Run start_run(Invocation& invocation, std::function<void(postgres::Session&)> before_ledger) {
  Options const& options = invocation.options;
  if (options.flag("dry-run")) {  // from the environment: here it would be broken silently
    throw UsageError(
        fmt::format("`bellows {}` has no dry run, and BELLOWS_DRY_RUN is set; `up` and "
                    "`backfill` have one",
                    options.command()));
  }
  Run::Options run;
  run.conninfo = conninfo(options);
  run.command = options.command();
  run.lock_wait = options.duration("lock-wait");
  run.policy.locks.budget = options.duration("lock-budget");
  run.policy.quiet = options.duration("quiet-period");
  run.policy.gate_wait = gate_wait_of(options);
  run.policy.batch = run_batches_of(options);
  tell_stripes(invocation, run.policy.batch.stripes);
  run.until = options.text("until");
  run.time_zone = options.text("time-zone");
  run.stop = &invocation.stop;
  run.begun = invocation.begun;
  run.before_ledger = std::move(before_ledger);
  check_throttle_query(options);
  let_speak(invocation, run);
  try {
    return Run(std::move(run));
  } catch (std::invalid_argument const& error) {
    throw UsageError(fmt::format("--until: {}", error.what()));
  }
}

bool is_without_ledger(Invocation& invocation) {
  bool is_without = false;
  ask_database(invocation.options, "bellows " + invocation.options.command(), &invocation.stop,
               [&](postgres::Session& session) {
                 is_without = !ledger_exists(session);
                 if (is_without) {
                   refuse_lost_ledger(session);
                 }
               });
  return is_without;
}

History judging_history(Options const& options, Project const* project,
                        std::vector<std::string> const& asked) {
  int const version = static_cast<int>(options.number("server-version"));
  if (version < 13 || version > 19) {
    throw UsageError("--server-version is 13 to 19");
  }
  catalog::Catalog empty;
  empty.server_version = version;
  if (options.given("catalog")) {
    fs::path const path = options.text("catalog");
    return fs::is_directory(path) ? from_directory(path, std::move(empty), project)
                                  : from_file(path, version, only(asked, project));
  }
  if (options.on_command_line("database-url")) {
    return of_database(options, project);
  }
  if (project == nullptr) {
    return {std::move(empty), {}};
  }
  return {std::move(empty), project->entries(), {}, of_migrations(project->directory())};
}

}  // namespace bellows::runner
