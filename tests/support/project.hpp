#pragma once

#include "batcher/observer.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace bellows::test {

struct Ran {
  int code = -1;       // exit code, or 128 + signal
  std::string answer;  // stdout
  std::string said;    // stderr
};

/// A directory with migrations/ and plans/, in which the program is run as a user would. Removed at
/// the end.
class Project {
 public:
  /// `conninfo` goes to DATABASE_URL; empty: none, and no PG* variable either.
  explicit Project(std::string conninfo);
  Project(Project const&) = delete;
  Project& operator=(Project const&) = delete;
  ~Project();

  void migration(std::string const& name, std::string const& sql) const;
  std::filesystem::path const& directory() const { return directory_; }

  /// The real executable.
  Ran run(std::vector<std::string> const& arguments) const;
  /// Started and left running; its pid. wait() collects it.
  int start(std::vector<std::string> const& arguments) const;
  Ran wait(int pid) const;
  /// What it has written to stderr by now.
  std::string said_so_far(int pid) const;

  /// The whole command line inside a child of this process, several commands after each other as
  /// long as they exit with 0; `observe` sees every event there. For dying at one: kill -9, no
  /// destructor runs.
  Ran run_observed(std::vector<std::vector<std::string>> const& commands,
                   Observer const& observe) const;

 private:
  std::string conninfo_;
  std::filesystem::path directory_;
};

/// The checkout that the tests were built from.
std::filesystem::path source_directory();

/// Kills its own process at the k-th event, counted from 1 over everything that is observed.
Observer die_at(int k);

}  // namespace bellows::test
