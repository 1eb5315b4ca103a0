#include "planner/rules/identity.hpp"

#include "planner/rules/hazard_signs.hpp"
#include "planner/rules/refused.hpp"

#include <fmt/core.h>

#include <algorithm>

// Source: tablecmds.c, ATExecAddIdentity(), ATExecSetIdentity(), ATExecDropIdentity(); sequence.c,
// init_params(). Tried on 15: what else the same ALTER TABLE says counts, in any order.
namespace bellows::rules {

namespace {

using catalog::Column;
using signs::Sign;
using sql::AlterAction;

struct Asked {
  Sign const& sign;
  Column const& column;

  sql::AlterTableCommand const& command() const { return *sign.facts.command; }
  bool adds() const { return command().action == AlterAction::AddIdentity; }
};

/// Another sub-command about the column.
bool also(Asked const& asked, AlterAction action) {
  return std::ranges::any_of(asked.sign.facts.alter->commands,
                             [&](sql::AlterTableCommand const& other) {
                               return other.action == action && other.name == asked.column.name;
                             });
}

bool also_makes_key(Asked const& asked) {
  return std::ranges::any_of(
      asked.sign.facts.alter->commands, [&](sql::AlterTableCommand const& other) {
        auto const& columns = other.constraint.columns;
        return other.action == AlterAction::AddConstraint &&
               other.constraint.form == sql::ConstraintForm::PrimaryKey &&
               std::ranges::find(columns, asked.column.name) != columns.end();
      });
}

bool may_be_null(Asked const& asked) {
  return asked.adds() && !asked.column.not_null && !also(asked, AlterAction::SetNotNull) &&
         !also_makes_key(asked);
}

bool is_identity_already(Asked const& asked) {
  return asked.adds() && asked.column.identity != catalog::Identity::None &&
         !also(asked, AlterAction::DropIdentity);
}

bool has_default(Asked const& asked) {
  return asked.adds() && asked.column.default_sql && !asked.column.generated &&
         !also(asked, AlterAction::DropDefault);
}

bool is_no_integer(Asked const& asked) {
  constexpr std::string_view integers[] = {"smallint", "integer", "bigint"};
  return asked.adds() && !also(asked, AlterAction::AlterType) &&
         std::ranges::find(integers, asked.column.type) == std::end(integers);
}

bool is_no_identity(Asked const& asked) {
  bool const changes =
      asked.command().kind == "SET IDENTITY" || asked.command().action == AlterAction::DropIdentity;
  return changes && asked.sign.question.catalog.complete &&
         asked.column.identity == catalog::Identity::None && !asked.command().if_exists &&
         !also(asked, AlterAction::AddIdentity);
}

struct Obstacle {
  bool (*stands)(Asked const&);
  std::string_view state;
  std::string_view what;
  std::string_view remedy;
};

constexpr Obstacle obstacles[] = {
    {is_no_integer, "22023", "is no smallint, integer or bigint, and an identity column must be",
     "Change the type first: `bellows explain change-type`."},
    {is_identity_already, "55000", "is an identity column already",
     "ALTER COLUMN … SET GENERATED, RESTART or SET another option of its sequence."},
    {may_be_null, "55000", "may be NULL, and an identity column must not",
     "SET NOT NULL first, without a scan under the lock: `bellows explain set-not-null`."},
    {has_default, "55000", "has a DEFAULT, and an identity column must not",
     "DROP DEFAULT in the same ALTER TABLE, and START WITH a number above those that there are."},
    {is_no_identity, "55000", "is no identity column",
     "Check the name; IF EXISTS with DROP IDENTITY, ADD GENERATED … AS IDENTITY instead of SET."},
};

std::optional<Finding> found_in(Sign const& sign) {
  catalog::Table const* table = sign.facts.table();
  Column const* column = table == nullptr || sign.facts.command == nullptr
                             ? nullptr
                             : table->column(sign.facts.command->name);
  if (column == nullptr || signs::on_new_table(sign)) {
    return std::nullopt;
  }
  for (Obstacle const& obstacle : obstacles) {
    if (obstacle.stands({sign, *column})) {
      return refused(
          identity_refused.id, obstacle.state,
          fmt::format("{} of {} {}", column->name.quoted(), table->name.display(), obstacle.what),
          obstacle.remedy);
    }
  }
  return std::nullopt;
}

std::optional<Finding> recognise_identity(Question const& question) {
  for (Sign const& sign : signs::signs_of(question)) {
    if (auto finding = found_in(sign)) {
      return finding;
    }
  }
  return std::nullopt;
}

}  // namespace

Rule const identity_refused{"identity-refused", recognise_identity, nullptr};

}  // namespace bellows::rules
