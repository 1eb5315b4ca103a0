#include "planner/rules/hazard_signs.hpp"

#include "planner/locks/conditions.hpp"
#include "planner/locks/related.hpp"
#include "planner/locks/retyping.hpp"
#include "planner/locks/value_loss.hpp"
#include "planner/sql/body_error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::rules::signs {

namespace {

using catalog::TableKind;
using locks::Effect;
using sql::ConstraintForm;
using sql::ObjectKind;

bool is_command(Sign const& sign, std::string_view kind) {
  return sign.facts.command != nullptr && sign.facts.command->kind == kind &&
         sign.facts.alter->on != ObjectKind::Index && sign.facts.alter->on != ObjectKind::View;
}

/// Of a table, whatever else its kind says (ADD COLUMN VIRTUAL).
bool is_add_column(Sign const& sign) {
  return sign.facts.command != nullptr &&
         sign.facts.command->action == sql::AlterAction::AddColumn &&
         (sign.facts.alter->on == ObjectKind::Table ||
          sign.facts.alter->on == ObjectKind::ForeignTable);
}

bool adds_virtual_column(Sign const& sign) {
  return std::ranges::any_of(sign.facts.command->column.constraints,
                             [](auto const& one) { return one.virtual_column; });
}

bool adds_column_with(Sign const& sign, ConstraintForm form) {
  return is_add_column(sign) && locks::conditions::adds_column(sign.facts) &&
         std::ranges::any_of(sign.facts.command->column.constraints,
                             [form](auto const& one) { return one.form == form; });
}

bool drops(Sign const& sign, ObjectKind kind) {
  auto const* drop = sign.facts.body<sql::Drop>();
  return drop != nullptr && drop->kind == kind;
}

bool is_strong(Effect const& effect) {
  return !effect.on_new && locks::blocks_writes(effect.lock);
}

bool takes_long(Effect const& effect) {
  return effect.scans || effect.rewrites || !effect.rebuilds_indexes.empty();
}

/// Nobody writes to a materialized view but REFRESH.
bool is_felt(Sign const& sign, Effect const& effect) {
  catalog::Table const* table = sign.question.catalog.table(effect.relation);
  return locks::blocks_reads(effect.lock) || table == nullptr ||
         table->kind != catalog::TableKind::MaterializedView;
}

bool builds_key(Sign const& sign) {
  return is_command(sign, "ADD UNIQUE") || is_command(sign, "ADD PRIMARY KEY") ||
         (is_add_column(sign) && locks::conditions::adds_key(sign.facts));
}

bool is_of_kind(Sign const& sign, TableKind kind) {
  catalog::Table const* table = sign.facts.table();
  return table != nullptr && table->kind == kind;
}

bool alters_type(Sign const& sign) {
  return sign.facts.alter != nullptr &&
         std::ranges::find(sign.facts.alter->commands, sql::AlterAction::AlterType,
                           &sql::AlterTableCommand::action) != sign.facts.alter->commands.end();
}

bool depends_on_time_zone_alone(Sign const& sign) {
  auto const& what = sign.question.effects.depends_on;
  return what.size() == 1 && what.front().starts_with("the session's TimeZone");
}

bool index_is_on_new_table(Sign const& sign) {
  return !sign.question.effects.relations.empty() &&
         std::ranges::all_of(sign.question.effects.relations, &Effect::on_new);
}

}  // namespace

std::vector<Sign> signs_of(Question const& question) {
  std::vector<Sign> signs;
  any_sign(question, [&](Sign const& sign) {
    signs.push_back(sign);
    return false;
  });
  return signs;
}

bool on_new_table(Sign const& sign) {
  catalog::Table const* table = sign.facts.table();
  return table != nullptr ? table->is_new : index_is_on_new_table(sign);
}

bool renames_table(Sign const& sign) {
  auto const* rename = sign.facts.body<sql::RenameObject>();
  return rename != nullptr &&
         (rename->kind == ObjectKind::Table || rename->kind == ObjectKind::View ||
          rename->kind == ObjectKind::MaterializedView || rename->kind == ObjectKind::ForeignTable);
}

bool drops_column(Sign const& sign) {
  return is_command(sign, "DROP COLUMN");
}

bool drops_table(Sign const& sign) {
  return drops(sign, ObjectKind::Table) || drops(sign, ObjectKind::ForeignTable);
}

bool drops_view(Sign const& sign) {
  return drops(sign, ObjectKind::View) || drops(sign, ObjectKind::MaterializedView);
}

bool drops_schema(Sign const& sign) {
  return drops(sign, ObjectKind::Schema) && sign.facts.body<sql::Drop>()->cascade;
}

bool renames_schema(Sign const& sign) {
  auto const* rename = sign.facts.body<sql::RenameObject>();
  return rename != nullptr && rename->kind == ObjectKind::Schema;
}

