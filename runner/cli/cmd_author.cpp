#include "runner/cli/command.hpp"

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <ctime>
#include <filesystem>

/// init and new: files only, no database.
namespace bellows::runner {
namespace {

namespace fs = std::filesystem;

constexpr char const* config_template =
    R"(# bellows.yaml: settings; flags and BELLOWS_* variables outrank them (bellows --explain-config).
# database_url: service=production   # better in DATABASE_URL, a service file, or .pgpass
migrations: migrations
plans: plans
gates:
  quiet: 60s      # no write through the old side for so long, before contract
)";

constexpr char const* migration_template = R"(-- {}
-- bellows: up


-- bellows: down

)";

std::string now_as_prefix() {
  std::time_t const now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%Y%m%d%H%M%S", &utc);
  return text.data();
}

bool plain(std::string const& name) {
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
                              std::string::npos;
}

}  // namespace

int run_init(Invocation& invocation) {
  Options const& options = invocation.options;
  std::string made;
  for (char const* directory : {"migrations", "plans"}) {
    if (fs::create_directories(options.text(directory))) {
      made += "  " + options.text(directory) + "/\n";
    }
  }
  if (!fs::exists("bellows.yaml")) {
    write_file("bellows.yaml", config_template);
    made += "  bellows.yaml\n";
  }
  invocation.console.answer(made.empty() ? "everything is there already\n"
                                         : "made\n" + made + "next: bellows new NAME\n");
  return exit_done;
}

int run_new(Invocation& invocation) {
  Options const& options = invocation.options;
  if (options.operands().size() != 1 || !plain(options.operands().front())) {
    throw UsageError(
        "`bellows new` wants one NAME of letters, digits, _ and -, like rename_users_name");
  }
  std::string const& name = options.operands().front();
  fs::path const path =
      fs::path(options.text("migrations")) / fmt::format("{}_{}.sql", now_as_prefix(), name);
  if (fs::exists(path)) {
    throw ProjectError(fmt::format("{} is there already", path.string()), "wait a second");
  }
  fs::create_directories(path.parent_path());
  write_file(path, fmt::format(migration_template, name));
  invocation.console.answer(path.string() + "\n");
  return exit_done;
}

}  // namespace bellows::runner
