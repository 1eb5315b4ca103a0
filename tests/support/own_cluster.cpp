#include "tests/support/own_cluster.hpp"

#include <fmt/format.h>

#include <atomic>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace bellows::test {
namespace {

// As short as can be: a Unix socket's path ends at 107 bytes.
std::string next_directory() {
  static std::atomic<int> count{0};
  return fmt::format("/tmp/bellows-own-{}-{}", ::getpid(), ++count);
}

int run_cluster(std::string const& command, std::string const& directory,
                std::vector<std::string> const& settings = {}) {
  std::vector<std::string> words{SOURCE_DIR "/scripts/cluster", command, directory};
  words.insert(words.end(), settings.begin(), settings.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t quiet{};  // how to connect is no news here
  ::posix_spawn_file_actions_init(&quiet);
  ::posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  int const failed = ::posix_spawn(&pid, argv[0], &quiet, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&quiet);
  if (failed != 0) {
    return -1;
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void must_run(std::string const& command, std::string const& directory,
              std::vector<std::string> const& settings = {}) {
  if (int const status = run_cluster(command, directory, settings); status != 0) {
    throw std::runtime_error(fmt::format("scripts/cluster {} {}: {}", command, directory, status));
  }
}

}  // namespace

OwnCluster::OwnCluster(std::vector<std::string> const& settings) : directory_(next_directory()) {
  must_run("start", directory_, settings);
}

OwnCluster::~OwnCluster() {
  run_cluster("stop", directory_);
}

void OwnCluster::crash() {
  must_run("crash", directory_);
}
void OwnCluster::restart() {
  must_run("restart", directory_);
}
std::string OwnCluster::conninfo() const {
  return fmt::format("host={} user=postgres dbname=postgres", directory_);
}

}  // namespace bellows::test
