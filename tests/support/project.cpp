#include "tests/support/project.hpp"

#include "runner/cli/command.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace bellows::test {
namespace {

namespace fs = std::filesystem;

std::string text_of(fs::path const& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

fs::path output_of(fs::path const& directory, int pid, char const* which) {
  return directory / (std::string{which} + "." + std::to_string(pid));
}

void redirect(fs::path const& path, int descriptor) {
  int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || ::dup2(file, descriptor) < 0) {
    ::_exit(120);
  }
  ::close(file);
}

void become_a_user(fs::path const& directory, std::string const& conninfo) {
  if (::chdir(directory.c_str()) != 0) {
    ::_exit(121);
  }
  redirect(output_of(directory, ::getpid(), "answer"), STDOUT_FILENO);
  redirect(output_of(directory, ::getpid(), "said"), STDERR_FILENO);
  for (char const* name :
       {"PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE", "PGUSER", "PGPORT", "DATABASE_URL"}) {
    ::unsetenv(name);
  }
  // Sentences are looked for, wherever lines would end; a test may want to see where they do.
  char const* const columns = std::getenv("BELLOWS_TEST_COLUMNS");
  ::setenv("COLUMNS", columns == nullptr ? "1000" : columns, 1);
  if (!conninfo.empty()) {
    ::setenv("DATABASE_URL", conninfo.c_str(), 1);
  }
}

std::vector<char*> as_argv(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Project::Project(std::string conninfo) : conninfo_(std::move(conninfo)) {
  std::string pattern = (fs::temp_directory_path() / "bellows-project-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("mkdtemp failed");
  }
  directory_ = pattern;
  fs::create_directories(directory_ / "migrations");
}

Project::~Project() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void Project::migration(std::string const& name, std::string const& sql) const {
  std::ofstream(directory_ / "migrations" / (name + ".sql")) << sql;
}

int Project::start(std::vector<std::string> const& arguments) const {
  int const pid = ::fork();
  if (pid != 0) {
    return pid;
  }
  become_a_user(directory_, conninfo_);
  std::vector<std::string> words{BELLOWS_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  ::execv(BELLOWS_BINARY, as_argv(words).data());
  ::_exit(122);
}

Ran Project::wait(int pid) const {
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid) {
    throw std::runtime_error("waitpid failed");
  }
  int const code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, text_of(output_of(directory_, pid, "answer")),
          text_of(output_of(directory_, pid, "said"))};
}

std::string Project::said_so_far(int pid) const {
  return text_of(output_of(directory_, pid, "said"));
}

Ran Project::run(std::vector<std::string> const& arguments) const {
  return wait(start(arguments));
}

Ran Project::run_observed(std::vector<std::vector<std::string>> const& commands,
                          Observer const& observe) const {
  int const pid = ::fork();
  if (pid != 0) {
    return wait(pid);
  }
  become_a_user(directory_, conninfo_);
  int code = 0;
  for (std::vector<std::string> const& command : commands) {
    Stop stop;
    code = runner::run_program(command, stop, observe);
    if (code != 0) {
      break;
    }
  }
  ::_exit(code);
}

std::filesystem::path source_directory() {
  return SOURCE_DIR;
}

Observer die_at(int k) {
  auto const seen = std::make_shared<std::atomic<int>>(0);
  return [seen, k](Event const&) {
    if (++*seen == k) {
      ::kill(::getpid(), SIGKILL);
    }
  };
}

}  // namespace bellows::test
