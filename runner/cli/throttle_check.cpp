#include "runner/cli/throttle_check.hpp"

#include "batcher/signals/sampler.hpp"
#include "runner/cli/command.hpp"

#include <fmt/core.h>

namespace bellows::runner {
namespace {

[[noreturn]] void broken(std::string const& query, std::string const& why) {
  throw UsageError(fmt::format(
      "--throttle-query can't be asked, and nothing was begun: {}\n  it is: {}", why, query));
}

/// It is read in a read-only transaction.
bool for_good(postgres::FailureKind kind) {
  return postgres::is_refusal(kind) || kind == postgres::FailureKind::ReadOnly;
}

}  // namespace

void check_throttle_query(Options const& options) {
  std::string const& query = options.text("throttle-query");
  if (query.empty() || options.text("throttle") == "off") {
    return;
  }
  auto session = postgres::Session::connect(conninfo(options), "bellows " + options.command());
  try {
    auto const reading = batcher::ask(session, query);
    if (!reading.utilisation && reading.why.find("not a number") != std::string::npos) {
      broken(query, reading.why);
    }
  } catch (postgres::Failure const& failure) {
    if (for_good(failure.kind)) {
      broken(query, fmt::format("{} (SQLSTATE {})", failure.what(), failure.sqlstate));
    }
  }  // anything else may pass: it is asked again each second
}

}  // namespace bellows::runner
