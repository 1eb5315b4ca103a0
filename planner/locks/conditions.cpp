#include "planner/locks/conditions.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/locks/added_default.hpp"
#include "planner/locks/related.hpp"
#include "planner/locks/retyping.hpp"
#include "planner/sql/proof.hpp"

#include <algorithm>

namespace bellows::locks::conditions {

namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintKind;
using catalog::Table;
using sql::ConstraintDefinition;
using sql::ConstraintForm;
using sql::Identifier;

template <typename Wanted>
bool any_constraint(Facts const& facts, Wanted wanted) {
  return facts.command != nullptr && std::ranges::any_of(facts.command->column.constraints, wanted);
}

bool has_form(Facts const& facts, ConstraintForm form) {
  return any_constraint(facts, [form](ConstraintDefinition const& one) {
    return one.form == form && !one.not_enforced;
  });
}

bool has_default(Facts const& facts) {
  auto const added = added_default(facts);
  return added && added->expression != "NULL";
}

Column const* altered_column(Facts const& facts) {
  Table const* table = facts.table();
  return table == nullptr || facts.command == nullptr ? nullptr
                                                      : table->column(facts.command->name);
}

bool mentions(std::vector<Identifier> const& columns, Identifier const& column) {
  return std::ranges::find(columns, column) != columns.end();
}

bool proven_not_null(Table const& table, Identifier const& column) {
  return std::ranges::any_of(table.constraints, [&](Constraint const& constraint) {
    return constraint.kind == ConstraintKind::Check && constraint.validated &&
           sql::proves_not_null(constraint.definition, column);
  });
}

/// The proof must outlive the statement: dropping it in the same ALTER makes PostgreSQL scan.
bool drops_a_check(Facts const& facts) {
  return facts.alter != nullptr &&
         std::ranges::any_of(facts.alter->commands, [](sql::AlterTableCommand const& command) {
           return command.action == sql::AlterAction::DropConstraint;
         });
}

/// Since 18: PostgreSQL then reads the table, whatever else proves it.
bool has_unvalidated(Table const& table, Identifier const& column) {
  return std::ranges::any_of(table.constraints, [&](Constraint const& constraint) {
    return constraint.kind == ConstraintKind::NotNull && constraint.columns.front() == column;
  });
}

bool may_hold_null(Facts const& facts, Table const& table, Identifier const& name) {
  Column const* column = table.column(name);
  if (column != nullptr && column->not_null) {
    return false;
  }
  return drops_a_check(facts) || has_unvalidated(table, name) || !proven_not_null(table, name);
}

bool may_hold_null(Facts const& facts, Identifier const& name) {
  Table const* table = facts.seen();
  return table == nullptr || may_hold_null(facts, *table, name);
}

/// Options that change how the table is read, and so need more than SHARE UPDATE EXCLUSIVE.
bool is_heavy_option(std::string const& option) {
  constexpr std::string_view heavy[] = {
      "user_catalog_table", "fastupdate",       "gin_pending_list_limit",
      "pages_per_range",    "autosummarize",    "buffering",
      "security_barrier",   "security_invoker", "check_option"};
  return std::ranges::find(heavy, option) != std::end(heavy);
}

}  // namespace

bool always(Facts const&) {
  return true;
}

bool adds_column(Facts const& facts) {
  return altered_column(facts) == nullptr;
}

bool is_of_constrained_domain(Facts const& facts) {
  return locks::is_constrained(facts.catalog,
                               catalog::qualified_type(facts.catalog, facts.command->column.type));
}

bool computes_every_row(Facts const& facts) {
  if (!adds_column(facts)) {
    return false;
  }
  auto const added = added_default(facts);
  return is_of_constrained_domain(facts) || facts.command->column.type.serial ||
         has_form(facts, ConstraintForm::Identity) ||
         any_constraint(facts,
                        [](ConstraintDefinition const& one) {
                          return one.form == ConstraintForm::Generated && !one.virtual_column;
                        }) ||
         (added && added->per_row == PerRow::Yes);
}

