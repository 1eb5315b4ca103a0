#include "planner/catalog/edit.hpp"
#include "planner/locks/partition_overlap.hpp"
#include "planner/rules/preconditions/merged_columns.hpp"
#include "planner/rules/preconditions/option_names.hpp"
#include "planner/rules/preconditions/parts.hpp"

// Source: tablecmds.c, ATExecAttachPartition(), ATExecDetachPartition(), ATPrepAddInherit(),
// ATExecAddInherit(), MergeAttributesIntoExisting(), MergeConstraintsIntoExisting(),
// AttachPartitionEnsureIndexes(), ATExecDropConstraint(), ATSimplePermissions();
// parse_utilcmd.c, transformPartitionBound().
namespace bellows::rules::preconditions {

namespace {

/// ATTACH PARTITION, with both tables known.
struct Attached {
  Table const* parent;
  Table const* table;
};

bool attaches(Facts const& facts) {
  return is(facts, AlterAction::AttachPartition) && facts.alter->on != sql::ObjectKind::Index;
}

std::optional<Attached> attached(Facts const& facts) {
  Table const* parent = attaches(facts) ? facts.table() : nullptr;
  Table const* table = parent == nullptr ? nullptr : facts.catalog.table(facts.command->other);
  return table == nullptr ? std::nullopt : std::optional(Attached{parent, table});
}

/// INHERIT, likewise.
std::optional<Attached> inheriting(Facts const& facts) {
  Table const* table = is(facts, "INHERIT") ? facts.table() : nullptr;
  Table const* parent = table == nullptr ? nullptr : facts.catalog.table(facts.command->other);
  return parent == nullptr ? std::nullopt : std::optional(Attached{parent, table});
}

template <typename Holds>
MaybeBreach attached_where(Facts const& facts, Holds holds) {
  auto const one = attached(facts);
  return one && holds(*one) ? std::optional(breach(one->table->name.display())) : std::nullopt;
}

// --- what the parent is ---

bool takes_no_partitions(Facts const& facts) {
  Table const* parent = facts.table();
  bool const asks = attaches(facts) || is(facts, AlterAction::DetachPartition);
  return asks && facts.alter->on != sql::ObjectKind::Index && parent != nullptr &&
         parent->kind != TableKind::Partitioned;
}

MaybeBreach parent_is_plain(Facts const& facts) {
  return takes_no_partitions(facts) ? std::optional(breach(facts.target().display()))
                                    : std::nullopt;
}

Table const* parent_of_new(Facts const& facts) {
  auto const* create = facts.body<sql::CreateTable>();
  bool const makes = create != nullptr && !create->partition_of.name.empty() &&
                     !(create->if_not_exists && facts.table() != nullptr);
  return makes ? facts.catalog.table(create->partition_of) : nullptr;
}

MaybeBreach made_of_plain(Facts const& facts) {
  Table const* parent = parent_of_new(facts);
  return parent != nullptr && parent->kind != TableKind::Partitioned
             ? std::optional(breach(parent->name.display()))
             : std::nullopt;
}

MaybeBreach other_strategy(Facts const& facts) {
  auto const [parent, bounds] = locks::coming(facts);
  if (parent == nullptr || parent->kind != TableKind::Partitioned) {
    return std::nullopt;
  }
  bool const hash_default = bounds->is_default && parent->partition_key.strategy == "hash";
  bool const differs = !bounds->is_default && !bounds->strategy.empty() &&
                       bounds->strategy != parent->partition_key.strategy;
  return hash_default || differs
             ? std::optional(breach(parent->name.display(), parent->partition_key.strategy))
             : std::nullopt;
}

MaybeBreach other_number_of_bounds(Facts const& facts) {
  auto const [parent, bounds] = locks::coming(facts);
  bool const range = parent != nullptr && parent->partition_key.strategy == "range" &&
                     bounds->strategy == "range" && !parent->partition_key.has_expressions;
  std::size_t const key = range ? parent->partition_key.columns.size() : 0;
  return range && (bounds->lower.size() != key || bounds->upper.size() != key)
             ? std::optional(breach(parent->name.display(), std::to_string(key)))
             : std::nullopt;
}

MaybeBreach second_default(Facts const& facts) {
  auto const [parent, bounds] = locks::coming(facts);
  if (parent == nullptr || !bounds->is_default) {
    return std::nullopt;
  }
  for (QualifiedName const& name : facts.catalog.linked(catalog::Link::Below, parent->name)) {
    Table const* below = facts.catalog.tables.find(name);
    if (below != nullptr && below->partition_of == parent->name && below->default_partition) {
      return breach(name.display(), parent->name.display());
    }
  }
  return std::nullopt;
}

// --- what the partition is ---

MaybeBreach is_itself(Facts const& facts) {
  auto const one = attached(facts);
  if (!one) {
    return std::nullopt;
  }
  return has(catalog::with_children(facts.catalog, one->table->name, false), one->parent->name)
             ? std::optional(breach(one->table->name.display()))
             : std::nullopt;
}

MaybeBreach is_view(Facts const& facts) {
  return attached_where(facts, [](Attached const& one) {
    return one.table->kind == TableKind::View || one.table->kind == TableKind::MaterializedView;
  });
}

MaybeBreach is_partition(Facts const& facts) {
  auto const one = attached(facts);
  return one && !one->table->partition_of.name.empty()
             ? std::optional(breach(one->table->name.display(), one->table->partition_of.display()))
             : std::nullopt;
}

MaybeBreach is_in_inheritance(Facts const& facts) {
  return attached_where(facts, [&](Attached const& one) {
    bool const parent =
        one.table->kind != TableKind::Partitioned && has_children(facts.catalog, *one.table);
    return !one.table->inherits.empty() || parent;
  });
}

MaybeBreach is_typed(Facts const& facts) {
  return attached_where(facts, [](Attached const& one) { return !one.table->of_type.empty(); });
}

MaybeBreach has_identity(Facts const& facts) {
  auto const one = attached(facts);
  if (!one) {
    return std::nullopt;
  }
  auto const found = std::ranges::find_if(one->table->columns, [](Column const& column) {
    return column.identity != catalog::Identity::None;
  });
  return found == one->table->columns.end()
             ? std::nullopt
             : std::optional(breach(found->name.quoted(), one->table->name.display()));
}

MaybeBreach has_more_columns(Facts const& facts) {
  auto const one = attached(facts);
  if (!one || one->parent->partial || one->table->partial) {
    return std::nullopt;
  }
  for (Column const& column : one->table->columns) {
    if (one->parent->column(column.name) == nullptr) {
      return breach(column.name.quoted(), one->table->name.display());
    }
  }
  return std::nullopt;
}

Constraint const* primary_key_of(Table const& table) {
  auto const found =
      std::ranges::find(table.constraints, ConstraintKind::PrimaryKey, &Constraint::kind);
  return found == table.constraints.end() ? nullptr : &*found;
}

MaybeBreach has_other_primary(Facts const& facts) {
  auto const one = attached(facts);
  Constraint const* parents = one ? primary_key_of(*one->parent) : nullptr;
  Constraint const* own = one ? primary_key_of(*one->table) : nullptr;
  bool const differ = parents != nullptr && own != nullptr && parents->columns != own->columns;
  return differ ? std::optional(breach(own->name.quoted(), one->table->name.display()))
                : std::nullopt;
}

template <Mismatch kind>
MaybeBreach merges(Facts const& facts) {
  auto one = attached(facts);
  bool const partition = one.has_value();
  if (!one) {
    one = inheriting(facts);
  }
  if (!one) {
    return std::nullopt;
  }
  auto const found = mismatch(*one->parent, *one->table, {facts.catalog.server_version, partition});
  return found && found->kind == kind ? std::optional(breach(found->what, found->other))
                                      : std::nullopt;
}

// --- DETACH, and what is the whole's ---

MaybeBreach is_not_its_partition(Facts const& facts) {
  Table const* parent = is(facts, AlterAction::DetachPartition) ? facts.table() : nullptr;
  Table const* table = parent == nullptr ? nullptr : facts.catalog.table(facts.command->other);
  return table != nullptr && table->partition_of != parent->name
             ? std::optional(breach(table->name.display(), parent->name.display()))
             : std::nullopt;
}

MaybeBreach drops_inherited_key(Facts const& facts) {
  Table const* table = is(facts, AlterAction::DropConstraint) ? facts.table() : nullptr;
  Constraint const* key = table == nullptr ? nullptr : table->constraint(facts.command->name);
  Table const* parent = key == nullptr ? nullptr : facts.catalog.tables.find(table->partition_of);
  if (parent == nullptr) {
    return std::nullopt;
  }
  Index const* index = key->index.empty() ? nullptr : table->index(key->index);
  bool const attached_index = index != nullptr && !index->attached_to.name.empty() &&
                              parent->constraint(index->attached_to.name) != nullptr;
  bool const reference = key->kind == ConstraintKind::ForeignKey &&
                         std::ranges::any_of(parent->constraints, [&](Constraint const& above) {
                           return above.kind == ConstraintKind::ForeignKey &&
                                  above.columns == key->columns &&
                                  above.references == key->references &&
                                  above.referenced_columns == key->referenced_columns;
                         });
  return attached_index || reference
             ? std::optional(breach(key->name.quoted(), parent->name.display()))
             : std::nullopt;
}

MaybeBreach drops_check_of_the_whole(Facts const& facts) {
  Table const* table =
      is(facts, AlterAction::DropConstraint) && facts.alter->only ? facts.table() : nullptr;
  Constraint const* check = table == nullptr ? nullptr : table->constraint(facts.command->name);
  return check != nullptr && check->kind == ConstraintKind::Check &&
                 table->kind == TableKind::Partitioned && has_children(facts.catalog, *table)
             ? std::optional(breach(check->name.quoted()))
             : std::nullopt;
}

// --- INHERIT ---

MaybeBreach inherits_partition(Facts const& facts) {
  Table const* table = is(facts, "INHERIT") || is(facts, "NO INHERIT") ? facts.table() : nullptr;
  Table const* parent = table == nullptr ? nullptr : facts.catalog.table(facts.command->other);
  auto const part = [](Table const& one) {
    return one.kind == TableKind::Partitioned || !one.partition_of.name.empty();
  };
  if (table != nullptr && part(*table)) {
    return breach(table->name.display());
  }
  return parent != nullptr && part(*parent) ? std::optional(breach(parent->name.display()))
                                            : std::nullopt;
}

MaybeBreach inherits_view(Facts const& facts) {
  auto const one = inheriting(facts);
  return one && (one->parent->kind == TableKind::View ||
                 one->parent->kind == TableKind::MaterializedView)
             ? std::optional(breach(one->parent->name.display()))
             : std::nullopt;
}

MaybeBreach inherits_already(Facts const& facts) {
  auto const one = inheriting(facts);
  return one && has(one->table->inherits, one->parent->name)
             ? std::optional(breach(one->parent->name.display()))
             : std::nullopt;
}

MaybeBreach inherits_in_a_circle(Facts const& facts) {
  auto const one = inheriting(facts);
  return one && has(catalog::with_children(facts.catalog, one->table->name, false),
                    one->parent->name)
             ? std::optional(breach(one->parent->name.display()))
             : std::nullopt;
}

MaybeBreach inherits_not(Facts const& facts) {
  Table const* table = is(facts, "NO INHERIT") ? facts.table() : nullptr;
  Table const* parent = table == nullptr ? nullptr : facts.catalog.table(facts.command->other);
  return parent != nullptr && !has(table->inherits, parent->name)
             ? std::optional(breach(parent->name.display()))
             : std::nullopt;
}

// --- properties that the whole has not ---

bool is_partitioned(Facts const& facts) {
  Table const* table = facts.table();
  return table != nullptr && table->kind == TableKind::Partitioned && facts.alter != nullptr &&
         facts.alter->on == sql::ObjectKind::Table;
}

MaybeBreach logs_the_whole(Facts const& facts) {
  bool const asks = is(facts, "SET LOGGED") || is(facts, "SET UNLOGGED");
  return asks && is_partitioned(facts) ? std::optional(breach("")) : std::nullopt;
}

MaybeBreach stores_the_whole(Facts const& facts) {
  bool const asks = is(facts, "SET OPTIONS");  // what is not there may be RESET
  return asks && is_partitioned(facts) && are_storage_options(facts.command->options)
             ? std::optional(breach(facts.command->options.front()))
             : std::nullopt;
}

MaybeBreach moves_the_whole(Facts const& facts) {
  return is(facts, "SET ACCESS METHOD") && is_partitioned(facts) ? std::optional(breach(""))
                                                                 : std::nullopt;
}

constexpr std::string_view on_each = "Do it on each partition.";

constexpr Precondition partitions_rows[] = {
    {"42P17", parent_is_plain, of::attach_partition | of::detach_partition,
     "{what} is not partitioned", "Name the partitioned table first.", 0, 17},
    {"42809", parent_is_plain, of::attach_partition | of::detach_partition,
     "{what} is not partitioned", "Name the partitioned table first.", 18},
    {"42P17", made_of_plain, of::create_table, "{what} is not partitioned",
     "Name the partitioned table behind PARTITION OF."},
    {"42P16", other_strategy, of::create_table | of::attach_partition,
     "{what} is partitioned by {other}, and has no such bounds",
     "Give the bounds that belong to it: IN (…) to a list, FROM … TO … to a range, WITH (MODULUS "
     "…, "
     "REMAINDER …) to a hash."},
    {"42P16", other_number_of_bounds, of::create_table | of::attach_partition,
     "the partition key of {what} has {other} columns", "Give as many values in FROM and in TO."},
    {"42809", is_view, of::attach_partition, "{what} is a view",
     "Attach the table that holds the rows."},
    {"42P07", is_itself, of::attach_partition, "{table} would be a partition of itself",
     "Attach another table."},
    {"42809", is_partition, of::attach_partition, "{what} is a partition of {other} already",
     "ALTER TABLE {other} DETACH PARTITION {what} first."},
    {"42809", is_typed, of::attach_partition, "{what} is a typed table",
     "ALTER TABLE {what} NOT OF first."},
    {"42809", is_in_inheritance, of::attach_partition,
     "{what} is part of an inheritance by INHERITS", "ALTER TABLE … NO INHERIT first."},
    {"55000", has_identity, of::attach_partition,
     "{what} of {other} is an identity column, and would take the parent's",
     "ALTER TABLE {other} ALTER COLUMN {what} DROP IDENTITY first.", 17},
    {"42804", has_more_columns, of::attach_partition,
     "{other} has a column {what}, which {table} has not",
     "ADD COLUMN {what} to {table}, or drop it from {other}, before it."},
    {"42809", inherits_partition, of::other_command,
     "{what} is partitioned or a partition, and inherits by that",
     "ATTACH or DETACH PARTITION instead."},
    {"42809", inherits_view, of::other_command, "{what} is a view",
     "Inherit from the table that holds the rows."},
    {"42P07", inherits_already, of::other_command, "{table} inherits from {what} already",
     "Leave it out."},
    {"42P07", inherits_in_a_circle, of::other_command, "{what} inherits from {table}",
     "Inherit the other way round."},
    {"42P01", inherits_not, of::other_command, "{what} is no parent of {table}", "Check the name."},
    {"42804", merges<Mismatch::Column>, of::attach_partition | of::other_command,
     "{other} has no column {what}", "ADD COLUMN {what} to {other} first."},
    {"42804", merges<Mismatch::Type>, of::attach_partition | of::other_command,
     "{what} has another type in {other}", "Give both the same type first."},
    {"42P21", merges<Mismatch::Collation>, of::attach_partition | of::other_command,
     "{what} has another collation in {other}", "Give both the same collation first."},
    {"42804", merges<Mismatch::Generated>, of::attach_partition | of::other_command,
     "{what} is generated in one of the two, and not in {other}",
     "Make both generated, or neither."},
    {"42804", merges<Mismatch::NotNull>, of::attach_partition | of::other_command,
     "{what} of {other} may be NULL, and the parent's not",
     "SET NOT NULL first, without a scan under the lock: `bellows explain set-not-null`."},
    {"42P17", merges<Mismatch::LaterNotNull>, of::attach_partition | of::other_command,
     "the NOT NULL of {what} in {other} is NOT VALID",
     "ALTER TABLE {other} VALIDATE CONSTRAINT it first, in a migration of its own.", 18},
    {"42804", merges<Mismatch::Check>, of::attach_partition | of::other_command,
     "{other} lacks the CHECK {what}",
     "ALTER TABLE {other} ADD CONSTRAINT {what} as the parent has it, NOT VALID, and VALIDATE it "
     "in "
     "a migration of its own, first."},
    {"42P17", merges<Mismatch::LaterCheck>, of::attach_partition | of::other_command,
     "the CHECK {what} of {other} is NOT VALID",
     "ALTER TABLE {other} VALIDATE CONSTRAINT {what} first, in a migration of its own."},
    {"42P17", merges<Mismatch::LoneCheck>, of::attach_partition | of::other_command,
     "the CHECK {what} of {other} is NO INHERIT",
     "Drop it and add it again without NO INHERIT, NOT VALID and then validated, first."},
    {"42P17", second_default, of::create_table | of::attach_partition,
     "{what} is the DEFAULT partition of {other} already",
     "Give bounds, or DETACH PARTITION {what} first."},
    {"42P16", has_other_primary, of::attach_partition,
     "{other} has a primary key of its own, {what}",
     "Drop it first, or give it the columns of the parent's."},
    {"42P01", is_not_its_partition, of::detach_partition, "{what} is no partition of {other}",
     "Check the names."},
    {"42P16", drops_inherited_key, of::drop_constraint, "{what} is that of {other}",
     "Drop it on {other}, which does it here as well."},
    {"42P16", drops_check_of_the_whole, of::drop_constraint,
     "{what} holds for {table} with all its partitions", "Leave out ONLY.", 0, 17},
    {"42809", logs_the_whole, of::other_command, "{table} is partitioned, and holds no rows",
     on_each, 18},
    {"22023", stores_the_whole, of::other_command, "{table} is partitioned, and has no {what}",
     on_each, 0, 15},
    {"42809", stores_the_whole, of::other_command, "{table} is partitioned, and has no {what}",
     on_each, 16},
    {"42809", moves_the_whole, of::other_command, "{table} is partitioned, and holds no rows",
     on_each, 15, 16},
};

}  // namespace

std::span<Precondition const> of_partitions() {
  return partitions_rows;
}

}  // namespace bellows::rules::preconditions
