#include "planner/locks/partitions.hpp"
#include "planner/locks/related.hpp"
#include "planner/rules/hazard_signs.hpp"
#include "planner/rules/partitions.hpp"
#include "planner/rules/refused.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

// Source: indexcmds.c, DefineIndex(); tablecmds.c, ATAddForeignKeyConstraint(),
// ATExecDetachPartition(), RangeVarCallbackForDropRelation(); tried on 13 to 18.
namespace bellows::rules {

namespace {

using catalog::Table;
using catalog::TableKind;
using signs::Sign;
using sql::AlterAction;
using sql::ConstraintForm;
using sql::Identifier;

Table const* partitioned(Sign const& sign) {
  Table const* table = sign.facts.table();
  return table != nullptr && table->kind == TableKind::Partitioned ? table : nullptr;
}

sql::ConstraintDefinition const* added(Sign const& sign, ConstraintForm form) {
  bool const adds = partitioned(sign) != nullptr && sign.facts.command != nullptr &&
                    sign.facts.command->action == AlterAction::AddConstraint &&
                    sign.facts.command->constraint.form == form;
  return adds ? &sign.facts.command->constraint : nullptr;
}

bool builds_concurrently(Sign const& sign) {
  auto const* index = sign.facts.body<sql::CreateIndex>();
  return index != nullptr && index->concurrently && partitioned(sign) != nullptr;
}

bool drops_concurrently(Sign const& sign) {
  auto const* drop = sign.facts.body<sql::Drop>();
  bool const index = drop != nullptr && drop->kind == sql::ObjectKind::Index && drop->concurrently;
  return index && std::ranges::any_of(sign.facts.targets, [&](sql::QualifiedName const& name) {
           Table const* owner = sign.question.catalog.table_of_index(name);
           return owner != nullptr && owner->kind == TableKind::Partitioned;
         });
}

bool uses_index(Sign const& sign) {
  auto const* unique = added(sign, ConstraintForm::Unique);
  auto const* primary = added(sign, ConstraintForm::PrimaryKey);
  sql::ConstraintDefinition const* key = unique != nullptr ? unique : primary;
  return key != nullptr && !key->using_index.empty();
}

bool adds_unchecked_reference(Sign const& sign) {
  auto const* reference = added(sign, ConstraintForm::ForeignKey);
  return reference != nullptr && reference->not_valid && !reference->not_enforced;
}

bool adds_exclusion(Sign const& sign) {
  return added(sign, ConstraintForm::Exclude) != nullptr;
}

bool detaches_beside_default(Sign const& sign) {
  return sign.facts.command != nullptr &&
         sign.facts.command->kind == "DETACH PARTITION CONCURRENTLY" &&
         !locks::related::default_partition(sign.facts).empty();
}

/// Two partitions could hold the same value: no index sees both. A partition that is partitioned
/// has a key of its own.
bool lacks_key_columns(Sign const& sign, std::vector<Identifier> const& columns) {
  return std::ranges::any_of(locks::related::tree(sign.facts), [&](QualifiedName const& name) {
    Table const* table = sign.question.catalog.tables.find(name);
    return table != nullptr &&
           (table->partition_key.has_expressions ||
            std::ranges::any_of(table->partition_key.columns, [&](Identifier const& column) {
              return std::ranges::find(columns, column) == columns.end();
            }));
  });
}

/// A new column is none of the partition key's.
bool adds_key(sql::ColumnDefinition const& column) {
  return std::ranges::any_of(column.constraints, [](sql::ConstraintDefinition const& one) {
    return one.form == ConstraintForm::Unique || one.form == ConstraintForm::PrimaryKey;
  });
}

bool is_unique_without_key(Sign const& sign) {
  Table const* table = partitioned(sign);
  if (table == nullptr) {
    return false;
  }
  if (auto const* index = sign.facts.body<sql::CreateIndex>()) {
    std::vector<Identifier> columns;
    for (sql::IndexElement const& element : index->keys) {
      columns.push_back(element.column);
    }
    return index->unique && lacks_key_columns(sign, columns);
  }
  constexpr std::array forms{ConstraintForm::Unique, ConstraintForm::PrimaryKey,
                             ConstraintForm::Exclude};
  bool const with_column =
      sign.facts.command != nullptr && sign.facts.command->action == AlterAction::AddColumn &&
      adds_key(sign.facts.command->column) && table->column(sign.facts.command->name) == nullptr;
  return with_column || std::ranges::any_of(forms, [&](ConstraintForm form) {
           sql::ConstraintDefinition const* constraint = added(sign, form);
           return constraint != nullptr && constraint->using_index.empty() &&
                  lacks_key_columns(sign, constraint->columns);
         });
}

struct RefusedForm {
  bool (*applies)(Sign const&);
  int until;  // server version, inclusive
  std::string_view state;
  std::string_view message;
  std::string_view remedy;
};

constexpr std::string_view index_by_index =
    "CREATE INDEX … ON ONLY the partitioned table, CREATE INDEX CONCURRENTLY on each partition, "
    "each in a migration of its own, and ALTER INDEX … ATTACH PARTITION for each.";

constexpr int ever = 999;

constexpr RefusedForm refusals[] = {
    {builds_concurrently, ever, "0A000",
     "{} is partitioned, and no index of a partitioned table is built CONCURRENTLY",
     index_by_index},
    {drops_concurrently, ever, "0A000",
     "the index is that of a partitioned table, and is not dropped CONCURRENTLY",
     "DROP INDEX, at a moment when no long query reads the table."},
    {uses_index, ever, "0A000", "{} is partitioned, and takes no key USING INDEX",
     "ALTER TABLE ONLY … ADD the key, the same USING INDEX on each partition, and ALTER INDEX … "
     "ATTACH PARTITION for each."},
    {adds_unchecked_reference, 17, "42809",
     "{} is partitioned, and takes no foreign key NOT VALID before 18",
     "Add it NOT VALID to each partition and VALIDATE it there; then to the partitioned table, "
     "which takes those over."},
    {adds_exclusion, 16, "0A000", "{} is partitioned, and takes no EXCLUDE before 17",
     "Add it to each partition."},
    {is_unique_without_key, ever, "0A000",
     "{} is partitioned, and what is unique must have all columns of the partition key",
     "Add those columns, or make it unique in each partition."},
    {detaches_beside_default, ever, "55000",
     "{} has a DEFAULT partition, and beside that nothing is detached CONCURRENTLY",
     "DETACH PARTITION without CONCURRENTLY, for which reads and writes wait an instant."},
};

std::optional<Finding> recognise_partitioned_table(Question const& question) {
  for (Sign const& sign : signs::signs_of(question)) {
    for (RefusedForm const& refusal : refusals) {
      if (question.catalog.server_version <= refusal.until && refusal.applies(sign)) {
        std::string const why = fmt::format(fmt::runtime(refusal.message), signs::table_text(sign));
        return refused(partitioned_table.id, refusal.state, why, refusal.remedy);
      }
    }
  }
  return std::nullopt;
}

}  // namespace

Rule const partitioned_table{"partitioned-table", recognise_partitioned_table, nullptr};

}  // namespace bellows::rules
