#include "planner/catalog/references.hpp"
#include "planner/rules/preconditions/immutable.hpp"
#include "planner/rules/preconditions/index_text.hpp"
#include "planner/rules/preconditions/parts.hpp"
#include "planner/sql/expression.hpp"

// Source: parse_utilcmd.c, transformIndexConstraint(); indexcmds.c, DefineIndex(),
// CheckPredicate(), ComputeIndexAttrs(); tablecmds.c, ATExecClusterOn(), ATExecReplicaIdentity(),
// ATExecAttachPartitionIdx(); cluster.c, check_index_is_clusterable(); dependency.c.
namespace bellows::rules::preconditions {

namespace {

// --- ADD … USING INDEX ---

/// The index that a key is to be made of, and what it is to be.
struct Adopted {
  Index const* index = nullptr;
  Table const* table = nullptr;
  bool primary = false;
  explicit operator bool() const { return index != nullptr; }
};

Adopted adopted(Facts const& facts) {
  Table const* table = facts.table();
  auto const* primary = added(facts, ConstraintForm::PrimaryKey);
  auto const* key = primary != nullptr ? primary : added(facts, ConstraintForm::Unique);
  if (table == nullptr || key == nullptr || key->using_index.empty()) {
    return {};
  }
  return {table->index(key->using_index), table, primary != nullptr};
}

MaybeBreach adopts_where(Facts const& facts, bool (*holds)(Adopted const&)) {
  Adopted const one = adopted(facts);
  return one && holds(one) ? std::optional(breach(one.index->name.quoted())) : std::nullopt;
}

MaybeBreach adopts_anothers(Facts const& facts) {
  return adopts_where(facts, [](Adopted const& one) {
    return std::ranges::find(one.table->constraints, one.index->name, &Constraint::index) !=
           one.table->constraints.end();
  });
}

MaybeBreach adopts_foreign(Facts const& facts) {
  Table const* table = facts.table();
  auto const* primary = added(facts, ConstraintForm::PrimaryKey);
  auto const* key = primary != nullptr ? primary : added(facts, ConstraintForm::Unique);
  if (table == nullptr || key == nullptr || key->using_index.empty() ||
      table->index(key->using_index) != nullptr) {
    return std::nullopt;
  }
  Table const* owner = facts.catalog.table_of_index({table->name.schema, key->using_index});
  return owner == nullptr ? std::nullopt
                          : std::optional(breach(key->using_index.quoted(), owner->name.display()));
}

MaybeBreach adopts_invalid(Facts const& facts) {
  return adopts_where(facts, [](Adopted const& one) { return !one.index->valid; });
}

MaybeBreach adopts_repeating(Facts const& facts) {
  return adopts_where(facts, [](Adopted const& one) { return !one.index->unique; });
}

MaybeBreach adopts_expression(Facts const& facts) {
  return adopts_where(facts, [](Adopted const& one) { return one.index->has_expressions; });
}

MaybeBreach adopts_partial(Facts const& facts) {
  return adopts_where(facts, [](Adopted const& one) { return one.index->partial; });
}

MaybeBreach adopts_ordered(Facts const& facts) {
  return adopts_where(facts, [](Adopted const& one) {
    return has_special_order(one.index->definition, *one.table) == true;
  });
}

MaybeBreach adopts_equal_nulls(Facts const& facts) {
  return adopts_where(facts, [](Adopted const& one) {
    return one.primary && treats_nulls_alike(one.index->definition);
  });
}

// --- CREATE INDEX ---

MaybeBreach builds_on_view(Facts const& facts) {
  Table const* table = facts.table();
  return facts.body<sql::CreateIndex>() != nullptr && table != nullptr &&
                 table->kind == TableKind::View
             ? std::optional(breach(""))
             : std::nullopt;
}

MaybeBreach builds_on_foreign(Facts const& facts) {
  Table const* table = facts.table();
  return facts.body<sql::CreateIndex>() != nullptr && table != nullptr &&
                 table->kind == TableKind::Foreign
             ? std::optional(breach(""))
             : std::nullopt;
}

/// What the methods that come with PostgreSQL cannot do.
struct Method {
  std::string_view name;
  bool unique = false;
  bool several = true;  // columns
  bool includes = false;
  bool ordered = false;
};

constexpr Method methods[] = {
    {"btree", true, true, true, true},   {"hash", false, false, false, false},
    {"gist", false, true, true, false},  {"gin", false, true, false, false},
    {"brin", false, true, false, false}, {"spgist", false, false, true, false},
};

Method const* method_of(Facts const& facts) {
  auto const* index = facts.body<sql::CreateIndex>();
  auto const* found =
      index == nullptr ? std::end(methods)
                       : std::ranges::find(methods, std::string_view(index->method), &Method::name);
  return found == std::end(methods) ? nullptr : found;
}

/// INCLUDE came to SP-GiST with 14 (release notes).
bool includes(Facts const& facts, Method const& method) {
  return method.includes && (method.name != "spgist" || facts.catalog.server_version >= 14);
}

MaybeBreach method_lacks(Facts const& facts) {
  Method const* method = method_of(facts);
  if (method == nullptr) {
    return std::nullopt;
  }
  sql::CreateIndex const& index = *facts.body<sql::CreateIndex>();
  std::string const name(method->name);
  if (index.unique && !method->unique) {
    return breach(name, "is not UNIQUE");
  }
  if (!index.include.empty() && !includes(facts, *method)) {
    return breach(name, "has no INCLUDE");
  }
  if (index.keys.size() > 1 && !method->several) {
    return breach(name, "is over one column");
  }
  return std::nullopt;
}

MaybeBreach method_has_no_order(Facts const& facts) {
  Method const* method = method_of(facts);
  return method != nullptr && !method->ordered && says_order(facts.statement.raw.text)
             ? std::optional(breach(std::string(method->name)))
             : std::nullopt;
}

/// Nothing that is stored can be made of a value that no row holds.
MaybeBreach builds_on_virtual(Facts const& facts) {
  auto const* index = facts.body<sql::CreateIndex>();
  Table const* table = facts.table();
  if (index == nullptr || table == nullptr) {
    return std::nullopt;
  }
  for (Identifier const& name : index->mentioned) {
    Column const* column = table->column(name);
    if (column != nullptr && column->virtual_column) {
      return breach(name.quoted());
    }
  }
  return std::nullopt;
}

MaybeBreach builds_on_volatile(Facts const& facts) {
  auto const* index = facts.body<sql::CreateIndex>();
  if (index == nullptr) {
    return std::nullopt;
  }
  for (sql::IndexElement const& key : index->keys) {
    if (may_differ(facts.catalog, facts.table(), key.expression)) {
      return breach(key.expression);
    }
  }
  return may_differ(facts.catalog, facts.table(), index->predicate)
             ? std::optional(breach(index->predicate))
             : std::nullopt;
}

// --- CLUSTER ON, REPLICA IDENTITY USING INDEX ---

Index const* named_index(Facts const& facts, std::string_view kind) {
  Table const* table = facts.table();
  return is(facts, kind) && table != nullptr ? table->index(facts.command->name) : nullptr;
}

/// CLUSTER ON, or CLUSTER … USING.
Index const* clustering_index(Facts const& facts) {
  auto const* body = facts.statement.kind == "CLUSTER" ? facts.body<sql::Other>() : nullptr;
  Table const* table = body == nullptr || body->part.empty() ? nullptr : facts.table();
  return table != nullptr ? table->index(body->part) : named_index(facts, "CLUSTER ON");
}

MaybeBreach clusters_partial(Facts const& facts) {
  Index const* index = clustering_index(facts);
  return index != nullptr && index->partial ? std::optional(breach(index->name.quoted()))
                                            : std::nullopt;
}

MaybeBreach clusters_unordered(Facts const& facts) {
  Index const* index = clustering_index(facts);
  bool const unordered = index != nullptr && index->method != "btree" && index->method != "gist" &&
                         std::ranges::find(methods, std::string_view(index->method),
                                           &Method::name) != std::end(methods);
  return unordered ? std::optional(breach(index->name.quoted(), index->method)) : std::nullopt;
}

MaybeBreach clusters_partitioned(Facts const& facts) {
  Table const* table = facts.table();
  bool const cluster = is(facts, "CLUSTER ON") || is(facts, "SET WITHOUT CLUSTER");
  return cluster && table != nullptr && table->kind == TableKind::Partitioned
             ? std::optional(breach(""))
             : std::nullopt;
}

MaybeBreach identified_by_repeating(Facts const& facts) {
  Index const* index = named_index(facts, "REPLICA IDENTITY");
  return index != nullptr && !index->unique ? std::optional(breach(index->name.quoted()))
                                            : std::nullopt;
}

MaybeBreach identified_in_part(Facts const& facts) {
  Index const* index = named_index(facts, "REPLICA IDENTITY");
  return index != nullptr && (index->partial || index->has_expressions)
             ? std::optional(
                   breach(index->name.quoted(), index->partial ? "partial" : "of an expression"))
             : std::nullopt;
}

MaybeBreach identified_later(Facts const& facts) {
  Index const* index = named_index(facts, "REPLICA IDENTITY");
  if (index == nullptr) {
    return std::nullopt;
  }
  auto const& all = facts.table()->constraints;
  auto const behind = std::ranges::find(all, index->name, &Constraint::index);
  return behind != all.end() && catalog::is_deferrable(*behind)
             ? std::optional(breach(index->name.quoted()))
             : std::nullopt;
}

bool has_unvalidated_not_null(Table const& table, Column const& column) {
  return std::ranges::any_of(table.constraints, [&](Constraint const& constraint) {
    return constraint.kind == ConstraintKind::NotNull && constraint.columns.front() == column.name;
  });
}

/// The first column of the index, in its order, that may be NULL, and whether a NOT NULL NOT VALID
/// says that it must not: 18 is content with that.
MaybeBreach identified_by(Facts const& facts, bool unvalidated) {
  Index const* index = named_index(facts, "REPLICA IDENTITY");
  for (std::size_t i = 0; index != nullptr && i < index->key_columns; ++i) {
    Column const* column = facts.table()->column(index->columns[i]);
    bool const later = column != nullptr && has_unvalidated_not_null(*facts.table(), *column);
    bool const enough = later && facts.catalog.server_version < 19;
    if (column != nullptr && !column->not_null && !enough) {
      return later == unvalidated
                 ? std::optional(breach(index->name.quoted(), column->name.quoted()))
                 : std::nullopt;
    }
  }
  return std::nullopt;
}

MaybeBreach identified_by_nullable(Facts const& facts) {
  return identified_by(facts, false);
}

MaybeBreach identified_by_unvalidated(Facts const& facts) {
  return identified_by(facts, true);
}

// --- DROP INDEX, ALTER INDEX … ATTACH PARTITION ---

MaybeBreach drops_attached(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  if (drop == nullptr || drop->kind != sql::ObjectKind::Index) {
    return std::nullopt;
  }
  for (QualifiedName const& name : facts.targets) {
    Table const* table = facts.catalog.table_of_index(name);
    Index const* index = table == nullptr ? nullptr : table->index(name.name);
    bool const goes = index == nullptr || index->attached_to.name.empty() ||
                      has(facts.targets, index->attached_to);
    if (!goes) {
      return breach(name.display(), index->attached_to.display());
    }
  }
  return std::nullopt;
}

struct Attaching {
  Index const* whole = nullptr;
  Index const* part = nullptr;
  Table const* partition = nullptr;
  QualifiedName parents;  // the index of the partitioned table
};

/// Both indexes are known.
std::optional<Attaching> attaching(Facts const& facts) {
  if (!is(facts, AlterAction::AttachPartition) || facts.alter->on != sql::ObjectKind::Index) {
    return std::nullopt;
  }
  QualifiedName const parents = facts.catalog.resolve(facts.alter->table);
  QualifiedName const part = facts.catalog.resolve(facts.command->other);
  Table const* table = facts.catalog.table_of_index(parents);
  Table const* partition = facts.catalog.table_of_index(part);
  if (table == nullptr || partition == nullptr) {
    return std::nullopt;
  }
  return Attaching{table->index(parents.name), partition->index(part.name), partition, parents};
}

MaybeBreach attaches_to_plain(Facts const& facts) {
  auto const one = attaching(facts);
  Table const* table = one ? facts.catalog.table_of_index(one->parents) : nullptr;
  return table != nullptr && table->kind != TableKind::Partitioned
             ? std::optional(breach(one->parents.display(), table->name.display()))
             : std::nullopt;
}

/// An index of a table that is no partition of the other's, or part of another index already.
MaybeBreach attaches_elsewhere(Facts const& facts) {
  auto const one = attaching(facts);
  if (!one || one->part->attached_to == one->parents) {
    return std::nullopt;
  }
  Table const* table = facts.catalog.table_of_index(one->parents);
  bool const part = one->partition->partition_of == table->name;
  return !part || !one->part->attached_to.name.empty()
             ? std::optional(breach(one->part->name.quoted(), table->name.display()))
             : std::nullopt;
}

MaybeBreach attaches_second(Facts const& facts) {
  auto const one = attaching(facts);
  if (!one || one->part->attached_to == one->parents) {
    return std::nullopt;
  }
  auto const& indexes = one->partition->indexes;
  auto const there = std::ranges::find(indexes, one->parents, &Index::attached_to);
  return there == indexes.end()
             ? std::nullopt
             : std::optional(breach(one->parents.display(), there->name.quoted()));
}

/// As far as the model tells two indexes apart.
MaybeBreach attaches_different(Facts const& facts) {
  auto const one = attaching(facts);
  if (!one || one->part->attached_to == one->parents) {
    return std::nullopt;
  }
  Index const& whole = *one->whole;
  Index const& part = *one->part;
  bool const plain =
      !whole.has_expressions && !part.has_expressions && !whole.partial && !part.partial;
  bool const differs =
      whole.unique != part.unique || whole.method != part.method ||
      whole.has_expressions != part.has_expressions || whole.partial != part.partial ||
      (plain && (whole.columns != part.columns || whole.key_columns != part.key_columns));
  return differs ? std::optional(breach(part.name.quoted(), one->parents.display())) : std::nullopt;
}

constexpr std::string_view build_plain =
    "CREATE UNIQUE INDEX CONCURRENTLY over the plain columns, in a migration of its own, and use "
    "that.";

constexpr Precondition indexes_rows[] = {
    {"55000", adopts_anothers, of::add_constraint,
     "the index {what} is behind a constraint already",
     "Leave it out, or CREATE UNIQUE INDEX CONCURRENTLY another one first."},
    {"55000", adopts_foreign, of::add_constraint, "the index {what} is one of {other}",
     "CREATE UNIQUE INDEX CONCURRENTLY on {table}, in a migration of its own, and use that."},
    {"55000", adopts_invalid, of::add_constraint, "the index {what} is INVALID",
     "DROP INDEX CONCURRENTLY {what} and build it again, in migrations of their own."},
    {"42809", adopts_repeating, of::add_constraint, "the index {what} is not UNIQUE", build_plain},
    {"42809", adopts_expression, of::add_constraint, "the index {what} is over an expression",
     build_plain},
    {"42809", adopts_partial, of::add_constraint, "the index {what} is partial: it has a WHERE",
     build_plain},
    {"42809", adopts_ordered, of::add_constraint,
     "the index {what} has an order, operator class or collation of its own, and a key has not",
     build_plain},
    {"42P16", adopts_equal_nulls, of::add_constraint,
     "the index {what} is NULLS NOT DISTINCT, and a primary key has "
     "no NULLs",
     build_plain, 16},
    {"42809", builds_on_view, of::create_index, "{table} is a view, and holds no rows",
     "Build it on the tables that the view reads."},
    {"42809", builds_on_foreign, of::create_index,
     "{table} is a foreign table, and holds no rows here", "Build it where the data is."},
    {"0A000", method_lacks, of::create_index, "a {what} index {other}", "Use a btree index."},
    {"0A000", method_has_no_order, of::create_index,
     "a {what} index has no ASC, DESC or NULLS FIRST", "Leave it out, or use a btree index."},
    {"0A000", builds_on_virtual, of::create_index,
     "{what} of {table} is a virtual column: no row holds its values",
     "Index the expression that it is computed by.", 18},
    {"42P17", builds_on_volatile, of::create_index, "{what} is not the same at every call",
     "Use an expression that depends on the row alone."},
    {"0A000", clusters_partitioned, of::other_command,
     "{table} is partitioned, and is not clustered as a whole", "CLUSTER ON each partition.", 0,
     18},
    {"42809", clusters_partitioned, of::other_command,
     "{table} is partitioned, and is not clustered as a whole", "CLUSTER ON each partition.", 19},
    {"0A000", clusters_partial, of::other_command | of::other,
     "the index {what} is partial: it does not have every row", "Use an index without WHERE."},
    {"0A000", clusters_unordered, of::other_command | of::other,
     "the index {what} is a {other} one, which has no order", "Use a btree index."},
    {"42809", identified_by_repeating, of::other_command, "the index {what} is not UNIQUE",
     "Use a unique index over NOT NULL columns, or REPLICA IDENTITY FULL."},
    {"0A000", identified_later, of::other_command, "the index {what} is that of a DEFERRABLE key",
     "Use a unique index that is checked at once, or REPLICA IDENTITY FULL."},
    {"0A000", identified_in_part, of::other_command, "the index {what} is {other}",
     "Use a unique index over plain columns, without WHERE, or REPLICA IDENTITY FULL."},
    {"42809", identified_by_nullable, of::other_command,
     "{other}, which the index {what} is over, may be NULL",
     "SET NOT NULL first, without a scan under the lock: `bellows explain set-not-null`."},
    {"55000", identified_by_unvalidated, of::other_command,
     "{other}, which the index {what} is over, may be NULL: its NOT NULL is NOT VALID",
     "ALTER TABLE {table} VALIDATE CONSTRAINT it first, in a migration of its own.", 19},
    {"2BP01", drops_attached, of::drop, "{what} is part of {other}, the partitioned table's index",
     "DROP INDEX {other}, which drops it on every partition."},
    {"42809", attaches_to_plain, of::attach_partition,
     "{what} is an index of {other}, which is not partitioned",
     "Name the index of the partitioned table first, then that of the partition."},
    {"55000", attaches_elsewhere, of::attach_partition,
     "{what} is on no partition of {other}, or is part of another index already",
     "Name the index of one of its partitions, or ATTACH the partition first."},
    {"55000", attaches_second, of::attach_partition,
     "{other} of the partition is attached to {what} already", "Leave it out."},
    {"42P17", attaches_different, of::attach_partition, "{what} is not like {other}",
     "Build one on the partition with the same columns and options, and attach that."},
};

}  // namespace

std::span<Precondition const> of_indexes() {
  return indexes_rows;
}

}  // namespace bellows::rules::preconditions
