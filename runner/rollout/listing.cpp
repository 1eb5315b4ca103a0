#include "runner/rollout/listing.hpp"

#include "planner/sql/lower.hpp"
#include "planner/sql/migration.hpp"
#include "planner/sql/one_slip.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace bellows::runner {
namespace {

constexpr std::string_view sql_file = ".sql";
constexpr std::string_view up_file = ".up.sql";
constexpr std::string_view down_file = ".down.sql";

/// How other tools name a way back, and the way there beside it.
struct NearPair {
  std::string_view back;
  std::string_view there;
};
constexpr std::array near_pairs{NearPair{"_down.sql", "_up.sql"},  NearPair{"-down.sql", "-up.sql"},
                                NearPair{".undo.sql", ".do.sql"},  NearPair{".undo.sql", ".sql"},
                                NearPair{".rollback.sql", ".sql"}, NearPair{".revert.sql", ".sql"},
                                NearPair{".down.sql", ".sql"},     NearPair{"_down.sql", ".sql"},
                                NearPair{"_rollback.sql", ".sql"}, NearPair{"_undo.sql", ".sql"}};

std::string without(std::string const& name, std::string_view end) {
  return name.substr(0, name.size() - end.size());
}

/// What stands between Flyway's letter and its "__", with dots for underscores: V1_2__x.sql and
/// V1.2__y.sql have one version. Nothing for any other name.
std::optional<std::string> flyway_version(std::string const& file, char letter) {
  std::size_t const end = file.find("__");
  if (!file.ends_with(sql_file) || file[0] != letter || end == std::string::npos || end < 2) {
    return std::nullopt;
  }
  std::string version = file.substr(1, end - 1);
  std::ranges::replace(version, '_', '.');
  bool const numbers = version.find_first_not_of("0123456789.") == std::string::npos;
  return numbers && version.front() != '.' ? std::optional(version) : std::nullopt;
}

std::optional<std::string> undone_by(std::string const& file, std::set<std::string> const& all) {
  for (NearPair const& pair : near_pairs) {
    std::string const there =
        file.ends_with(pair.back) ? without(file, pair.back) + std::string(pair.there) : "";
    if (all.contains(there)) {
      return there;
    }
  }
  return std::nullopt;
}

/// X.WORD.sql, in its two parts.
struct Parted {
  std::string stem;
  std::string word;
};

std::optional<Parted> parted(std::string const& file) {
  std::string const name = without(file, sql_file);
  std::size_t const dot = name.rfind('.');
  return dot == std::string::npos || dot == 0
             ? std::nullopt
             : std::optional(Parted{name.substr(0, dot), name.substr(dot + 1)});
}

/// "dwon", "DOWN", "dn": what a slip of the fingers makes of it.
bool is_nearly_down(std::string const& word) {
  std::string const folded = sql::lower(word);
  return folded == "down" || folded == "dn" || sql::is_one_slip(folded, "down");
}

/// What X.WORD.sql would do where X.up.sql, or X.sql, is beside it; empty: nothing that is wrong.
std::string wrong_beside(std::string const& file, std::set<std::string> const& all) {
  auto const parts = parted(file);
  if (!parts || parts->word == "up" || parts->word == "down") {
    return "";
  }
  std::string const pair = parts->stem + std::string(up_file);
  std::string const single = parts->stem + std::string(sql_file);
  bool const of_pair = all.contains(pair);
  if (is_nearly_down(parts->word) && (of_pair || all.contains(single))) {
    return fmt::format("{} looks like the way back of {}, and would run as a migration", file,
                       of_pair ? pair : single);
  }
  return of_pair ? fmt::format(
                       "{0} stands beside {1}, and would run as a migration of its own: "
                       "the way back of {1} is called {2}.down.sql, another migration has "
                       "another name in front of its dot",
                       file, pair, parts->stem)
                 : "";
}

/// Named as a way back, whether or not a way there is beside it.
bool is_named_back(std::string const& file) {
  bool const of_pair = std::ranges::any_of(
      near_pairs, [&](NearPair const& pair) { return file.ends_with(pair.back); });
  bool const of_flyway = file.size() > 1 && file[0] == 'U' && file[1] >= '0' && file[1] <= '9' &&
                         file.find("__") != std::string::npos;
  return of_pair || of_flyway || file == "down.sql" || file == "undo.sql";
}

bool is_hidden(std::string const& name) {
  return name.starts_with('.') || name == "README.md";
}

class Lister {
 public:
  explicit Lister(std::vector<std::string> const& files) : all_(files.begin(), files.end()) {
    for (std::string const& file : files) {
      if (auto version = flyway_version(file, 'V')) {
        flyway_.insert(std::move(*version));
      }
    }
    for (std::string const& file : files) {
      note_undo(file);
    }
  }

