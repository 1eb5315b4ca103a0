#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/plan/make_plan.hpp"
#include "runner/rollout/project.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// A migration that was aborted, with a reason, although some of it had no way back: that stayed.
/// Begun again it goes on behind it, since nothing is done twice.
namespace bellows::runner {

struct BegunAgain {
  std::variant<plan::Plan, plan::NoPlan> plan;  // NoPlan: the rest cannot run
  std::vector<plan::Step> stayed;               // the first ones of it, which are done
  /// Of the rest, what is there already, though it is not what is meant: the statements that take
  /// it away.
  std::vector<std::string> in_the_way;
};

/// Nothing where it was not aborted, where nothing stayed or all of that is gone by now, or where
/// its file does not begin with what stayed: then it begins as any other. Reads the ledger and the
/// catalog.
std::optional<BegunAgain> begun_again(postgres::Session& session, Project const& project,
                                      Project::Entry const& entry);

}  // namespace bellows::runner