bool adds_check(Facts const& facts) {
  return adds_column(facts) && has_form(facts, ConstraintForm::Check);
}

bool adds_key(Facts const& facts) {
  return adds_column(facts) &&
         (has_form(facts, ConstraintForm::Unique) || has_form(facts, ConstraintForm::PrimaryKey));
}

bool may_have_rows(Facts const& facts) {
  Table const* table = facts.table();
  return table == nullptr || !table->is_new || table->filled;
}

bool adds_filled_reference(Facts const& facts) {
  return adds_column(facts) && has_form(facts, ConstraintForm::ForeignKey) && has_default(facts);
}

bool adds_required(Facts const& facts) {
  bool const required =
      has_form(facts, ConstraintForm::NotNull) || has_form(facts, ConstraintForm::PrimaryKey);
  return adds_column(facts) && required && !has_default(facts) && !computes_every_row(facts);
}

bool constraint_is_inherited(Facts const& facts) {
  return facts.command != nullptr && !facts.command->constraint.no_inherit;
}

bool column_is_stored(Facts const& facts) {
  Column const* column = altered_column(facts);
  return column == nullptr || !column->virtual_column;
}

bool column_is_not_null(Facts const& facts) {
  Column const* column = altered_column(facts);
  return column == nullptr || column->not_null;
}

bool needs_null_scan(Facts const& facts) {
  return facts.command != nullptr && !related::searched_for_null(facts).empty();
}

bool is_beside_unvalidated(Facts const& facts) {
  Table const* table = facts.table();
  return table != nullptr && facts.command != nullptr &&
         has_unvalidated(*table, facts.command->name);
}

bool virtual_is_not_null(Facts const& facts) {
  Column const* column = altered_column(facts);
  return column != nullptr && column->virtual_column && column->not_null;
}

bool constraint_needs_null_scan(Facts const& facts) {
  return key_may_hold_null(facts);  // its columns are those that must not be
}

bool key_may_hold_null(Facts const& facts) {
  return facts.command != nullptr &&
         std::ranges::any_of(facts.command->constraint.columns, [&](Identifier const& column) {
           return may_hold_null(facts, column);
         });
}

bool key_needs_null_scan(Facts const& facts) {
  Table const* table = facts.table();
  if (table == nullptr || facts.command == nullptr) {
    return false;
  }
  catalog::Index const* index = table->index(facts.command->constraint.using_index);
  return index != nullptr && std::ranges::any_of(index->columns, [&](Identifier const& column) {
           return may_hold_null(facts, column);
         });
}

bool changes_persistence(Facts const& facts) {
  Table const* table = facts.table();
  bool const to_unlogged = facts.command != nullptr && facts.command->kind == "SET UNLOGGED";
  return table == nullptr || table->unlogged != to_unlogged;
}

bool type_rewrites(Facts const& facts) {
  TypeChange const change = retyping(facts);
  return change == TypeChange::Rewrites || change == TypeChange::ByTimeZone;
}

/// What an index of the whole is made of on its partitions, PostgreSQL cannot take over: the whole
/// has no file to tell it by, so every one of them is built anew, whatever the new type is.
bool is_of_whole(Facts const& facts, catalog::Index const& index) {
  Table const* table = facts.table();
  bool const partitioned = table != nullptr && table->kind == catalog::TableKind::Partitioned;
  return partitioned && (!index.attached_to.name.empty() || table->index(index.name) == &index);
}

bool type_rebuilds(Facts const& facts, catalog::Index const& index) {
  bool const special = index.partial || index.has_expressions || is_of_whole(facts, index);
  return (special || changes_collation(facts) || retyping(facts) != TypeChange::Free) &&
         mentions(index.columns, facts.command->name);
}

