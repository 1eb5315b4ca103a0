#pragma once

#include "tests/support/temp_database.hpp"
#include "tests/support/wait.hpp"

#include <fmt/core.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <pwd.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace bellows::test {

/// PgBouncer in transaction mode before the server of the db tests, in a directory of its own; only
/// its Unix socket listens. Ends with this object.
class Pooler {
 public:
  static constexpr char const* program = "/usr/sbin/pgbouncer";
  static bool installed() { return std::filesystem::exists(program); }

  explicit Pooler(int pool_size) {
    std::string pattern = "/tmp/bellows-pooler-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error("mkdtemp failed");
    }
    directory_ = pattern;
    std::ofstream(directory_ / "pgbouncer.ini") << settings(pool_size);
    start();
    wait_until([this] { return answers(); }, "the pooler to answer");
  }
  Pooler(Pooler const&) = delete;
  Pooler& operator=(Pooler const&) = delete;
  ~Pooler() {
    ::kill(pid_, SIGTERM);  // at once, whoever is still connected
    ::waitpid(pid_, nullptr, 0);
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::string conninfo(std::string const& database) const {
    return fmt::format("host={} port=6432 user=postgres dbname={}", directory_.string(), database);
  }

 private:
  std::string settings(int pool_size) const {
    std::string const server = test_server();
    std::string const host = server.substr(5, server.find(' ') - 5);
    return fmt::format(
        "[databases]\n* = host={} user=postgres\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\n"
        "unix_socket_dir = {}\nlogfile = {}/log\nauth_type = any\npool_mode = transaction\n"
        "default_pool_size = {}\nreserve_pool_size = 0\n",
        host, directory_.string(), directory_.string(), pool_size);
  }

  /// It refuses to be root; then it is who runs the server.
  void start() {
    passwd const* const other = ::getuid() == 0 ? ::getpwnam("postgres") : nullptr;
    if (other != nullptr && ::chown(directory_.c_str(), other->pw_uid, other->pw_gid) != 0) {
      throw std::runtime_error("chown failed");
    }
    std::string const file = directory_ / "pgbouncer.ini";
    pid_ = ::fork();
    if (pid_ != 0) {
      return;
    }
    bool const changed =
        other == nullptr || (::setgid(other->pw_gid) == 0 && ::setuid(other->pw_uid) == 0);
    if (changed) {
      ::execl(program, program, "-q", file.c_str(), nullptr);
    }
    ::_exit(120);
  }

  bool answers() const {
    if (::waitpid(pid_, nullptr, WNOHANG) != 0) {
      throw std::runtime_error("the pooler ended");
    }
    try {
      postgres::Session::connect(conninfo("postgres"), "test").run("SELECT 1");
      return true;
    } catch (postgres::Failure const&) {
      return false;
    }
  }

  std::filesystem::path directory_;
  pid_t pid_ = 0;
};

}  // namespace bellows::test
