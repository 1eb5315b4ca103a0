#pragma once

#include "planner/plan/plan.hpp"
#include "planner/rules/rule.hpp"

/// What a plan says beside its statements where they add or rename columns, or write rows: the
/// trial, what is asked about subscribers, the triggers that fire.
namespace bellows::plan {

/// One of the step's statements adds a column.
bool adds_column(Step const& step);

/// Of the statement that `step` carries out: its trial and requirements.
void note_additions(Plan& plan, Step& step, rules::Question const& question);

/// What each row of the backfill fires.
void note_fired(Plan& plan, catalog::Catalog const& catalog);

}  // namespace bellows::plan
