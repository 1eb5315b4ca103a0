#include "planner/sql/parser/calls.hpp"
#include "planner/sql/parser/constraint_text.hpp"
#include "planner/sql/parser/parse_parts.hpp"
#include "planner/sql/parser/type_name.hpp"

namespace bellows::sql {

namespace {

std::optional<ConstraintForm> form_of(ConstrType type) {
  switch (type) {
    case CONSTR_CHECK:
      return ConstraintForm::Check;
    case CONSTR_NOTNULL:
      return ConstraintForm::NotNull;
    case CONSTR_NULL:
      return ConstraintForm::Null;
    case CONSTR_DEFAULT:
      return ConstraintForm::Default;
    case CONSTR_GENERATED:
      return ConstraintForm::Generated;
    case CONSTR_IDENTITY:
      return ConstraintForm::Identity;
    case CONSTR_UNIQUE:
      return ConstraintForm::Unique;
    case CONSTR_PRIMARY:
      return ConstraintForm::PrimaryKey;
    case CONSTR_FOREIGN:
      return ConstraintForm::ForeignKey;
    case CONSTR_EXCLUSION:
      return ConstraintForm::Exclude;
    case CONSTR_ATTR_DEFERRABLE:
    case CONSTR_ATTR_NOT_DEFERRABLE:
    case CONSTR_ATTR_DEFERRED:
    case CONSTR_ATTR_IMMEDIATE:
    case CONSTR_ATTR_ENFORCED:
    case CONSTR_ATTR_NOT_ENFORCED:
      return std::nullopt;  // words about the constraint before it
  }
  return std::nullopt;
}

std::vector<Identifier> columns_of(Constraint const& constraint, ConstraintForm form,
                                   Identifier const& column) {
  if (form == ConstraintForm::Check && constraint.raw_expr != nullptr) {
    return columns_in(*constraint.raw_expr);  // a column's CHECK may mention others
  }
  if (!column.empty()) {
    return {column};
  }
  if (form == ConstraintForm::ForeignKey) {
    return identifiers(constraint.fk_attrs);
  }
  if (form != ConstraintForm::Exclude) {
    return identifiers(constraint.keys);
  }
  std::vector<Identifier> columns;
  for (List const* exclusion : tree::items<List>(constraint.exclusions)) {
    auto const* element = tree::as<IndexElem>(tree::items(exclusion).front());
    if (element != nullptr && element->name != nullptr) {
      columns.push_back(identifier(element->name));
    }
  }
  return columns;
}

/// DEFERRABLE and its kin stand behind a column's constraint as nodes of their own.
void take_attribute(Constraint& constraint, ConstrType attribute) {
  bool const deferred = attribute == CONSTR_ATTR_DEFERRED;
  constraint.deferrable = constraint.deferrable || deferred || attribute == CONSTR_ATTR_DEFERRABLE;
  constraint.initdeferred = constraint.initdeferred || deferred;
  if (attribute == CONSTR_ATTR_NOT_ENFORCED) {
    constraint.is_enforced = false;
    constraint.skip_validation = true;
  }
}

bool can_be_unenforced(ConstraintForm form) {
  return form == ConstraintForm::Check || form == ConstraintForm::ForeignKey;
}

}  // namespace

ConstraintDefinition constraint_definition(Constraint const& constraint, Identifier const& column) {
  ConstraintDefinition result;
  result.form = form_of(constraint.contype).value_or(ConstraintForm::Null);
  result.name = identifier(constraint.conname);
  result.columns = columns_of(constraint, result.form, column);
  result.include = identifiers(constraint.including);
  result.using_index = identifier(constraint.indexname);
  result.not_valid = constraint.skip_validation;
  result.no_inherit = constraint.is_no_inherit;
  result.not_enforced = can_be_unenforced(result.form) && !constraint.is_enforced;
  result.virtual_column = constraint.generated_kind == 'v';  // ATTRIBUTE_GENERATED_VIRTUAL
  result.period = constraint.without_overlaps || constraint.fk_with_period;
  result.identity_always = constraint.generated_when == 'a';  // ATTRIBUTE_IDENTITY_ALWAYS
  if (result.form == ConstraintForm::Identity) {
    result.sequence = named_sequence(constraint);
  }
  if (constraint.raw_expr != nullptr) {
    result.expression = text_of_expression(constraint.raw_expr);
    result.calls = calls_in(*constraint.raw_expr);
  }
  if (constraint.pktable != nullptr) {
    result.references = tree::qualified(*constraint.pktable);
    result.referenced_columns = identifiers(constraint.pk_attrs);
  }
  result.text = constraint_text(constraint, result, column.empty());
  return result;
}

ColumnDefinition column_definition(ColumnDef const& column) {
  ColumnDefinition result;
  result.name = identifier(column.colname);
  if (column.typeName != nullptr) {
    result.type = type_name(*column.typeName);
  }
  if (column.collClause != nullptr) {
    result.collation = tree::qualified(column.collClause->collname).quoted();
  }
  auto const all = tree::items<Constraint>(column.constraints);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!form_of(all[i]->contype)) {
      continue;
    }
    Constraint constraint = *all[i];
    for (std::size_t j = i + 1; j < all.size() && !form_of(all[j]->contype); ++j) {
      take_attribute(constraint, all[j]->contype);
    }
    result.constraints.push_back(constraint_definition(constraint, result.name));
  }
  return result;
}

}  // namespace bellows::sql
