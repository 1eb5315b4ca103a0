#pragma once

#include "runner/rollout/gate.hpp"

namespace bellows::runner {

/// The gate `unnamed`: asks the server now for every trigger of the gate's table, of its partitions
/// and children and of the views that read it, and reads what their functions say. Open when none
/// says the column, but those that the swap replaces; what cannot be read (compiled code) is told.
GateState look_at_names(postgres::Session& session, plan::Gate const& gate);

}  // namespace bellows::runner
