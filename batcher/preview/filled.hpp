#pragma once

#include "batcher/preview/preview.hpp"

#include <string>
#include <utility>
#include <vector>

/// What a job writes, and whether that can be tried already.
namespace bellows::batcher {

/// What a job writes, as it is shown: which columns of which table.
struct Filled {
  Writes kind = Writes::Delete;
  sql::QualifiedName table;
  std::vector<std::pair<sql::Identifier, std::string>> columns;
};

Filled filled(Spec const& spec);
/// All of them are there.
bool columns_exist(postgres::Transaction& transaction, Filled const& filled);

/// The job's predicate, true or false.
std::string matches(Spec const& spec);
/// It sets columns to what they are, and leaves the rest to a trigger.
bool is_touch(Spec const& spec);
/// The columns that its predicate names are there. Else the transaction is over.
bool can_be_asked(postgres::Transaction& transaction, Spec const& spec);

}  // namespace bellows::batcher
