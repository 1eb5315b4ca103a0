#include "planner/catalog/holders.hpp"

#include "planner/catalog/dependents.hpp"

#include <algorithm>
#include <utility>

namespace bellows::catalog {

void depend(Catalog& catalog, sql::Statement const& statement, sql::Other const& body,
            bool made_before) {
  constexpr std::pair<std::string_view, DependentKind> kinds[] = {
      {"CREATE VIEW", DependentKind::View},
      {"CREATE MATERIALIZED VIEW", DependentKind::MaterializedView},
      {"CREATE RULE", DependentKind::Rule},
      {"CREATE POLICY", DependentKind::Policy},
      {"ALTER POLICY", DependentKind::Policy},
  };
  auto const* found = std::ranges::find(kinds, std::string_view(statement.kind),
                                        &std::pair<std::string_view, DependentKind>::first);
  if (found == std::end(kinds) || body.relations.empty()) {
    return;
  }
  QualifiedName const own = catalog.resolve(body.relations.front());
  QualifiedName const name = body.part.empty() ? own : QualifiedName{Identifier(), body.part};
  Dependent const dependent{found->second, name, {}};
  if (made_before) {  // else all tables would be asked for each new view
    drop_dependent(catalog, dependent, own);
  }
  add_dependent(catalog, dependent, body.uses, own);
}

void depend_by_body(Catalog& catalog, sql::Other const& body) {
  if (body.function->alters) {
    return;
  }
  QualifiedName const name = catalog.resolve(body.function->name);
  Dependent const dependent{DependentKind::Function, name, {}};
  if (!catalog.functions.named(name).empty()) {
    drop_dependent(catalog, dependent, {});
  }
  add_dependent(catalog, dependent, body.uses, {});
}

}  // namespace bellows::catalog
