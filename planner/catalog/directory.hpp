#pragma once

#include "planner/sql/identifier.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

/// Which tables to look at, so that no question has to go through all of them. What it names was
/// true of a table once and may be no longer: whoever asks looks at the table. But it leaves none
/// out, as long as note() hears of each table that is made or changed.
namespace bellows::catalog {

struct Table;

enum class Link : std::uint8_t {
  Below,     // partitions and children of a table
  PointsTo,  // tables with a foreign key to a table
  Names,     // the table that has an index, a constraint or a sequence of a name in its schema
};

class Directory {
 public:
  void note(Table const& table);
  /// By name, each once.
  std::vector<sql::QualifiedName> tables(Link link, sql::QualifiedName const& name) const;
  /// Derived: two catalogs are equal whatever their directories remember.
  bool operator==(Directory const&) const { return true; }

 private:
  using Entries = std::unordered_multimap<std::size_t, sql::QualifiedName>;

  void add(Link link, sql::QualifiedName const& name, sql::QualifiedName const& table);
  bool has(std::size_t key, sql::QualifiedName const& table) const;
  void merge();

  // Copies of a catalog share the large part, so that a plan can have a world of its own.
  std::shared_ptr<Entries const> shared_;
  Entries own_;
};

}  // namespace bellows::catalog
