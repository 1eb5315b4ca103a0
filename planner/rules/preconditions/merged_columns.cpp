#include "planner/rules/preconditions/merged_columns.hpp"

#include <algorithm>

// Source: tablecmds.c, MergeAttributesIntoExisting(), MergeConstraintsIntoExisting(); tried on 13
// to 18.
namespace bellows::rules::preconditions {

namespace {

using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintKind;
using catalog::Table;

bool has_later_not_null(Table const& table, Column const& column) {
  return std::ranges::any_of(table.constraints, [&](Constraint const& constraint) {
    return constraint.kind == ConstraintKind::NotNull && constraint.columns.front() == column.name;
  });
}

/// Before 16 a partition's column might be generated where its parent's is not.
bool generated_differs(Column const& parents, Column const& own, int version) {
  return version >= 16 ? parents.generated != own.generated : parents.generated && !own.generated;
}

std::optional<Mismatch> of_column(Column const& parents, Table const& child, Merging how) {
  Column const* own = child.column(parents.name);
  if (own == nullptr) {
    return child.partial ? std::nullopt : std::optional(Mismatch::Column);
  }
  if (parents.type != own->type) {
    bool const told = !parents.type.empty() && !own->type.empty();
    return told ? std::optional(Mismatch::Type) : std::nullopt;
  }
  if (parents.collation != own->collation) {
    return Mismatch::Collation;
  }
  if (parents.not_null && !own->not_null) {
    return has_later_not_null(child, *own) ? Mismatch::LaterNotNull : Mismatch::NotNull;
  }
  return generated_differs(parents, *own, how.server_version) ? std::optional(Mismatch::Generated)
                                                              : std::nullopt;
}

bool says(Constraint const& constraint, std::string_view words) {
  return constraint.definition.find(words) != std::string::npos;
}

/// Written alike but for brackets, as far as that tells two expressions apart: only where neither
/// has anything that the server writes otherwise than people do.
bool differs(std::string const& one, std::string const& other) {
  constexpr std::string_view ambiguous[] = {"'",       "::",   " IN ", " ANY ",
                                            "BETWEEN", "LIKE", "!=",   "~"};
  auto const is_plain = [&](std::string const& text) {
    return std::ranges::none_of(
        ambiguous, [&](std::string_view word) { return text.find(word) != std::string::npos; });
  };
  auto const bare = [](std::string text) {
    if (auto const end = text.find(" NOT VALID"); end != std::string::npos) {
      text.resize(end);
    }
    std::erase_if(text, [](char c) { return c == '(' || c == ')' || c == ' '; });
    return text;
  };
  return is_plain(one) && is_plain(other) && bare(one) != bare(other);
}

std::optional<Mismatch> of_check(Constraint const& parents, Table const& child) {
  Constraint const* own = child.constraint(parents.name);
  if (own == nullptr || own->kind != ConstraintKind::Check) {
    return child.partial ? std::nullopt : std::optional(Mismatch::Check);
  }
  if (own->columns != parents.columns) {
    return Mismatch::Check;
  }
  if (says(*own, " NO INHERIT")) {
    return Mismatch::LoneCheck;
  }
  if (differs(parents.definition, own->definition)) {
    return Mismatch::Check;
  }
  return parents.validated && !own->validated ? std::optional(Mismatch::LaterCheck) : std::nullopt;
}

}  // namespace

std::optional<Found> mismatch(Table const& parent, Table const& child, Merging how) {
  for (Column const& column : parent.columns) {
    if (auto const kind = of_column(column, child, how)) {
      return Found{*kind, column.name.quoted(), child.name.display()};
    }
  }
  for (Constraint const& check : parent.constraints) {
    bool const inherited = check.kind == ConstraintKind::Check && !says(check, " NO INHERIT");
    auto const kind = inherited ? of_check(check, child) : std::nullopt;
    if (kind) {
      return Found{*kind, check.name.quoted(), child.name.display()};
    }
  }
  return std::nullopt;
}

}  // namespace bellows::rules::preconditions
