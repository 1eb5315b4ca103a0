#include "runner/rollout/row_holders.hpp"

#include <algorithm>

namespace bellows::runner {

Hold RowHolders::find() {
  auto const now = std::chrono::steady_clock::now();
  if (!found_ || now - looked_at_ >= std::chrono::seconds{1}) {
    looked_at_ = now;
    found_ = look();
  }
  return *found_;
}

Hold RowHolders::look() {
  try {
    if (auto const holder = holder_against(locks::Mode::RowExclusive)) {
      return locked_table(job_, *holder);
    }
    return row_lock(job_, holder_against(locks::Mode::Exclusive));
  } catch (postgres::Failure const&) {  // it is only a look: the backfill has sessions of its own
    return row_lock(job_, std::nullopt);
  }
}

std::optional<ddl::Blocker> RowHolders::holder_against(locks::Mode mode) {
  auto const all = ddl::find_blockers(run_.session(), {{table_, mode}});
  auto const found = std::ranges::find_if(
      all, [](ddl::Blocker const& blocker) { return !blocker.application.starts_with("bellows"); });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

}  // namespace bellows::runner
