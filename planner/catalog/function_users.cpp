#include "planner/catalog/function_users.hpp"

#include "planner/sql/function_calls.hpp"
#include "planner/sql/statement.hpp"

#include <algorithm>

namespace bellows::catalog {

namespace {

class Search {
 public:
  Search(Catalog const& catalog, QualifiedName const& function,
         std::optional<std::size_t> arguments)
      : catalog_(catalog), function_(catalog.resolve(function)), arguments_(arguments) {}

  std::vector<FunctionUser> found() && {
    for (auto const& [name, table] : catalog_.tables) {
      look_at(table);
    }
    return std::move(found_);
  }

 private:
  void look_at(Table const& table) {
    for (Trigger const& trigger : table.triggers) {
      if (executes(trigger)) {
        found_.push_back({table.name, FunctionUse::Trigger, trigger.name});
      }
    }
    for (Column const& column : table.columns) {
      if (column.default_sql && calls(*column.default_sql, "SELECT " + *column.default_sql)) {
        FunctionUse const use =
            column.generated ? FunctionUse::GeneratedColumn : FunctionUse::Default;
        found_.push_back({table.name, use, column.name});
      }
    }
    for (Constraint const& constraint : table.constraints) {
      bool const check = constraint.kind == ConstraintKind::Check;
      if (check && calls(constraint.definition, "ALTER TABLE t ADD " + constraint.definition)) {
        found_.push_back({table.name, FunctionUse::Check, constraint.name});
      }
    }
    for (Index const& index : table.indexes) {
      bool const computes = index.has_expressions || index.partial;
      if (computes && calls(index.definition, index.definition)) {
        found_.push_back({table.name, FunctionUse::Index, index.name});
      }
    }
  }

  bool is_named_in(std::string const& text) const {
    return text.find(function_.name.raw()) != std::string::npos;
  }

  /// A trigger's function is declared without arguments, whatever the trigger gives it.
  bool executes(Trigger const& trigger) const {
    return arguments_.value_or(0) == 0 && trigger.function == function_;
  }

  bool calls(std::string const& text, std::string const& statement) const {
    return is_named_in(text) &&
           std::ranges::any_of(sql::functions_called(statement),
                               [&](sql::FunctionCall const& call) {
                                 // Fewer: the function may have defaults for the others.
                                 bool const takes = !arguments_ || call.arguments <= *arguments_;
                                 return takes && catalog_.resolve(call.name) == function_;
                               });
  }

  Catalog const& catalog_;
  QualifiedName function_;
  std::optional<std::size_t> arguments_;
  std::vector<FunctionUser> found_;
};

}  // namespace

std::vector<FunctionUser> users_of_function(Catalog const& catalog, QualifiedName const& function,
                                            std::optional<std::size_t> arguments) {
  return Search(catalog, function, arguments).found();
}

}  // namespace bellows::catalog
