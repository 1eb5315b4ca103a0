#include "runner/cli/command.hpp"
#include "runner/cli/report_check.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>

/// check: judges migrations statement by statement. No database unless --database-url is on the
/// command line.
namespace bellows::runner {
namespace {

namespace fs = std::filesystem;

/// A text to judge and the directory whose earlier migrations come before it, if it stands in one.
struct Source {
  Project::Entry entry;
  std::optional<fs::path> directory;
  std::string text;
};

std::string standard_input() {
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

void add_directory(std::vector<Source>& sources, fs::path const& directory) {
  Project const project = Project::open(directory, directory);
  for (Project::Entry const& entry : project.entries()) {
    sources.push_back({entry, directory, read_file(entry.file)});
  }
}

void add_operand(std::vector<Source>& sources, Options const& options, std::string const& operand) {
  fs::path const path = operand;
  if (operand == "-") {
    sources.push_back({{.name = "-", .file = "-", .label = "-"}, std::nullopt, standard_input()});
  } else if (fs::is_directory(path)) {
    add_directory(sources, path);
  } else if (fs::exists(path)) {
    fs::path const directory = path.parent_path().empty() ? fs::path(".") : path.parent_path();
    sources.push_back({{.name = path.stem().string(), .file = path, .label = operand},
                       directory,
                       read_file(path)});
  } else {
    Project::Entry const entry = open_project(options).find(operand);
    sources.push_back({entry, options.text("migrations"), read_file(entry.file)});
  }
}

CheckedFile check(Source const& source, Options const& options, int& server_version) {
  std::optional<Project> project;
  if (source.directory) {
    project = Project::open(*source.directory, options.text("plans"));
  }
  catalog::Catalog catalog =
      judging_catalog(options, project ? &*project : nullptr, source.entry.name);
  server_version = catalog.server_version;
  sql::Migration const migration = [&] {
    try {
      return sql::read_migration(source.entry.name, source.entry.label, source.text);
    } catch (sql::SyntaxError const& error) {
      throw ProjectError(source.entry.label + ":" + std::to_string(error.at.line) + ":" +
                             std::to_string(error.at.column) + ": " + error.what(),
                         "mend the statement");
    }
  }();
  return {source.entry.label, source.text, rules::review(migration, catalog)};
}

}  // namespace

int run_check(Invocation& invocation) {
  Options const& options = invocation.options;
  std::string const& format = options.text("format");
  if (format != "text" && format != "json") {
    throw UsageError("--format is text or json");
  }
  std::vector<Source> sources;
  for (std::string const& operand : options.operands()) {
    add_operand(sources, options, operand);
  }
  if (options.operands().empty()) {
    add_directory(sources, options.text("migrations"));
  }

  int server_version = static_cast<int>(options.number("server-version"));
  std::vector<CheckedFile> files;
  for (Source const& source : sources) {
    files.push_back(check(source, options, server_version));
  }
  invocation.console.answer(format == "json" ? check_json(files, server_version)
                                             : check_text(files, invocation.console.colour()));
  Verdicts const verdicts = count_verdicts(files);
  return verdicts.is_unsafe + verdicts.unknown > 0 ? exit_unsafe : exit_done;
}

}  // namespace bellows::runner
