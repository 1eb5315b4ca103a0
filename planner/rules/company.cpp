#include "planner/rules/company.hpp"

#include "planner/rules/brackets.hpp"
#include "planner/rules/settings.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace bellows::rules {

namespace {

using Later = std::span<Reviewed const>;

void forget(Reviewed& reviewed, std::string_view rule) {
  std::erase_if(reviewed.findings, [&](Finding const& finding) { return finding.rule == rule; });
}

bool names(sql::Other const* body, sql::QualifiedName const& name,
           catalog::Catalog const& catalog) {
  return body != nullptr && !body->relations.empty() &&
         catalog.resolve(body->relations.front()) == name;
}

/// One of them makes a view of the name, or with `grants` gives privileges on it.
bool has_later(Later later, sql::QualifiedName const& name, catalog::Catalog const& catalog,
               bool grants) {
  return std::ranges::any_of(later, [&](Reviewed const& reviewed) {
    bool const wanted =
        grants ? reviewed.statement.kind.starts_with("GRANT") : makes_table(reviewed.statement);
    return wanted && names(std::get_if<sql::Other>(&reviewed.statement.body), name, catalog);
  });
}

/// A table whose old name is a view from the same moment on, for those who used it, too.
void forgive_kept_names(Reviewed& reviewed, Later later, catalog::Catalog const& catalog) {
  auto const* rename = std::get_if<sql::RenameObject>(&reviewed.statement.body);
  if (rename == nullptr || rename->kind != sql::ObjectKind::Table) {
    return;
  }
  sql::QualifiedName const old = catalog.resolve(rename->name);
  if (has_later(later, old, catalog, false) && has_later(later, old, catalog, true)) {
    forget(reviewed, "rename-table");
  }
}

void mark_company(std::vector<Reviewed>& all, catalog::Catalog const& catalog) {
  for (Reviewed& reviewed : all) {
    bool const splits = reviewed.splitter != nullptr && !reviewed.splits_into.empty();
    if (!splits || stands_alone(all, reviewed, catalog)) {
      continue;
    }
    reviewed.alone = false;
    for (Finding& finding : reviewed.findings) {
      if (finding.rule == reviewed.splitter->id && finding.remedy.starts_with("Let ")) {
        finding.remedy = "In a migration file of its own, l" + finding.remedy.substr(1);
      }
    }
  }
}

}  // namespace

bool makes_table(sql::Statement const& statement) {
  return std::holds_alternative<sql::CreateTable>(statement.body) ||
         statement.kind == "CREATE TABLE AS" || statement.kind == "CREATE MATERIALIZED VIEW" ||
         statement.kind == "CREATE VIEW";
}

bool stands_alone(std::vector<Reviewed> const& all, Reviewed const& split,
                  catalog::Catalog const& catalog) {
  Question const question{split.statement, split.effects, split.directives, catalog};
  auto const takes =
      split.splitter == nullptr ? decltype(Rule::takes_along)() : split.splitter->takes_along;
  return std::ranges::all_of(all, [&](Reviewed const& other) {
    return &other == &split || goes_along(other.statement) || opens(other.statement) ||
           closes(other.statement) || (takes != nullptr && takes(question, other.statement));
  });
}

void weigh_company(std::vector<Reviewed>& all, catalog::Catalog const& catalog) {
  mark_company(all, catalog);
  if (well_bracketed(all)) {
    for (Reviewed& reviewed : all) {
      forget(reviewed, "transaction-in-file");
    }
  }
  for (std::size_t at = 0; at < all.size(); ++at) {
    Later const later = Later(all).subspan(at + 1);
    forgive_kept_names(all[at], later, catalog);
  }
}

}  // namespace bellows::rules
