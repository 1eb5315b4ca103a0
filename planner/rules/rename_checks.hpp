#pragma once

#include "planner/rules/rule.hpp"
#include "planner/rules/swap_company.hpp"
#include "planner/rules/sync_trigger.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace bellows::rules {

/// What the steps of a column rename are made from. Pointers go into the question's catalog.
struct RenameFacts {
  SyncPair pair;
  catalog::Table const* table = nullptr;
  catalog::Column const* column = nullptr;  // the old one
  std::vector<sql::Identifier> key;         // the batches' key
  std::vector<catalog::Index const*>
      indexes;  // that use the old column: the new one needs them too
  std::optional<int> batch_rows;
  bool converts = false;                   // `using` changes the values
  SwapCompany company;                     // of its file, part of the swap
  std::optional<sql::Identifier> touched;  // what the backfill sets, where triggers go by that
};

/// Everything under which the rename can't be split, each with its reason; or the facts.
std::variant<RenameFacts, Refusal> check_rename(sql::RenameColumn const& rename,
                                                Question const& question);

sql::Identifier copied_index_name(SyncPair const& pair, catalog::Index const& index);

}  // namespace bellows::rules
