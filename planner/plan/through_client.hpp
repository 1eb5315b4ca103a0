#pragma once

#include "planner/plan/plan.hpp"

#include <optional>
#include <string>

namespace bellows::plan {

/// A statement of the plan that wants rows from the client that sends it, or sends it some: COPY
/// FROM stdin, COPY TO stdout. Whoever allows one, nobody is there to serve it, and the server's
/// answer is that the transaction is aborted. Nothing: there is none. Pure.
std::optional<std::string> through_client(Plan const& plan);

}  // namespace bellows::plan
