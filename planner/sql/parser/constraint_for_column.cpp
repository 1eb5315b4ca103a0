#include "planner/sql/parser/parse_parts.hpp"

namespace bellows::sql {

namespace {

void rename_strings(List const* names, Identifier const& column, Identifier const& to) {
  for (Node const* node : tree::items(names)) {
    auto const* name = tree::as<String>(node);
    if (name != nullptr && name->sval == column.raw()) {
      tree::assign(name->sval, to.raw());
    }
  }
}

void rename_own(Constraint const& constraint, Identifier const& column, Identifier const& to) {
  for (List const* names :
       {constraint.keys, constraint.including, constraint.fk_attrs, constraint.fk_del_set_cols}) {
    rename_strings(names, column, to);
  }
  tree::walk(tree::node(constraint), [&](Node const& below) {
    auto const* element = tree::as<IndexElem>(&below);
    if (element != nullptr && tree::text(element->name) == column.raw()) {
      tree::assign(element->name, to.raw());
    }
    if (auto const* used = tree::as<ColumnRef>(&below)) {
      rename_strings(used->fields, column, to);
    }
    return true;
  });
}

Constraint const& only_constraint(tree::Parsed const& parsed, std::string_view definition) {
  auto const* alter = tree::as<AlterTableStmt>(parsed.only());
  bool const one = alter != nullptr && tree::items(alter->cmds).size() == 1;
  auto const* constraint =
      one ? tree::as<Constraint>(tree::items<AlterTableCmd>(alter->cmds).front()->def) : nullptr;
  if (constraint == nullptr) {
    throw SyntaxError("not one constraint: " + std::string(definition), Position{});
  }
  return *constraint;
}

}  // namespace

std::string constraint_for_column(std::string_view definition, Identifier const& column,
                                  Identifier const& to, bool referenced) {
  tree::Parsed const parsed = tree::parse("ALTER TABLE t ADD " + std::string(definition));
  Constraint const& constraint = only_constraint(parsed, definition);
  if (referenced) {
    rename_strings(constraint.pk_attrs, column, to);
  } else {
    rename_own(constraint, column, to);
  }
  return constraint_definition(constraint, Identifier()).text;
}

}  // namespace bellows::sql
