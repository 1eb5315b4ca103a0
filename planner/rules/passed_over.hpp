#pragma once

#include "planner/rules/rule.hpp"

/// IF EXISTS and IF NOT EXISTS: what PostgreSQL passes over with a notice, and reports as done.
namespace bellows::rules {

extern Rule const passed_over;

/// IF EXISTS, and nothing that it names is there: it locks nothing and breaks nobody. Where not all
/// relations are known, nobody knows.
bool finds_nothing(sql::Statement const& statement, catalog::Catalog const& catalog);

/// The same of one sub-command: DROP COLUMN IF EXISTS.
bool finds_nothing(sql::AlterTable const& alter, sql::AlterTableCommand const& command,
                   catalog::Catalog const& catalog);

}  // namespace bellows::rules
