#include "planner/rules/preconditions/missing_column.hpp"

#include "planner/rules/preconditions/parts.hpp"
#include "planner/sql/expression.hpp"
#include "planner/sql/named_columns.hpp"

#include <iterator>

// Source: parse_relation.c, colNameToVar(); parse_target.c, checkInsertTargets(); aclchk.c,
// expand_col_privileges(); comment.c, CommentObject().
namespace bellows::rules::preconditions {

namespace {

constexpr std::string_view system_columns[] = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"};

/// The columns that an expression over one row names without their table. None where it has what no
/// such expression has (a subquery, say), whose columns may be others'.
std::vector<Identifier> named_in(std::string const& expression) {
  std::vector<Identifier> names;
  try {
    sql::Expression const parsed = sql::Expression::parse(expression);
    for (sql::ColumnReference const& column : parsed.columns()) {
      if (column.path.size() == 1) {
        names.push_back(column.path.front());
      }
    }
  } catch (sql::SyntaxError const&) {
    return {};
  }
  return names;
}

/// The same of what rows are set to, and of which; read in one go.
std::vector<Identifier> named_in(std::vector<sql::Assignment> const& set,
                                 std::string const& where) {
  std::string all = "COALESCE(NULL";  // no row, which is more than one value
  for (sql::Assignment const& one : set) {
    all += ", " + one.expression + "\n";
  }
  return named_in(all + (where.empty() ? "" : ", " + where + "\n") + ")");
}

/// ALTER TYPE: the column, and those that its USING is made of.
std::vector<Identifier> with_using(sql::AlterTableCommand const& command) {
  std::vector<Identifier> names =
      command.using_text.empty() ? std::vector<Identifier>() : named_in(command.using_text);
  names.insert(names.begin(), command.name);
  return names;
}

/// Those that the CHECKs of a new column mention beside it.
std::vector<Identifier> in_checks(sql::ColumnDefinition const& column) {
  std::vector<Identifier> names;
  for (sql::ConstraintDefinition const& constraint : column.constraints) {
    if (constraint.form == ConstraintForm::Check) {
      std::ranges::copy_if(constraint.columns, std::back_inserter(names),
                           [&](Identifier const& name) { return name != column.name; });
    }
  }
  return names;
}

/// Those of a policy that are of no subquery.
std::vector<Identifier> in_policy(sql::Other const& policy) {
  std::vector<Identifier> names;
  for (sql::Uses::Column const& column : policy.uses.columns) {
    if (column.scope == 0 && column.qualifier.empty()) {
      names.push_back(column.name);
    }
  }
  return names;
}

/// The columns of the target that a sub-command names.
std::vector<Identifier> named_by(sql::AlterTableCommand const& command) {
  constexpr std::string_view of_columns[] = {"SET IDENTITY",         "SET STORAGE",
                                             "SET COMPRESSION",      "SET COLUMN OPTIONS",
                                             "RESET COLUMN OPTIONS", "SET STATISTICS"};
  switch (command.action) {
    case AlterAction::DropColumn:
    case AlterAction::DropIdentity:
    case AlterAction::SetDefault:
    case AlterAction::DropDefault:
    case AlterAction::SetNotNull:
    case AlterAction::DropNotNull:
    case AlterAction::AddIdentity:
    case AlterAction::DropExpression:
    case AlterAction::SetExpression:
      return command.action == AlterAction::DropColumn && command.if_exists
                 ? std::vector<Identifier>{}
                 : std::vector<Identifier>{command.name};
    case AlterAction::AlterType:
      return with_using(command);
    case AlterAction::AddColumn:
      return in_checks(command.column);
    case AlterAction::AddConstraint: {
      std::vector<Identifier> names = command.constraint.columns;
      names.insert(names.end(), command.constraint.include.begin(),
                   command.constraint.include.end());
      return names;
    }
    case AlterAction::Other:
      return std::ranges::find(of_columns, std::string_view(command.kind)) != std::end(of_columns)
                 ? std::vector<Identifier>{command.name}
                 : std::vector<Identifier>{};
    case AlterAction::DropConstraint:
    case AlterAction::ValidateConstraint:
    case AlterAction::AttachPartition:
    case AlterAction::DetachPartition:
      return {};
  }
  return {};
}

/// Whether it may name columns in lists that its value does not keep.
bool has_lists(sql::Statement const& statement) {
  constexpr std::string_view of_others[] = {
      "GRANT", "REVOKE", "COMMENT ON COLUMN", "CREATE STATISTICS", "ANALYZE", "CREATE RULE"};
  return !statement.within.empty() || std::holds_alternative<sql::DataStatement>(statement.body) ||
         std::ranges::find(of_others, std::string_view(statement.kind)) != std::end(of_others);
}

struct Named {
  Facts const& facts;
  using Columns = std::vector<Identifier>;

