#pragma once

#include "planner/plan/plan.hpp"
#include "runner/ledger/store.hpp"

#include <string>

/// Words that a reader has met, for what the ledger calls by names of its own. Pure.
namespace bellows::runner {

/// "step swap"; of a file's own statements, which are steps by bellows' counting only, themselves:
/// "`CREATE INDEX CONCURRENTLY i ON t (id)`", "the 3 statements from `CREATE TABLE …` on".
std::string in_words(plan::Step const& step);
/// The same of the plan's step of that id; "step ID" where it has none.
std::string step_in_words(plan::Plan const& plan, std::string const& id);

/// What a step is for, as its plan says it to people: "drops the copy and renames the original, in
/// one transaction"; of one whose plan has no sentence, in_words().
std::string purpose_of(plan::Step const& step);

/// The first line of a statement, cut where it is long.
std::string first_line(std::string const& sql);

/// "contracted" is said of what was split; of the rest, at its end, "done".
std::string state_in_words(State state, bool split);
std::string state_in_words(MigrationRow const& row);

}  // namespace bellows::runner
