#pragma once

#include "planner/sql/statement.hpp"

#include <string>

/// SET and its kin beside the statements of a migration.
namespace bellows::rules {

/// SET, RESET, set_config(): later statements may mean something else by it.
bool is_setting(sql::Statement const& statement);

/// SET LOCAL: over with its transaction.
bool is_local_setting(sql::Statement const& statement);

/// It says how long or by what means something is done, never what: SET lock_timeout. Such a one
/// may stand before a statement that is split, and is said in each of its steps.
bool goes_along(sql::Statement const& statement);

/// The same for one transaction: SET LOCAL.
std::string local_form(sql::Statement const& setting);

}  // namespace bellows::rules