  Columns operator()(sql::RenameColumn const& rename) const { return {rename.from}; }
  Columns operator()(sql::AlterTable const& alter) const {
    bool const table = alter.on != sql::ObjectKind::Index && alter.on != sql::ObjectKind::Type;
    return table && facts.command != nullptr ? named_by(*facts.command) : Columns{};
  }
  Columns operator()(sql::CreateIndex const& index) const { return index.mentioned; }
  Columns operator()(sql::CreateTrigger const& trigger) const { return trigger.update_of; }
  Columns operator()(sql::Update const& update) const {
    Columns columns;
    for (sql::Assignment const& one : update.set) {
      columns.push_back(one.column);
    }
    if (update.simple) {
      std::ranges::move(named_in(update.set, update.where), std::back_inserter(columns));
    }
    return columns;
  }
  Columns operator()(sql::DataStatement const& data) const {
    bool const plain = data.deletion && data.deletion->obstacle.empty();
    return plain ? named_in({}, data.deletion->where) : Columns{};
  }
  Columns operator()(sql::Other const& other) const {
    bool const policy =
        facts.statement.kind == "CREATE POLICY" || facts.statement.kind == "ALTER POLICY";
    return policy ? in_policy(other) : Columns{};
  }
  template <typename Body>
  Columns operator()(Body const&) const {
    return {};
  }
};

/// What a plain copy reads of its one source.
sql::NamedColumns read_by_copy(sql::Statement const& statement) {
  auto const* data = std::get_if<sql::DataStatement>(&statement.body);
  bool const plain = data != nullptr && data->insertion && data->insertion->obstacle.empty();
  return plain ? sql::NamedColumns{data->insertion->from,
                                   named_in(data->insertion->columns, data->insertion->where)}
               : sql::NamedColumns{};
}

}  // namespace

bool is_systems(Identifier const& column) {
  return std::ranges::find(system_columns, column.raw()) != std::end(system_columns);
}

bool lacks(Table const& table, Identifier const& column) {
  return !column.empty() && table.column(column) == nullptr && !is_systems(column) &&
         column != table.name.name;
}

std::optional<MissingColumn> missing_column(Facts const& facts, TellsAll tells_all) {
  auto const lacked_by = [&](Table const* table, std::vector<Identifier> const& columns) {
    auto const found = std::ranges::find_if(
        columns, [&](Identifier const& column) { return lacks(*table, column); });
    return found == columns.end() ? std::nullopt : std::optional(MissingColumn{table, *found});
  };
  Table const* target = facts.table();
  bool const told = target != nullptr && tells_all(facts.catalog, *target);
  auto missing =
      told ? lacked_by(target, std::visit(Named{facts}, facts.statement.body)) : std::nullopt;
  bool const reads = facts.statement.kind == "COPY TO";  // it has no target
  bool const may_name = told || reads || !facts.statement.within.empty();
  if (missing || !may_name || !has_lists(facts.statement)) {
    return missing;
  }
  std::vector<sql::NamedColumns> all = sql::named_columns(facts.statement);
  all.push_back(read_by_copy(facts.statement));
  for (sql::NamedColumns const& named : all) {
    Table const* table = facts.catalog.table(named.relation);
    if (!missing && table != nullptr && tells_all(facts.catalog, *table)) {
      missing = lacked_by(table, named.columns);
    }
  }
  return missing;
}

}  // namespace bellows::rules::preconditions
