#include "runner/rollout/row_holders.hpp"

#include <algorithm>

namespace bellows::runner {

Hold RowHolders::find() {
  auto const now = std::chrono::steady_clock::now();
  if (now - looked_at_ >= std::chrono::seconds{1}) {
    looked_at_ = now;
    holder_ = look();
  }
  return row_lock(job_, holder_);
}

std::optional<ddl::Blocker> RowHolders::look() {
  try {
    auto const all = ddl::find_blockers(run_.session(), {{table_, locks::Mode::Exclusive}});
    auto const found = std::ranges::find_if(all, [](ddl::Blocker const& blocker) {
      return !blocker.application.starts_with("bellows");
    });
    return found == all.end() ? std::nullopt : std::optional(*found);
  } catch (postgres::Failure const&) {  // it is only a look: the backfill has sessions of its own
    return std::nullopt;
  }
}

}  // namespace bellows::runner