bool drops_database(Sign const& sign) {
  return sign.question.statement.kind == "DROP DATABASE";
}

bool truncates_others(Sign const& sign) {
  return truncates(sign) && !along_text(sign).empty();
}

bool truncates_alone(Sign const& sign) {
  return truncates(sign) && !truncates_others(sign);
}

bool truncates(Sign const& sign) {
  return sign.question.statement.kind.starts_with("TRUNCATE");
}

bool adds_constrained_domain(Sign const& sign) {
  return is_add_column(sign) && locks::conditions::adds_column(sign.facts) &&
         locks::conditions::is_of_constrained_domain(sign.facts);
}

bool adds_numbered_column(Sign const& sign) {
  bool const numbered = is_add_column(sign) && (sign.facts.command->column.type.serial ||
                                                adds_column_with(sign, ConstraintForm::Identity));
  return numbered && locks::conditions::adds_column(sign.facts);
}

bool adds_computed_column(Sign const& sign) {
  return is_add_column(sign) && locks::conditions::computes_every_row(sign.facts) &&
         !adds_stored_column(sign) && !adds_numbered_column(sign) && !adds_constrained_domain(sign);
}

bool adds_stored_column(Sign const& sign) {
  return adds_column_with(sign, ConstraintForm::Generated) && !adds_virtual_column(sign);
}

bool adds_required_column(Sign const& sign) {
  return is_add_column(sign) && !adds_virtual_column(sign) &&
         locks::conditions::adds_required(sign.facts);
}

bool builds_index_on_partitioned(Sign const& sign) {
  auto const* index = sign.facts.body<sql::CreateIndex>();
  return is_of_kind(sign, TableKind::Partitioned) && index != nullptr && !index->concurrently &&
         locks::conditions::makes_index(sign.facts) && holds_long_lock(sign);
}

bool builds_index_blocking(Sign const& sign) {
  auto const* index = sign.facts.body<sql::CreateIndex>();
  bool const felt =
      !is_of_kind(sign, TableKind::Partitioned) && !is_of_kind(sign, TableKind::MaterializedView);
  return felt && index != nullptr && !index->concurrently &&
         locks::conditions::makes_index(sign.facts);
}

namespace {

sql::Drop const* blocking_index_drop(Sign const& sign) {
  auto const* drop = sign.facts.body<sql::Drop>();
  bool const is = drop != nullptr && drop->kind == ObjectKind::Index && !drop->concurrently;
  return is ? drop : nullptr;
}

}  // namespace

bool drops_partitioned_index(Sign const& sign) {
  sql::Drop const* drop = blocking_index_drop(sign);
  return drop != nullptr && std::ranges::any_of(drop->names, [&](sql::QualifiedName const& name) {
           catalog::Table const* table = sign.question.catalog.table_of_index(name);
           return table != nullptr && table->kind == TableKind::Partitioned;
         });
}

bool drops_several_indexes(Sign const& sign) {
  sql::Drop const* drop = blocking_index_drop(sign);
  return drop != nullptr && drop->names.size() > 1 && !drops_partitioned_index(sign);
}

bool drops_index_blocking(Sign const& sign) {
  sql::Drop const* drop = blocking_index_drop(sign);
  return drop != nullptr && drop->names.size() == 1 && !drops_partitioned_index(sign);
}

bool drops_key(Sign const& sign) {
  if (sign.facts.alter != nullptr) {
    catalog::Table const* table = sign.facts.table();
    catalog::Constraint const* constraint =
        table == nullptr || sign.facts.command->action != sql::AlterAction::DropConstraint
            ? nullptr
            : table->constraint(sign.facts.command->name);
    bool const another =
        std::ranges::any_of(sign.facts.alter->commands, [](sql::AlterTableCommand const& command) {
          return command.kind.starts_with("ADD PRIMARY KEY") ||
                 command.kind.starts_with("ADD UNIQUE");
        });
    return !another && constraint != nullptr &&
           (constraint->kind == catalog::ConstraintKind::Unique ||
            constraint->kind == catalog::ConstraintKind::PrimaryKey);
  }
  auto const* drop = sign.facts.body<sql::Drop>();
  return drop != nullptr && drop->kind == ObjectKind::Index &&
         std::ranges::any_of(drop->names, [&](sql::QualifiedName const& name) {
           catalog::Table const* table = sign.question.catalog.table_of_index(name);
           catalog::Index const* index = table == nullptr ? nullptr : table->index(name.name);
           return index != nullptr && index->unique && index->valid && !table->is_new;
         });
}

bool detaches_blocking(Sign const& sign) {
  if (!is_command(sign, "DETACH PARTITION") || sign.question.catalog.server_version < 14) {
    return false;
  }
  return locks::related::default_partition(sign.facts).empty();
}

