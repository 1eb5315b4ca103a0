#pragma once

#include "planner/rules/review.hpp"

#include <span>
#include <vector>

/// BEGIN … COMMIT in a migration file: what stands between is one transaction, because its author
/// says so. Files that psql runs are written like that, and so are those of several generators.
namespace bellows::rules {

/// BEGIN or START TRANSACTION, without a mode. COMMIT or END.
bool opens(sql::Statement const& statement);
bool closes(sql::Statement const& statement);

/// What a file of these statements shares: one of one statement may share nothing.
Sharing sharing_of(std::span<sql::Statement const> statements, Conduct const& conduct);

/// Each BEGIN has its COMMIT, and nothing else in the file controls transactions.
bool well_bracketed(std::span<Reviewed const> statements);

/// The parts of a file that share a transaction, or may: by BEGIN and COMMIT, where these are well
/// bracketed, and by who runs it. Of any other file, the whole.
std::vector<std::span<Reviewed const>> transactions_of(std::span<Reviewed const> statements,
                                                       Sharing sharing);

}  // namespace bellows::rules