  void add(std::string const& file) {
    bool const of_pair =
        file.ends_with(down_file) && all_.contains(without(file, down_file) + ".up.sql");
    if (of_pair || is_undo(file)) {
      return;  // it goes with the way there
    }
    if (!file.ends_with(sql_file)) {
      result_.beside.push_back(file);
    } else if (auto const there = undone_by(file, all_)) {
      mistake(fmt::format("{} looks like the way back of {}, and would run as a migration", file,
                          *there));
    } else if (std::string wrong = wrong_beside(file, all_); !wrong.empty()) {
      mistake(std::move(wrong));
    } else if (file.ends_with(down_file)) {
      result_.beside.push_back(file + " (the way back of no migration)");
    } else {
      add_migration(file);
    }
  }

  void add_directory(std::string const& name) {
    result_.beside.push_back(name + "/ (a directory)");
  }

  Listing take() {
    auto const runs_before = [](Listing::File const& a, Listing::File const& b) {
      return sql::runs_before(a.name, b.name);
    };
    // They come by name, which most often is the order in which they run.
    if (!std::ranges::is_sorted(result_.migrations, runs_before)) {
      std::ranges::sort(result_.migrations, runs_before);
    }
    std::ranges::sort(result_.beside);
    return std::move(result_);
  }

 private:
  void add_migration(std::string const& file) {
    Listing::File migration{migration_name(file), file, std::nullopt, is_named_back(file)};
    if (!names_.insert(migration.name).second) {
      mistake(fmt::format("{0}.sql and {0}.up.sql are two files of one migration", migration.name));
    }
    std::string const down = migration.name + std::string(down_file);
    if (file.ends_with(up_file) && all_.contains(down)) {
      migration.down = down;
    }
    auto const version = flyway_version(file, 'V');
    if (auto const undo = version ? undos_.find(*version) : undos_.end(); undo != undos_.end()) {
      migration.down = undo->second;
    }
    result_.migrations.push_back(std::move(migration));
  }

  /// Flyway's V7__x.sql has its way back in U7__y.sql.
  void note_undo(std::string const& file) {
    auto const version = flyway_version(file, 'U');
    if (!version || !flyway_.contains(*version)) {
      return;
    }
    auto const [first, added] = undos_.emplace(*version, file);
    if (!added) {
      mistake(
          fmt::format("{} and {} are two ways back of version {}", first->second, file, *version));
    }
  }

  bool is_undo(std::string const& file) const {
    auto const version = flyway_version(file, 'U');
    return version && flyway_.contains(*version);
  }

  void mistake(std::string text) {
    if (result_.mistake.empty()) {
      result_.mistake = std::move(text);
    }
  }

  std::set<std::string> all_;
  std::set<std::string> flyway_;              // versions of V files
  std::map<std::string, std::string> undos_;  // by version
  std::set<std::string> names_;
  Listing result_;
};

}  // namespace

std::string migration_name(std::filesystem::path const& file) {
  std::string const name = file.filename().string();
  return name.ends_with(up_file) ? without(name, up_file) : file.stem().string();
}

Listing list_migrations(std::vector<std::string> files, std::vector<std::string> directories) {
  std::erase_if(files, is_hidden);
  std::erase_if(directories, is_hidden);
  std::ranges::sort(files);
  Lister lister(files);
  for (std::string const& file : files) {
    lister.add(file);
  }
  for (std::string const& directory : directories) {
    lister.add_directory(directory);
  }
  return lister.take();
}

}  // namespace bellows::runner
