#include "runner/cli/changed_files.hpp"

#include "runner/cli/options.hpp"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace bellows::runner {
namespace {

namespace fs = std::filesystem;

struct Output {
  int status = 0;
  std::string text;  // stdout and stderr, which is empty where it succeeds
};

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    ssize_t const got = ::read(descriptor, buffer.data(), buffer.size());
    if (got > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    } else if (got == 0 || errno != EINTR) {
      return text;
    }
  }
}

/// Only calls between fork and exec that are safe there.
[[noreturn]] void become(std::vector<char*> const& argv, int output) {
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  int const nothing = ::open("/dev/null", O_RDONLY);
  if (nothing >= 0) {
    ::dup2(nothing, STDIN_FILENO);
  }
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

Output run(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw UsageError("--changed-since: no pipe to git");
  }
  ::pid_t const pid = ::fork();
  if (pid == 0) {
    become(argv, ends[1]);
  }
  ::close(ends[1]);
  Output output;
  output.text = pid < 0 ? "" : read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  while (pid > 0 && ::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  output.status = pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 127;
  return output;
}

std::string git(fs::path const& directory, std::vector<std::string> const& arguments) {
  std::vector<std::string> words{"git", "-C", directory.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  Output output = run(std::move(words));
  if (output.status == 127) {
    throw UsageError("--changed-since needs git, which cannot be run here");
  }
  if (output.status != 0) {
    throw UsageError("--changed-since: git says: " + output.text.substr(0, output.text.find('\n')));
  }
  return std::move(output.text);
}

void add(std::set<fs::path>& files, fs::path const& directory, std::string_view names) {
  while (!names.empty()) {
    std::size_t const end = std::min(names.find('\0'), names.size());
    files.insert(fs::weakly_canonical(directory / names.substr(0, end)));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
}

/// git keeps no empty directories: where all of one was deleted, the one above it is asked.
fs::path nearest_there(fs::path const& directory) {
  fs::path there = fs::absolute(directory).lexically_normal();
  while (!fs::is_directory(there)) {
    there = there.parent_path();
  }
  return there;
}

}  // namespace

std::set<fs::path> changed_since(std::string const& revision, fs::path const& directory) {
  if (revision.empty() || revision.starts_with('-')) {
    throw UsageError(fmt::format("--changed-since wants a revision, not '{}'", revision));
  }
  fs::path const below = nearest_there(directory);
  std::set<fs::path> files;
  add(files, below,
      git(below, {"diff", "--name-only", "--relative", "--no-renames", "-z", revision, "--", "."}));
  add(files, below, git(below, {"ls-files", "--others", "--exclude-standard", "-z", "--", "."}));
  return files;
}

}  // namespace bellows::runner
