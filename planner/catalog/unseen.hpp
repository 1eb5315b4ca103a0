#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

namespace bellows::catalog {

/// A statement whose doings its text does not show (a DO block with loops, CALL, EXECUTE, a SELECT
/// of a user's function): every table that it can be is marked (Table::unseen). Which those are,
/// its words tell, those of its strings and of the bodies of the functions that it calls; where it
/// puts statements about tables together by itself, all.
void note_unseen(Catalog& catalog, sql::Statement const& statement);

}  // namespace bellows::catalog
