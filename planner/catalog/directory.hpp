#pragma once

#include "planner/catalog/shards.hpp"
#include "planner/sql/identifier.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

/// Which tables to look at, so that no question has to go through all of them. What it names was
/// true of a table once and may be no longer: whoever asks looks at the table. But it leaves none
/// out, as long as note() hears of each table that is made, and of what is new in one.
namespace bellows::catalog {

struct Column;
struct Constraint;
struct Index;
struct Table;

enum class Link : std::uint8_t {
  Below,     // partitions and children of a table
  PointsTo,  // tables with a foreign key to a table
  Names,     // the table that has an index, a constraint or a sequence of a name in its schema
};

class Directory {
 public:
  /// With all that it has.
  void note(Table const& table);
  void note(Table const& table, Column const& column);
  void note(Table const& table, Constraint const& constraint);
  void note(Table const& table, Index const& index);
  /// The hashes of their names (hash_of), each once; Catalog::linked() has the names.
  std::vector<std::size_t> tables(Link link, sql::QualifiedName const& name) const;
  /// Derived: two catalogs are equal whatever their directories remember.
  bool operator==(Directory const&) const { return true; }

 private:
  void add(Link link, sql::Identifier const& schema, sql::Identifier const& name,
           sql::QualifiedName const& table);

  Shards<std::size_t> tables_;
  /// By Link: most schemas have nothing below a table, and many no foreign key.
  std::array<bool, 3> any_{};
};

}  // namespace bellows::catalog
