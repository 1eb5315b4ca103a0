#pragma once

#include "batcher/keys/range_sql.hpp"
#include "batcher/preview/preview.hpp"

#include <nlohmann/json.hpp>

#include <string>

/// What EXPLAIN says of a job's statement, tried.
namespace bellows::batcher {

double number(nlohmann::json const& object, char const* name);  // 0 where it has none
/// Runs it, and what it cost.
nlohmann::json analyzed(postgres::Transaction& transaction, Statement const& writing);
Sampled sampled_from(nlohmann::json const& explained);
void add_triggers(Preview& preview, nlohmann::json const& explained);
/// How it would be run, for people.
std::string explain_text(postgres::Transaction& transaction, Statement const& statement);

}  // namespace bellows::batcher
