#include "planner/locks/added_default.hpp"

#include "planner/catalog/edit.hpp"

#include <algorithm>

namespace bellows::locks {

namespace {

using catalog::Catalog;
using sql::ConstraintDefinition;
using sql::ConstraintForm;

/// A function in SQL may be put in place by its body, and then that decides.
PerRow of_function(catalog::Function const& function) {
  if (function.volatility != sql::Volatility::Volatile) {
    return PerRow::No;
  }
  if (function.language != "sql") {
    return PerRow::Yes;
  }
  bool const computes = function.body && sql::calls_of_statement(*function.body).volatile_function;
  return computes ? PerRow::Yes : PerRow::Unknown;
}

/// All that may be meant agree, or it is not known.
PerRow of_call(Catalog const& catalog, sql::FunctionCall const& call) {
  std::optional<PerRow> all;
  for (catalog::Function const& function : catalog.functions.named(catalog.resolve(call.name))) {
    if (function.arguments.size() < call.arguments) {
      continue;  // the others may have defaults
    }
    PerRow const one = of_function(function);
    all = !all || *all == one ? one : PerRow::Unknown;
  }
  return all.value_or(PerRow::Unknown);
}

PerRow per_row(Catalog const& catalog, sql::Calls const& calls) {
  PerRow worst = calls.volatile_function ? PerRow::Yes : PerRow::No;
  for (sql::FunctionCall const& call : calls.unknown) {
    worst = std::max(worst, of_call(catalog, call));
  }
  return worst;
}

std::optional<AddedDefault> default_of_domain(Catalog const& catalog, sql::TypeName const& type) {
  auto const domain = catalog.domains.find(catalog::qualified_type(catalog, type));
  if (domain == catalog.domains.end() || domain->second.default_sql.empty()) {
    return std::nullopt;
  }
  std::string const& text = domain->second.default_sql;
  return AddedDefault{text, per_row(catalog, sql::calls_of(text))};
}

}  // namespace

std::optional<AddedDefault> added_default(Facts const& facts) {
  if (facts.command == nullptr || facts.command->action != sql::AlterAction::AddColumn) {
    return std::nullopt;
  }
  sql::ColumnDefinition const& column = facts.command->column;
  auto const own =
      std::ranges::find(column.constraints, ConstraintForm::Default, &ConstraintDefinition::form);
  return own == column.constraints.end()
             ? default_of_domain(facts.catalog, column.type)
             : std::optional(AddedDefault{own->expression, per_row(facts.catalog, own->calls)});
}

}  // namespace bellows::locks
