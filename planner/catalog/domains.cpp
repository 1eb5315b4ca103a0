#include "planner/catalog/domains.hpp"

#include "planner/catalog/edit.hpp"

namespace bellows::catalog {

void change_domain(Catalog& catalog, sql::DomainChange const& change) {
  std::string const name = type_text(catalog, change.domain);
  if (change.creates) {
    std::string const base = qualified_type(catalog, change.base);
    auto const below = catalog.domains.find(base);
    catalog.domains.emplace(  // its default is taken over, as it is now
        name, Domain{base, false, below == catalog.domains.end() ? "" : below->second.default_sql});
  }
  auto const domain = catalog.domains.find(name);
  if (domain != catalog.domains.end()) {
    domain->second.constrained = domain->second.constrained || change.constrains;
    if (change.default_sql) {
      domain->second.default_sql = *change.default_sql == "NULL" ? "" : *change.default_sql;
    }
  }
}

}  // namespace bellows::catalog
