#include "planner/locks/partitions.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/sql/bounds_proof.hpp"

#include <algorithm>

// Source: tablecmds.c, ATExecAttachPartition(), QueuePartitionConstraintValidation(),
// AttachPartitionEnsureIndexes(), CloneForeignKeyConstraints(); tried on 13 to 18.
namespace bellows::locks {

namespace {

using catalog::Constraint;
using catalog::ConstraintKind;
using catalog::Index;
using catalog::Table;
using catalog::TableKind;
using related::Names;
using sql::QualifiedName;

void add_name(Names& names, QualifiedName const& name) {
  if (std::ranges::find(names, name) == names.end()) {
    names.push_back(name);
  }
}

bool tells(Table const& parent, Table const& table, sql::PartitionBounds const& bounds,
           bool inside) {
  sql::PartitionKey const& key = parent.partition_key;
  if (key.columns.size() != 1 || key.has_expressions || bounds.strategy != key.strategy) {
    return false;
  }
  catalog::Column const* column = table.column(key.columns.front());
  if (column == nullptr) {
    return false;
  }
  std::vector<std::string> checks;
  for (Constraint const& constraint : table.constraints) {
    if (constraint.kind == ConstraintKind::Check && constraint.validated) {
      checks.push_back(constraint.definition);
    }
  }
  // What is different under a collation of one's own, only the server knows.
  std::string const type = column->collation.empty() ? column->type : "";
  sql::KeyFacts const facts{column->name, type, column->not_null, checks};
  return inside ? sql::proves_inside(facts, bounds) : sql::proves_outside(facts, bounds);
}

bool same_index(Index const& a, Index const& b) {
  return a.columns == b.columns && a.key_columns == b.key_columns && a.method == b.method &&
         a.unique == b.unique && a.partial == b.partial && a.has_expressions == b.has_expressions;
}

Constraint const* of_index(Table const& table, Index const& index) {
  auto const found = std::ranges::find(table.constraints, index.name, &Constraint::index);
  return found == table.constraints.end() ? nullptr : &*found;
}

/// An index behind a constraint is taken only where the same constraint is behind it.
bool serves(Table const& table, Index const& index, Table const& parent, Index const& wanted) {
  Constraint const* own = of_index(table, index);
  Constraint const* theirs = of_index(parent, wanted);
  bool const as_constraint = theirs == nullptr || (own != nullptr && own->kind == theirs->kind);
  return index.valid && same_index(index, wanted) && as_constraint;
}

/// The table's own foreign key that is like `wanted`; nullptr where it has none.
Constraint const* same_foreign_key(Table const& table, Constraint const& wanted) {
  auto const found = std::ranges::find_if(table.constraints, [&](Constraint const& constraint) {
    return constraint.kind == ConstraintKind::ForeignKey && constraint.columns == wanted.columns &&
           constraint.references == wanted.references &&
           constraint.referenced_columns == wanted.referenced_columns;
  });
  return found == table.constraints.end() ? nullptr : &*found;
}

/// Before 18 one that is NOT VALID does not count; since then it is taken over and validated.
bool takes_over(Facts const& facts, Constraint const* own) {
  return own != nullptr && (own->validated || facts.catalog.server_version >= 18);
}

Table const* attached_table(Facts const& facts) {
  bool const attaches = facts.command != nullptr &&
                        facts.command->action == sql::AlterAction::AttachPartition &&
                        facts.alter->on == sql::ObjectKind::Table;
  return attaches ? facts.catalog.table(facts.command->other) : nullptr;
}

/// What the foreign keys of the parent that the new partition has, or has not, point to.
Names referenced_where(Facts const& facts, bool already) {
  Table const* parent = partitioned_parent(facts);
  Table const* table = attached_table(facts);
  Names names;
  for (Constraint const& constraint :
       parent == nullptr ? std::vector<Constraint>{} : parent->constraints) {
    bool const there = table != nullptr && takes_over(facts, same_foreign_key(*table, constraint));
    if (constraint.kind == ConstraintKind::ForeignKey && there == already) {
      for (QualifiedName const& each :
           catalog::with_children(facts.catalog, constraint.references, false)) {
        add_name(names, each);
      }
    }
  }
  return names;
}

bool holds_rows(Table const& table) {
  return table.kind == TableKind::Table;
}

}  // namespace

Table const* partitioned_parent(Facts const& facts) {
  if (auto const* create = facts.body<sql::CreateTable>()) {
    return create->partition_of.name.empty() ? nullptr : facts.catalog.table(create->partition_of);
  }
  bool const about_partition =
      facts.command != nullptr && (facts.command->action == sql::AlterAction::AttachPartition ||
                                   facts.command->action == sql::AlterAction::DetachPartition);
  return about_partition ? facts.table() : nullptr;
}

sql::PartitionBounds const* bounds_of(Facts const& facts) {
  if (auto const* create = facts.body<sql::CreateTable>()) {
    return create->partition_of.name.empty() ? nullptr : &create->bounds;
  }
  bool const attaches =
      facts.command != nullptr && facts.command->action == sql::AlterAction::AttachPartition;
  return attaches ? &facts.command->bounds : nullptr;
}

bool tells_inside(Table const& parent, Table const& table, sql::PartitionBounds const& bounds) {
  return tells(parent, table, bounds, true);
}

bool tells_outside(Table const& parent, Table const& table, sql::PartitionBounds const& bounds) {
  return tells(parent, table, bounds, false);
}

std::vector<Index const*> missing_indexes(Table const& parent, Table const& table) {
  std::vector<Index const*> missing;
  for (Index const& wanted : parent.indexes) {
    bool const there = std::ranges::any_of(
        table.indexes, [&](Index const& index) { return serves(table, index, parent, wanted); });
    if (!there) {
      missing.push_back(&wanted);
    }
  }
  return missing;
}

namespace related {

Names attached(Facts const& facts) {
  Table const* table = attached_table(facts);
  if (table == nullptr) {
    return other_table(facts);
  }
  return catalog::with_children(facts.catalog, table->name, false);
}

Names attached_and_read(Facts const& facts) {
  Table const* parent = partitioned_parent(facts);
  Table const* table = attached_table(facts);
  sql::PartitionBounds const* bounds = bounds_of(facts);
  if (parent == nullptr || table == nullptr || bounds == nullptr) {
    return other_table(facts);  // what is not known is taken for read
  }
  bool const whole = tells_inside(*parent, *table, *bounds);
  bool const checks_keys = !referenced_anew(facts).empty() || !referenced_unchecked(facts).empty();
  Names names;
  for (QualifiedName const& name : attached(facts)) {
    Table const* leaf = facts.catalog.table(name);
    bool const read = leaf != nullptr && holds_rows(*leaf) &&
                      (checks_keys || !missing_indexes(*parent, *leaf).empty() ||
                       !(whole || tells_inside(*parent, *leaf, *bounds)));
    if (read) {
      names.push_back(name);
    }
  }
  return names;
}

Names default_partition(Facts const& facts) {
  Names parents = partition_parent(facts);
  if (parents.empty()) {
    parents = facts.body<sql::Drop>() == nullptr ? facts.targets : parent(facts);
  }
  Names found;
  for (QualifiedName const& name : parents) {
    for (QualifiedName const& child : facts.catalog.linked(catalog::Link::Below, name)) {
      Table const* table = facts.catalog.table(child);
      if (table != nullptr && table->default_partition && table->partition_of == name) {
        add_name(found, child);
      }
    }
  }
  return found;
}

Names parts_of_default(Facts const& facts) {
  Table const* parent = partitioned_parent(facts);
  sql::PartitionBounds const* bounds = bounds_of(facts);
  Names names;
  for (QualifiedName const& name : default_partition(facts)) {
    Table const* table = facts.catalog.table(name);
    bool const told = parent != nullptr && table != nullptr && bounds != nullptr &&
                      tells_outside(*parent, *table, *bounds);
    for (QualifiedName const& each : catalog::with_children(facts.catalog, name, false)) {
      if (!told && each != name) {
        names.push_back(each);
      }
    }
  }
  return names;
}

Names default_and_read(Facts const& facts) {
  Table const* parent = partitioned_parent(facts);
  sql::PartitionBounds const* bounds = bounds_of(facts);
  Names candidates = default_partition(facts);
  Names const parts = parts_of_default(facts);
  candidates.insert(candidates.end(), parts.begin(), parts.end());
  std::erase_if(candidates, [&](QualifiedName const& name) {
    Table const* table = facts.catalog.table(name);
    return table == nullptr || parent == nullptr || bounds == nullptr || !holds_rows(*table) ||
           tells_outside(*parent, *table, *bounds);
  });
  return candidates;
}

Names referenced_anew(Facts const& facts) {
  return referenced_where(facts, false);
}

Names referenced_already(Facts const& facts) {
  return referenced_where(facts, true);
}

Names referenced_unchecked(Facts const& facts) {
  Table const* parent = partitioned_parent(facts);
  Table const* table = attached_table(facts);
  Names names;
  for (Constraint const& constraint :
       parent == nullptr || table == nullptr ? std::vector<Constraint>{} : parent->constraints) {
    Constraint const* own = same_foreign_key(*table, constraint);
    if (constraint.kind == ConstraintKind::ForeignKey && own != nullptr && !own->validated) {
      add_name(names, constraint.references);
    }
  }
  return names;
}

Names referenced_by_parent(Facts const& facts) {
  Names names = referenced_where(facts, false);
  for (QualifiedName const& name : referenced_where(facts, true)) {
    add_name(names, name);
  }
  return names;
}

Names referencing_parent(Facts const& facts) {
  Table const* parent = partitioned_parent(facts);
  Names names;
  if (parent == nullptr) {
    return names;
  }
  for (Table const* table : facts.catalog.referencing(parent->name)) {
    add_name(names, table->name);
  }
  return names;
}

}  // namespace related

}  // namespace bellows::locks
