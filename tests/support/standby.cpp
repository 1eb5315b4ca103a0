#include "tests/support/standby.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

namespace bellows::test {
namespace {

std::string next_directory() {
  static std::atomic<int> count{0};
  return fmt::format("/tmp/bellows-sby-{}-{}", ::getpid(), ++count);
}

// The programs of the newest server, as somebody who is not root.
constexpr char const* preamble =
    "set -eu; cd /;"
    " bin=${BELLOWS_PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)};"
    " as() { if [ $(id -u) -eq 0 ]; then runuser -u postgres -- \"$@\"; else \"$@\"; fi; };";

void must_run(std::string const& script) {
  std::string const whole =
      fmt::format("{} {{ {} ; }} >/dev/null 2>&1 </dev/null", preamble, script);
  if (int const status = std::system(whole.c_str()); status != 0) {
    throw std::runtime_error(fmt::format("a standby's script failed ({}): {}", status, script));
  }
}

std::string host_in(std::string const& conninfo) {
  auto const from = conninfo.find("host=") + 5;
  return conninfo.substr(from, conninfo.find(' ', from) - from);
}

}  // namespace

Standby::Standby(OwnCluster const& primary) : directory_(next_directory()) {
  std::string const host = host_in(primary.conninfo());
  must_run(fmt::format(
      "mkdir -m 700 {0}; if [ $(id -u) -eq 0 ]; then chown postgres {0}; fi;"
      " as $bin/pg_basebackup -h {1} -U postgres -D {0}/data -R -X stream -c fast;"
      " printf \"unix_socket_directories = '{0}'\\nprimary_conninfo = 'host={1} user=postgres"
      " application_name=standby1'\\n\" | as tee -a {0}/data/postgresql.auto.conf;"
      " as $bin/pg_ctl -D {0}/data -l {0}/log -w -t 60 start",
      directory_, host));
}

Standby::~Standby() {
  try {
    must_run(
        fmt::format("as $bin/pg_ctl -D {0}/data -w -m immediate stop; rm -rf {0}", directory_));
  } catch (std::exception const&) {  // a directory is left in /tmp
  }
}

void Standby::promote() {
  must_run(fmt::format("as $bin/pg_ctl -D {}/data -w -t 60 promote", directory_));
}

std::string Standby::conninfo() const {
  return fmt::format("host={} user=postgres dbname=postgres", directory_);
}

}  // namespace bellows::test