bool drops_not_null(Sign const& sign) {
  return is_command(sign, "DROP NOT NULL");
}

bool scans_for_null(Sign const& sign) {
  return is_command(sign, "SET NOT NULL") && locks::conditions::needs_null_scan(sign.facts) &&
         !locks::conditions::is_beside_unvalidated(sign.facts);
}

bool moves_to_utc(Sign const& sign) {
  if (!is_command(sign, "ALTER COLUMN TYPE")) {
    return false;
  }
  catalog::Table const* table = sign.facts.table();
  catalog::Column const* column =
      table == nullptr ? nullptr : table->column(sign.facts.command->name);
  std::string const& computed = sign.facts.command->using_text;
  bool const utc = computed.find("AT TIME ZONE 'UTC'") != std::string::npos ||
                   computed.find("AT TIME ZONE 'utc'") != std::string::npos;
  bool const by_zone = locks::retyping(sign.facts) == locks::TypeChange::ByTimeZone;
  return by_zone || (utc && column != nullptr && column->type == "timestamp without time zone" &&
                     sign.facts.command->type.text == "timestamp with time zone");
}

bool only_rechecks(Sign const& sign) {
  return is_command(sign, "ALTER COLUMN TYPE") && !locks::conditions::type_rewrites(sign.facts) &&
         !locks::conditions::type_rebuilds_indexes(sign.facts) &&
         locks::conditions::type_rechecks(sign.facts);
}

bool only_rebuilds_indexes(Sign const& sign) {
  return is_command(sign, "ALTER COLUMN TYPE") && !locks::conditions::type_rewrites(sign.facts) &&
         locks::conditions::type_rebuilds_indexes(sign.facts);
}

bool changes_type(Sign const& sign) {
  return is_command(sign, "ALTER COLUMN TYPE") && locks::conditions::type_rewrites(sign.facts) &&
         !moves_to_utc(sign);
}

bool refreshes_blocking(Sign const& sign) {
  return sign.question.statement.kind == "REFRESH MATERIALIZED VIEW";
}

bool drops_statistics(Sign const& sign) {
  bool const of_table = sign.question.statement.kind.starts_with("ALTER TABLE") ||
                        sign.question.statement.kind.starts_with("ALTER MATERIALIZED VIEW");
  return of_table && is_command(sign, "ALTER COLUMN TYPE");
}

bool changes_values(Sign const& sign) {
  return is_command(sign, "ALTER COLUMN TYPE") && !loss_text(sign).empty();
}

bool sets_expression(Sign const& sign) {
  return is_command(sign, "SET EXPRESSION") && locks::conditions::column_is_stored(sign.facts);
}

bool checks_domain(Sign const& sign) {
  return sign.facts.body<sql::DomainChange>() != nullptr && holds_long_lock(sign) &&
         !validates_domain(sign);
}

bool validates_domain(Sign const& sign) {
  return sign.question.statement.kind == "ALTER DOMAIN VALIDATE CONSTRAINT" &&
         holds_long_lock(sign);
}

bool adds_reference_to_partitioned(Sign const& sign) {
  return is_command(sign, "ADD FOREIGN KEY") && is_of_kind(sign, TableKind::Partitioned) &&
         sign.question.catalog.server_version < 18;
}

bool adds_checked_reference(Sign const& sign) {
  return (is_command(sign, "ADD FOREIGN KEY") && !adds_reference_to_partitioned(sign)) ||
         (is_add_column(sign) && locks::conditions::adds_filled_reference(sign.facts));
}

bool adds_checked_check(Sign const& sign) {
  bool const enforced =
      sign.facts.command != nullptr &&
      std::ranges::any_of(sign.facts.command->column.constraints, [](auto const& one) {
        return one.form == ConstraintForm::Check && !one.not_enforced;
      });
  return is_command(sign, "ADD CHECK") ||
         (enforced && adds_column_with(sign, ConstraintForm::Check));
}

bool adds_key_to_partitioned(Sign const& sign) {
  return is_of_kind(sign, TableKind::Partitioned) && builds_key(sign) && holds_long_lock(sign);
}

bool adds_primary_key_over_nullable(Sign const& sign) {
  return !is_of_kind(sign, TableKind::Partitioned) && is_command(sign, "ADD PRIMARY KEY") &&
         locks::conditions::key_may_hold_null(sign.facts);
}

bool adds_key_by_building(Sign const& sign) {
  return !is_of_kind(sign, TableKind::Partitioned) && builds_key(sign) &&
         !adds_primary_key_over_nullable(sign);
}

bool adds_exclusion(Sign const& sign) {
  return is_command(sign, "ADD EXCLUDE") || is_command(sign, "ADD UNIQUE WITHOUT OVERLAPS") ||
         is_command(sign, "ADD PRIMARY KEY WITHOUT OVERLAPS");
}

