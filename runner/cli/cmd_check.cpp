#include "planner/plan/difference.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/plan/refused_here.hpp"
#include "planner/plan/yaml.hpp"
#include "planner/rules/preconditions/precondition.hpp"
#include "planner/rules/run.hpp"
#include "planner/sql/ahead.hpp"
#include "planner/sql/script.hpp"
#include "runner/cli/behind.hpp"
#include "runner/cli/changed_files.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/remarks.hpp"
#include "runner/cli/report_check.hpp"
#include "runner/cli/until_exit.hpp"
#include "runner/cli/who_runs.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/rollout/agenda.hpp"
#include "runner/rollout/listing.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <unistd.h>
#include <utility>

/// check: judges migrations statement by statement. No database unless --database-url is on the
/// command line.
namespace bellows::runner {
namespace {

namespace fs = std::filesystem;

/// A text to judge and the directory whose migrations come before it: the one that it stands in,
/// unless another is named on the command line.
struct Source {
  std::shared_ptr<Project::Entry const> entry;  // a thousand of them are of one project
  std::optional<fs::path> directory;
  std::string typed = {};  // the text itself, where it is in no file
};

/// Directories that are asked for more than once.
using Projects = std::map<fs::path, std::shared_ptr<Project const>>;

std::shared_ptr<Project const> project_of(Projects& projects, fs::path const& directory,
                                          Options const& options) {
  std::shared_ptr<Project const>& project = projects[directory];
  if (project == nullptr) {
    project = std::make_shared<Project const>(Project::open(directory, options.text("plans")));
  }
  return project;
}

std::shared_ptr<Project::Entry const> alone(Project::Entry entry) {
  return std::make_shared<Project::Entry const>(std::move(entry));
}

std::string standard_input() {
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

/// What is read while others are judged can be read: nothing is told of any before that is known.
void require_readable(fs::path const& file) {
  if (::access(file.c_str(), R_OK) != 0) {
    read_file(file);  // says so
  }
}

void add_directory(std::vector<Source>& sources, Projects& projects, fs::path const& directory,
                   Options const& options, Console& console) {
  std::shared_ptr<Project const> const project = project_of(projects, directory, options);
  tell_beside(*project, console);
  sources.reserve(sources.size() + project->entries().size());
  for (Project::Entry const& entry : project->entries()) {
    require_readable(entry.file);
    sources.push_back({{project, &entry}, directory});
  }
}

fs::path parent_of(fs::path const& file) {
  return file.parent_path().empty() ? fs::path(".") : file.parent_path();
}

std::optional<fs::path> named_directory(Options const& options) {
  return options.on_command_line("migrations") ? std::optional<fs::path>(options.text("migrations"))
                                               : std::nullopt;
}

void add_operand(std::vector<Source>& sources, Projects& projects, Options const& options,
                 std::string const& operand, Console& console) {
  fs::path const path = operand;
  if (operand == "-") {
    sources.push_back({alone({.name = "-", .file = "-", .label = "-"}), named_directory(options),
                       standard_input()});
  } else if (fs::is_directory(path)) {
    add_directory(sources, projects, path, options, console);
  } else if (fs::exists(path)) {
    require_readable(path);
    sources.push_back({alone({.name = migration_name(path), .file = path, .label = operand}),
                       named_directory(options).value_or(parent_of(path))});
  } else {
    fs::path const directory = options.text("migrations");
    std::shared_ptr<Project const> const project = project_of(projects, directory, options);
    Project::Entry const& entry = project->find(operand);
    require_readable(entry.file);
    sources.push_back({{project, &entry}, directory});
  }
}

/// Where bellows is at home, it runs the files of others too.
bool is_ours(Options const& options) {
  return fs::exists("bellows.yaml") || options.on_command_line("config") ||
         fs::exists(options.text("plans"));
}

/// What can be told of a text by itself, before its turn to be judged comes.
struct Read {
  std::string text;
  sql::Migration migration;
  WhoRuns who;
  std::optional<fs::path> plan;  // that stands beside it
};

class Reader {
 public:
  /// Throws UsageError where --for names nobody.
  explicit Reader(Options const& options) : options_(options), ours_(is_ours(options)) {
    who_runs(options_.text("for"), ours_, {}, {});
  }

  /// From several threads, each source once.
  Read read(Source& source) const {
    std::string text =
        source.entry->file == "-" ? std::move(source.typed) : read_file(source.entry->file);
    text.erase(0, text.size() - sql::without_bom(text).size());  // places are counted in the rest
    Read read;
    read.who = who_runs(options_.text("for"), ours_, source.entry->file, text);
    read.plan = plan_beside(source);
    rules::Runner const* const runner = read.who.conduct.runner;
    read.migration = sql::read_migration(source.entry->name, source.entry->label, text,
                                         read.plan ? sql::Meaning::Wanted : sql::Meaning::Left,
                                         runner == nullptr ? sql::Markers::All : runner->markers);
    read.text = std::move(text);
    return read;
  }

 private:
  std::optional<fs::path> plan_beside(Source const& source) const {
    fs::path path = fs::path(options_.text("plans")) / (source.entry->name + ".yaml");
    return source.directory && fs::exists(path) ? std::optional(std::move(path)) : std::nullopt;
  }

  Options const& options_;
  bool ours_;
};

/// What the files are judged against, a history for each directory; a text of none has its own.
class Judge {
 public:
  /// `asked`: the migrations that it will be asked about.
  Judge(Options const& options, Projects projects, std::vector<std::string> asked, Console& console)
      : options_(options),
        projects_(std::move(projects)),
        asked_(std::move(asked)),
        console_(console) {}

  /// `read` is called once it is known what there is before.
  CheckedFile check(Source const& source, std::function<Read()> const& read) {
    CheckedFile checked{source.entry->label, {}, {}};
    History& history = history_of(source.directory);
    history.through(*source.entry, [&](catalog::Catalog& catalog) {
      server_version_ = catalog.server_version;
      Read file = read();
      checked.text = std::move(file.text);
      checked.conduct = file.who.conduct;
      checked.runner_found = file.who.found;
      checked.plan = committed_plan(file, catalog);
      checked.statements = rules::review(std::move(file.migration), catalog, checked.conduct,
                                         &runs_[{source.directory, checked.conduct.runner}]);
    });
    note(history.basis());
    return checked;
  }

  /// What all of them rested on.
  std::vector<JudgedBy> const& judged_by() const { return judged_by_; }

  /// Of the last one judged; of none, that of the options.
  int server_version() const {
    return server_version_.value_or(static_cast<int>(options_.number("server-version")));
  }

 private:
  /// Of what stands in a directory; one that cannot be read is none that is current.
  static std::optional<CommittedPlan> committed_plan(Read const& file,
                                                     catalog::Catalog const& before) {
    if (!file.plan) {
      return std::nullopt;
    }
    try {
      return stands(plan::from_yaml(read_file(*file.plan)), *file.plan, file.migration, before);
    } catch (std::invalid_argument const& error) {
      CommittedPlan committed{file.plan->string(), false};
      committed.unreadable = error.what();
      return committed;
    }
  }

  static CommittedPlan stands(plan::Plan const& plan, fs::path const& path,
                              sql::Migration const& migration, catalog::Catalog const& before) {
    CommittedPlan committed{path.string(), false};
    committed.standing = not_current(plan, migration, before);
    committed.current = committed.standing.why.empty();
    auto const no = committed.current ? plan::refused_here(migration, before) : std::nullopt;
    if (no && no->reasons.front().rule != rules::statement_fails.id) {  // which is a finding
      committed.current = false;
      committed.standing = {fmt::format("cannot be carried out here: {}; {}",
                                        no->reasons.front().reason, no->reasons.front().remedy),
                            false};
    }
    if (committed.current) {
      auto const made = plan::make_plan(migration, before);
      if (auto const* planned = std::get_if<plan::Plan>(&made)) {
        committed.deviates = plan::differences(plan, *planned);
      }
    }
    return committed;
  }

  /// Of the last file of each directory: it has the most before it.
  void note(Basis const& basis) {
    auto const same = std::ranges::find_if(judged_by_, [&](JudgedBy const& one) {
      return one.basis.source == basis.source && one.basis.name == basis.name;
    });
    if (same == judged_by_.end()) {
      judged_by_.push_back({basis, 1});
    } else {
      same->basis = basis;
      ++same->files;
    }
  }

  History& history_of(std::optional<fs::path> const& directory) {
    auto found = histories_.find(directory);
    if (found == histories_.end()) {
      std::shared_ptr<Project const> const project =
          directory ? project_of(projects_, *directory, options_) : nullptr;
      if (project != nullptr) {
        tell_order(*project, asked_, console_);
      }
      found = histories_.emplace(directory, judging_history(options_, project.get(), asked_)).first;
    }
    return found->second;
  }

  Options const& options_;
  Projects projects_;
  std::vector<std::string> asked_;
  Console& console_;
  std::map<std::optional<fs::path>, History> histories_;
  /// What is judged together is one run of whoever runs it.
  std::map<std::pair<std::optional<fs::path>, rules::Runner const*>, rules::Run> runs_;
  std::vector<JudgedBy> judged_by_;
  std::optional<int> server_version_;
};

/// Those that have not changed since a revision are judged no more; they still come before others.
void keep_changed(std::vector<Source>& sources, std::string const& revision) {
  std::map<fs::path, std::set<fs::path>> changed;
  std::erase_if(sources, [&](Source const& source) {
    if (source.entry->file == "-") {
      return false;
    }
    fs::path const directory = parent_of(source.entry->file);
    if (!changed.contains(directory)) {
      changed[directory] = changed_since(revision, directory);
    }
    return !changed[directory].contains(fs::weakly_canonical(source.entry->file));
  });
}

/// What the database that is asked has begun has changed its schema: judged against that, its
/// statements would fail, and its plan be stale.
void leave_out_begun(std::vector<Source>& sources, Options const& options, Console& console) {
  if (options.given("catalog") || !options.on_command_line("database-url")) {
    return;
  }
  LedgerRows rows;
  ask_database(options, "bellows check", nullptr, [&](postgres::Session& session) {
    rows = ledger_exists(session) ? read_migrations(session) : LedgerRows();
  });
  std::vector<std::string> begun;
  std::erase_if(sources, [&](Source const& source) {
    auto const found = rows.find(source.entry->name);
    bool const out = found != rows.end() && found->second.state != State::Aborted;
    if (out) {
      begun.push_back(fmt::format("{} ({})", found->first, state_in_words(found->second)));
    }
    return out;
  });
  constexpr std::size_t most = 5;
  std::size_t const more = begun.size() - std::min(begun.size(), most);
  begun.resize(begun.size() - more);
  if (!begun.empty()) {
    console.say(fmt::format("not judged again, since this database has begun them: {}{}",
                            fmt::join(begun, ", "),
                            more == 0 ? "" : fmt::format(" and {} more", more)));
  }
}

std::vector<Source> sources_of(Options const& options, Projects& projects, Console& console) {
  std::vector<Source> sources;
  for (std::string const& operand : options.operands()) {
    add_operand(sources, projects, options, operand, console);
  }
  if (options.operands().empty()) {
    add_directory(sources, projects, options.text("migrations"), options, console);
  }
  if (options.given("changed-since")) {
    keep_changed(sources, options.text("changed-since"));
  }
  leave_out_begun(sources, options, console);
  return sources;
}

enum class Format : std::uint8_t { Text, Json, Github, Sarif };

template <typename Value, std::size_t count>
Value chosen(Options const& options, char const* option,
             std::pair<std::string_view, Value> const (&values)[count]) {
  std::string names;
  for (auto const& [name, value] : values) {
    if (name == options.text(option)) {
      return value;
    }
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  throw UsageError(std::string("--") + option + " is one of " + names);
}

Format format_of(Options const& options) {
  static constexpr std::pair<std::string_view, Format> formats[] = {{"text", Format::Text},
                                                                    {"json", Format::Json},
                                                                    {"github", Format::Github},
                                                                    {"sarif", Format::Sarif}};
  return chosen(options, "format", formats);
}

/// From which severity on the exit code is 5; nothing: never.
std::optional<rules::Severity> limit_of(Options const& options) {
  using Limit = std::optional<rules::Severity>;
  static constexpr std::pair<std::string_view, Limit> limits[] = {
      {"note", rules::Severity::Note},
      {"warning", rules::Severity::Warning},
      {"error", rules::Severity::Error},
      {"never", std::nullopt}};
  return chosen(options, "fail-on", limits);
}

std::unique_ptr<CheckReport> report_in(Format format, Console& console) {
  switch (format) {
    case Format::Text:
      return check_text(console.colour(), console.width());
    case Format::Json:
      return check_json();
    case Format::Github:
      return check_github();
    case Format::Sarif:
      return check_sarif(BELLOWS_VERSION);
  }
  return nullptr;
}

/// Told while the next files are judged.
class Report {
 public:
  Report(Format format, Console& console)
      : console_(console), written_(report_in(format, console)) {}

  void add(CheckedFile const& file, int server_version) {
    worst_ = std::max(worst_, runner::worst(file));
    begin(server_version);
    console_.answer(written_->add(file));
  }

  void finish(int server_version, std::vector<JudgedBy> const& judged_by) {
    begin(server_version);
    console_.answer(written_->end(judged_by));
  }

  std::optional<rules::Severity> worst() const { return worst_; }

 private:
  void begin(int server_version) {
    if (!std::exchange(begun_, true)) {
      console_.answer(written_->begin(server_version));
    }
  }

  Console& console_;
  std::unique_ptr<CheckReport> written_;
  bool begun_ = false;
  std::optional<rules::Severity> worst_;
};

/// Why there is none, and what is next; in the words of plan.
std::string nothing_to_check(Options const& options) {
  if (options.operands().empty() && open_project(options).entries().empty()) {
    return "no migrations yet; `bellows new NAME` writes the first\n";
  }
  if (options.given("changed-since")) {
    return "nothing to check: no migration has changed\n";
  }
  return options.on_command_line("database-url")
             ? "nothing to check: the database has begun every migration\n"
             : "nothing to check: there is no migration\n";
}

constexpr std::size_t files_ahead = 8;   // that are read and not judged yet
constexpr std::size_t files_behind = 8;  // that are judged and not told yet

struct Judged {
  CheckedFile file;
  int server_version = 0;
};

}  // namespace

int run_check(Invocation& invocation) {
  Options const& options = invocation.options;
  Format const format = format_of(options);
  std::optional<rules::Severity> const limit = limit_of(options);
  Projects projects;
  std::vector<Source> sources = sources_of(options, projects, invocation.console);
  if (sources.empty() && format == Format::Text) {
    invocation.console.answer(nothing_to_check(options));
    return exit_done;
  }
  std::size_t const helpers = std::min(sql::cores(), std::max<std::size_t>(sources.size(), 1)) - 1;
  Reader const reader(options);
  sql::Ahead<Read> files(
      sources.size(), helpers, [&](std::size_t at) { return reader.read(sources[at]); },
      files_ahead);
  std::vector<std::string> asked;
  std::ranges::transform(sources, std::back_inserter(asked),
                         [](Source const& source) { return source.entry->name; });
  Judge& judge = until_exit(
      std::make_unique<Judge>(options, std::move(projects), std::move(asked), invocation.console));
  Report report(format, invocation.console);
  Behind<Judged> telling(helpers == 0 ? 0 : files_behind, [&](Judged const& judged) {
    report.add(judged.file, judged.server_version);
  });
  for (std::size_t at = 0; at < sources.size(); ++at) {
    CheckedFile file = judge.check(sources[at], [&] { return files.take(at); });
    telling.put({std::move(file), judge.server_version()});
    sources[at] = {};  // of a thousand files the catalog needs the room
  }
  telling.finish();
  report.finish(judge.server_version(), judge.judged_by());
  return limit && report.worst() && *report.worst() >= *limit ? exit_unsafe : exit_done;
}

}  // namespace bellows::runner
