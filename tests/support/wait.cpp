#include "tests/support/wait.hpp"

#include <stdexcept>
#include <thread>

namespace bellows::test {

using namespace std::chrono_literals;

void wait_until(std::function<bool()> const& is_true, std::string const& what,
                std::chrono::seconds deadline) {
  auto const end = std::chrono::steady_clock::now() + deadline;
  while (!is_true()) {
    if (std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("waited in vain for: " + what);
    }
    std::this_thread::sleep_for(2ms);  // between two looks; orders nothing
  }
}

void wait_until_blocked(postgres::Session& watcher, int pid) {
  auto const blocked = [&] {
    return watcher.run("SELECT cardinality(pg_blocking_pids($1::int)) > 0", {std::to_string(pid)})
        .truth(0, 0);
  };
  wait_until(blocked, "process " + std::to_string(pid) + " to wait for a lock");
}

void wait_until_somebody_blocked(postgres::Session& watcher, std::string const& prefix) {
  auto const blocked = [&] {
    return watcher
        .run(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE starts_with(application_name, $1)"
            " AND datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0)",
            {prefix})
        .truth(0, 0);
  };
  wait_until(blocked, "a session of " + prefix + " to wait for a lock");
}

}  // namespace bellows::test