bool renames_enum_value(Sign const& sign) {
  return sign.question.statement.kind == "ALTER TYPE RENAME VALUE";
}

bool controls_transaction(Sign const& sign) {
  constexpr std::string_view kinds[] = {"BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK",
                                        "PREPARE TRANSACTION"};
  return std::ranges::find(kinds, sign.question.statement.kind) != std::end(kinds);
}

bool is_unknown(Sign const& sign) {
  return !sign.question.effects.known &&
         !std::holds_alternative<sql::Unparsed>(sign.question.statement.body) &&
         !sql::body_error(sign.question.statement);  // a slip is mended, not allowed
}

bool retypes_by_time_zone(Sign const& sign) {
  return depends_on_time_zone_alone(sign) && alters_type(sign);
}

bool depends_on_time_zone(Sign const& sign) {
  return depends_on_time_zone_alone(sign) && !alters_type(sign);
}

namespace {

bool has_long_doubt(Sign const& sign) {
  return sign.question.effects.may_take_long && !depends_on_time_zone_alone(sign);
}

bool has_short_doubt(Sign const& sign) {
  return !sign.question.effects.depends_on.empty() && !depends_on_time_zone_alone(sign) &&
         !has_long_doubt(sign);
}

}  // namespace

bool may_take_long(Sign const& sign) {
  return has_long_doubt(sign) && !sign.question.catalog.complete;
}

bool is_uncertain(Sign const& sign) {
  return has_short_doubt(sign) && !sign.question.catalog.complete;
}

bool may_take_long_though_told(Sign const& sign) {
  return has_long_doubt(sign) && sign.question.catalog.complete;
}

bool is_uncertain_though_told(Sign const& sign) {
  return has_short_doubt(sign) && sign.question.catalog.complete;
}

bool holds_long_lock(Sign const& sign) {
  return !long_text(sign).empty();
}

std::string table_text(Sign const& sign) {
  return sign.facts.targets.empty() ? "the table" : sign.facts.target().display();
}

std::string long_text(Sign const& sign) {
  std::string text;
  for (Effect const& effect : sign.question.effects.relations) {
    if (is_strong(effect) && takes_long(effect) && is_felt(sign, effect)) {
      text += (text.empty() ? "" : ", ") + effect.relation.display();
    }
  }
  return text;
}

std::string work_text(Sign const& sign) {
  auto const& effects = sign.question.effects.relations;
  auto const at = std::ranges::find(effects, sign.facts.target(), &Effect::relation);
  bool const rewrites = locks::conditions::type_rewrites(sign.facts);
  std::vector<std::string> parts;
  if (rewrites) {
    parts.emplace_back("rewrites " + table_text(sign));
  }
  if (!rewrites && locks::conditions::type_rechecks(sign.facts)) {
    parts.emplace_back("makes PostgreSQL try its CHECK constraints on every row");
  }
  if (at != effects.end() && !at->rebuilds_indexes.empty()) {
    std::size_t const count = at->rebuilds_indexes.size();
    parts.push_back(count == 1 ? "builds " + at->rebuilds_indexes.front() + " anew"
                               : fmt::format("builds {} indexes anew", count));
  }
  return fmt::format("{}", fmt::join(parts, " and "));
}

std::string loss_text(Sign const& sign) {
  return locks::loss_on_the_way(sign.facts);
}

std::string name_text(Sign const& sign) {
  if (sign.facts.command != nullptr) {
    return sign.facts.command->name.quoted();
  }
  auto const* rename = sign.facts.body<sql::RenameObject>();
  if (rename != nullptr && rename->kind == ObjectKind::Schema) {
    return rename->name.name.quoted();
  }
  auto const* drop = sign.facts.body<sql::Drop>();
  return drop != nullptr && !drop->names.empty() ? drop->names.front().display() : table_text(sign);
}

std::string create_text(Sign const& sign) {
  auto const* index = sign.facts.body<sql::CreateIndex>();
  return index != nullptr && index->unique ? "CREATE UNIQUE INDEX" : "CREATE INDEX";
}

std::string along_text(Sign const& sign) {
  if (sign.question.statement.kind != "TRUNCATE CASCADE") {
    return "";
  }
  std::vector<std::string> names;
  for (sql::QualifiedName const& name : locks::related::emptied_along(sign.facts)) {
    catalog::Table const* table = sign.question.catalog.table(name);
    if (table == nullptr || !table->is_new) {
      names.push_back(name.display());
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string what_text(Sign const& sign) {
  std::string text;
  for (std::string const& what : sign.question.effects.depends_on) {
    text += (text.empty() ? "" : "; and on ") + what;
  }
  return text;
}

}  // namespace bellows::rules::signs