bool type_rebuilds_indexes(Facts const& facts) {
  Table const* table = facts.table();
  TypeChange const change = retyping(facts);
  bool const kept = change == TypeChange::RebuildsIndexes || changes_collation(facts);
  return table != nullptr && std::ranges::any_of(table->indexes, [&](catalog::Index const& index) {
           bool const special = index.partial || index.has_expressions ||
                                table->kind == catalog::TableKind::Partitioned;
           return (kept || special) && mentions(index.columns, facts.command->name);
         });
}

bool type_rechecks(Facts const& facts) {
  return !related::checked_again(facts).empty();
}

bool becomes_enforced(Facts const& facts) {
  Table const* table = facts.table();
  Constraint const* constraint = table == nullptr || facts.command == nullptr
                                     ? nullptr
                                     : table->constraint(facts.command->name);
  return constraint == nullptr || constraint->definition.ends_with(" NOT ENFORCED");
}

bool is_foreign_key(Facts const& facts) {
  Table const* table = facts.table();
  Constraint const* constraint = table == nullptr || facts.command == nullptr
                                     ? nullptr
                                     : table->constraint(facts.command->name);
  return constraint != nullptr && constraint->kind == ConstraintKind::ForeignKey;
}

bool is_not_foreign_key(Facts const& facts) {
  return !is_foreign_key(facts);
}

bool is_deferrable(Facts const& facts) {
  if (facts.command == nullptr) {
    return false;
  }
  std::string const& text = facts.command->constraint.text;
  return text.find(" DEFERRABLE") != std::string::npos &&
         text.find(" NOT DEFERRABLE") == std::string::npos;
}

bool is_referenced(Facts const& facts) {
  return !facts.catalog.referencing(facts.target()).empty();
}

bool makes_index(Facts const& facts) {
  auto const* index = facts.body<sql::CreateIndex>();
  Table const* table = facts.table();
  bool const there = index != nullptr && table != nullptr && table->index(index->name) != nullptr;
  bool const whole = table == nullptr || table->kind == catalog::TableKind::Partitioned;
  return index != nullptr && !there && !(index->only && whole);
}

bool makes_table(Facts const& facts) {
  return facts.body<sql::CreateTable>() == nullptr || facts.table() == nullptr;
}

bool drops_cascaded(Facts const& facts) {
  if (facts.command != nullptr) {
    return facts.command->cascade;
  }
  auto const* drop = facts.body<sql::Drop>();
  return drop != nullptr && drop->cascade;
}

bool refreshes_rows(Facts const& facts) {
  auto const* refresh = facts.body<sql::Other>();
  return refresh == nullptr || !refresh->no_data;
}

bool options_need_access_exclusive(Facts const& facts) {
  return facts.command != nullptr && std::ranges::any_of(facts.command->options, is_heavy_option);
}

bool options_are_light(Facts const& facts) {
  return !options_need_access_exclusive(facts);
}

}  // namespace bellows::locks::conditions

namespace bellows::locks::related {

Names searched_for_null(Facts const& facts) {
  if (facts.command == nullptr || facts.seen() == nullptr) {
    return facts.targets;
  }
  sql::Identifier const& column = facts.command->name;
  if (facts.table() == nullptr) {  // what migrations have added to it is all that is known
    return conditions::may_hold_null(facts, *facts.seen(), column) ? facts.targets : Names{};
  }
  bool const own = conditions::has_unvalidated(*facts.table(), column);  // validated with the tree
  Names names;
  for (sql::QualifiedName const& name : tree(facts)) {
    catalog::Table const* table = facts.catalog.table(name);
    bool const believed = !own && name != facts.target() && table != nullptr &&
                          conditions::has_unvalidated(*table, column);  // without a look (18)
    bool const stored = table != nullptr && table->kind != catalog::TableKind::Partitioned;
    if (stored && !believed && conditions::may_hold_null(facts, *table, column)) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace bellows::locks::related
