#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/plan/plan.hpp"
#include "runner/rollout/project.hpp"

namespace bellows::runner {

/// A plan's table is not what it seems: its rows are on other servers.
class RowsElsewhere : public ProjectError {
 public:
  using ProjectError::ProjectError;
};

/// Throws RowsElsewhere where an extension keeps a table of the plan, or a partition or child of
/// it, on other servers, or where a table that the plan's batches go over has a foreign partition
/// or child. Asked before each run of a plan, since a table may have become such a one after it was
/// made (Citus makes a local table its own when a foreign key from it is added).
void refuse_rows_elsewhere(postgres::Session& session, plan::Plan const& plan);

}  // namespace bellows::runner
