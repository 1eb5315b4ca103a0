#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// What has the name of an index that is to be made, and whether it is the one that is meant, as
/// far as a catalog tells it. `bellows up` asks the server, which knows the rest.
namespace bellows::rules {

enum class There : std::uint8_t {
  Else,       // another object, or an index of another table
  Invalid,    // an index of this table, of which an interrupted build has left something
  Same,       // just what is meant
  Different,  // an index of this table, and another one
  Unclear     // its text says something that only the server can compare
};

struct IndexThere {
  There what = There::Else;
  std::string words;  // Else: "a table"; Different: "its columns are (b), meant is (a)"
};

/// Nothing: the name is free, or nobody knows.
std::optional<IndexThere> index_there(sql::CreateIndex const& meant,
                                      catalog::Catalog const& catalog);

}  // namespace bellows::rules
