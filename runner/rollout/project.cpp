#include "runner/rollout/project.hpp"

#include "planner/plan/yaml.hpp"
#include "planner/rules/nearest.hpp"
#include "planner/sql/misplaced.hpp"
#include "planner/sql/up_marker.hpp"
#include "runner/rollout/listing.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>

namespace bellows::runner {
namespace {

namespace fs = std::filesystem;

/// What a directory of files is called, seen from here; one that is elsewhere, by its own name.
fs::path label_of(fs::path const& directory) {
  fs::path const relative =
      fs::absolute(directory / "").lexically_normal().lexically_relative(fs::current_path());
  bool const outside = relative.empty() || *relative.begin() == "..";
  if (outside) {
    return (directory / "").parent_path().filename();
  }
  return relative == "." ? fs::path() : relative;
}

std::string digits_of(std::string const& name) {
  return name.substr(0, name.find_first_not_of("0123456789"));
}

/// How far apart two runs of digits are, as far as the shorter one goes: dates, most often.
std::uint64_t apart(std::string const& one, std::string const& other) {
  constexpr std::size_t most = 18;
  std::size_t const length = std::min({one.size(), other.size(), most});
  auto const number = [&](std::string const& digits) {
    return length == 0 ? 0 : std::stoull(digits.substr(0, length));
  };
  std::uint64_t const a = number(one);
  std::uint64_t const b = number(other);
  return a > b ? a - b : b - a;
}

/// The migration that may have been meant: of digits the nearest in time, of a name the nearest
/// one.
std::string meant_by(std::string const& wanted, std::vector<Project::Entry> const& entries) {
  std::vector<std::string> names;
  for (Project::Entry const& entry : entries) {
    names.push_back(entry.name);
  }
  bool const digits = !wanted.empty() && digits_of(wanted) == wanted;
  if (!digits || names.empty()) {
    return nearest(wanted, names).value_or("");
  }
  return *std::ranges::min_element(names, {}, [&](std::string const& name) {
    return digits_of(name).empty() ? UINT64_MAX : apart(digits_of(name), wanted);
  });
}

/// Its name is that of a way back, and nothing in it says otherwise.
void refuse_way_back(fs::path const& file) {
  if (!sql::has_up_marker(read_file(file))) {
    throw ProjectError(
        fmt::format("{} looks like the way back of a migration that is not here, and would run as "
                    "a migration",
                    file.string()),
        "name them X.up.sql and X.down.sql; where it is a migration by itself, begin it with `-- "
        "bellows: up`");
  }
}

}  // namespace

std::string read_file(fs::path const& path) {
  constexpr std::size_t at_once = 16'384;  // nearly all migrations
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> const in(std::fopen(path.c_str(), "rbe"),
                                                           std::fclose);
  bool read = in != nullptr && std::setvbuf(in.get(), nullptr, _IONBF, 0) == 0;
  std::string text;
  for (std::size_t size = 0; read && size == text.size();) {
    text.resize(size + std::max(size, at_once));
    size += std::fread(text.data() + size, 1, text.size() - size, in.get());
    read = std::ferror(in.get()) == 0;
    if (size < text.size()) {
      text.resize(size);
      break;
    }
  }
  if (!read) {
    throw ProjectError(fmt::format("can't read {}", path.string()), "check the path");
  }
  text.shrink_to_fit();
  return text;
}

void write_file(fs::path const& path, std::string const& text) {
  fs::path const beside = path.string() + ".new";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text;
    out.flush();
    if (!out) {
      throw ProjectError(fmt::format("can't write {}", beside.string()),
                         "check the directory's rights");
    }
  }
  fs::rename(beside, path);
}

Project Project::open(fs::path const& migrations, fs::path const& plans) {
  if (!fs::is_directory(migrations)) {
    throw ProjectError(fmt::format("there is no directory {}", migrations.string()),
                       "bellows init, or --migrations DIR");
  }
  std::vector<std::string> files;
  std::vector<std::string> directories;
  for (fs::directory_entry const& each : fs::directory_iterator(migrations)) {
    (each.is_directory() ? directories : files).push_back(each.path().filename().string());
  }
  Listing listing = list_migrations(std::move(files), std::move(directories));
  if (!listing.mistake.empty()) {
    throw ProjectError(fmt::format("{}: {}", migrations.string(), listing.mistake),
                       "name them X.up.sql and X.down.sql, or put the way back behind `-- bellows: "
                       "down` in X.sql");
  }
  Project project;
  project.directory_ = migrations;
  project.plans_ = plans;
  project.beside_ = std::move(listing.beside);
  fs::path const label = label_of(migrations);
  for (Listing::File const& each : listing.migrations) {
    fs::path const file = migrations / each.file;
    if (each.named_back) {
      refuse_way_back(file);
    }
    project.entries_.push_back({.name = each.name,
                                .file = file,
                                .label = (label / each.file).generic_string(),
                                .down = each.down ? migrations / *each.down : fs::path()});
  }
  return project;
}

Project::Entry const& Project::find(std::string const& wanted) const {
  std::string const name = fs::path(wanted).extension() == ".sql" ? migration_name(wanted) : wanted;
  Entry const* found = nullptr;
  for (Entry const& entry : entries_) {
    if (entry.name == name) {
      return entry;
    }
    if (digits_of(entry.name) != name) {
      continue;
    }
    if (found != nullptr) {
      throw WhichMigration(
          fmt::format("{} and {} both start with {}", found->name, entry.name, name),
          "give the whole name");
    }
    found = &entry;
  }
  if (found == nullptr) {
    std::string const meant = meant_by(name, entries_);
    throw WhichMigration(fmt::format("there is no migration {}{}", wanted,
                                     meant.empty() ? "" : fmt::format("; did you mean {}?", meant)),
                         "bellows status lists them");
  }
  return *found;
}

sql::Migration Project::read(Entry const& entry) {
  sql::Migration migration = sql::read_migration(entry.name, entry.label, read_file(entry.file));
  if (!entry.down.empty()) {
    migration.has_down = true;
    migration.down = sql::read_migration(entry.name, entry.down.string(), read_file(entry.down)).up;
    std::erase_if(migration.down,
                  [](sql::Statement const& one) { return sql::misplaced_as(one).has_value(); });
  }
  return migration;
}

fs::path Project::plan_path(std::string const& migration) const {
  return plans_ / (migration + ".yaml");
}

std::optional<plan::Plan> Project::committed_plan(std::string const& migration) const {
  fs::path const path = plan_path(migration);
  if (!fs::exists(path)) {
    return std::nullopt;
  }
  try {
    return plan::from_yaml(read_file(path));
  } catch (std::invalid_argument const& error) {
    throw ProjectError(
        fmt::format("{} can't be read: {}", path.string(), error.what()),
        fmt::format("mend it; or bellows plan {} --overwrite, which makes it anew without what "
                    "was edited",
                    migration));
  }
}

}  // namespace bellows::runner
