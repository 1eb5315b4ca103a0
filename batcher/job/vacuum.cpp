#include "batcher/job/vacuum.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr std::int64_t trifle = 5'000;  // dead rows: about a hundred pages

}  // namespace

Vacuum::Vacuum(double share, std::int64_t rows)
    : limit_(share <= 0
                 ? 0
                 : std::max(static_cast<std::int64_t>(share * static_cast<double>(rows)), trifle)) {
}

void Vacuum::left_behind(std::int64_t rows) {
  std::lock_guard const lock(mutex_);
  dead_ += rows;
}

bool Vacuum::due() {
  std::lock_guard const lock(mutex_);
  if (limit_ == 0 || dead_ < limit_) {
    return false;
  }
  dead_ = 0;
  return true;
}

bool run_vacuum(postgres::Session& session, Spec const& spec) {
  bool skipped = false;
  session.hear([&](std::string const& notice) {
    skipped = skipped || notice.find("skipping") != std::string::npos;
  });
  try {
    session.run(fmt::format("VACUUM (INDEX_CLEANUP off, TRUNCATE off, SKIP_LOCKED) {}",
                            spec.table.quoted()));
  } catch (postgres::Failure const& failure) {
    skipped = true;
    if (!session.alive()) {
      session.hear(nullptr);
      throw;
    }
    spdlog::info("{}: VACUUM of {} was not possible: {}", spec.id, spec.table.display(),
                 failure.what());
  }
  session.hear(nullptr);
  return !skipped;
}

}  // namespace bellows::batcher
