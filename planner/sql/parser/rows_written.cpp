#include "planner/sql/rows_written.hpp"

#include "planner/sql/parser/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

using Kind = WrittenValue::Kind;

WrittenValue written_value(Node const* node) {
  if (tree::is<SetToDefault>(node)) {
    return {Kind::Default, ""};
  }
  auto const* constant = tree::as<A_Const>(node);
  if (constant == nullptr) {
    return {};
  }
  if (constant->isnull) {
    return {Kind::Null, ""};
  }
  switch (constant->val.node.type) {
    case T_String:
      return {Kind::Text, std::string(tree::text(constant->val.sval.sval))};
    case T_Integer:
      return {Kind::Integer, ""};
    case T_Float:
      return {Kind::Fraction, ""};
    case T_Boolean:
      return {Kind::Boolean, ""};
    default:  // PostgreSQL's enum of every node there is
      return {};
  }
}

/// Not told where one of its columns may be several.
std::optional<std::size_t> width_of(SelectStmt const& select) {
  if (select.op != SETOP_NONE) {
    return std::nullopt;
  }
  auto const targets = tree::items<ResTarget>(select.targetList);
  bool const star = std::ranges::any_of(targets, [](ResTarget const* target) {
    auto const* column = tree::as<ColumnRef>(target->val);
    auto const* part = tree::as<A_Indirection>(target->val);
    return (column != nullptr && tree::is<A_Star>(tree::last(column->fields))) ||
           (part != nullptr && tree::is<A_Star>(tree::last(part->indirection)));
  });
  return star ? std::nullopt : std::optional(targets.size());
}

void take_source(WrittenRows& into, InsertStmt const& insert) {
  auto const* select = tree::as<SelectStmt>(insert.selectStmt);
  into.default_values = select == nullptr;
  if (select == nullptr) {
    into.rows.emplace_back();
    return;
  }
  if (select->valuesLists == nullptr) {
    into.width = width_of(*select);
    return;
  }
  bool const cut = select->limitCount != nullptr || select->limitOffset != nullptr;
  if (cut) {
    return;
  }
  for (List const* row : tree::items<List>(select->valuesLists)) {
    std::vector<WrittenValue> values;
    for (Node const* value : tree::items(row)) {
      values.push_back(written_value(value));
    }
    into.rows.push_back(std::move(values));
  }
}

void take_conflict(WrittenRows& into, OnConflictClause const* conflict) {
  InferClause const* infer = conflict == nullptr ? nullptr : conflict->infer;
  if (infer == nullptr || infer->conname != nullptr || infer->whereClause != nullptr) {
    return;
  }
  std::vector<Identifier> columns;
  for (IndexElem const* key : tree::items<IndexElem>(infer->indexElems)) {
    bool const plain = key->name != nullptr && key->collation == nullptr && key->opclass == nullptr;
    if (!plain) {
      return;
    }
    columns.push_back(identifier(key->name));
  }
  into.conflict = std::move(columns);
}

/// Of a plain operator that takes both sides as one type, or IN.
bool compares_alike(A_Expr const& expression) {
  constexpr std::string_view operators[] = {"=", "<>", "!=", "<", ">", "<=", ">="};
  bool const plain = expression.kind == AEXPR_OP || expression.kind == AEXPR_IN ||
                     expression.kind == AEXPR_DISTINCT || expression.kind == AEXPR_NOT_DISTINCT;
  return plain && std::ranges::find(operators, last_name(expression.name)) != std::end(operators);
}

struct Target {
  std::string_view name;  // what its columns may be qualified with
  bool alone = false;     // no other relation has columns here
};

/// Empty for anything but a column of the target.
Identifier column_of(Node const* node, Target const& target) {
  auto const* column = tree::as<ColumnRef>(node);
  if (column == nullptr) {
    return {};
  }
  std::string_view const by = qualifier(*column);
  auto const parts = tree::items(column->fields).size();
  bool const ours = parts == 1 ? target.alone : parts == 2 && by == target.name;
  return ours ? Identifier(std::string(last_name(*column))) : Identifier();
}

void add_text(std::vector<ComparedText>& all, Identifier const& column, Node const* value) {
  WrittenValue const written = written_value(value);
  if (!column.empty() && written.kind == Kind::Text) {
    all.push_back({column, written.text});
  }
}

std::vector<ComparedText> compared_in(Node const* where, Target const& target) {
  std::vector<ComparedText> all;
  if (where == nullptr) {
    return all;
  }
  tree::walk(*where, [&](Node const& below) {
    auto const* expression = tree::as<A_Expr>(&below);
    if (expression != nullptr && compares_alike(*expression)) {
      add_text(all, column_of(expression->lexpr, target), expression->rexpr);
      add_text(all, column_of(expression->rexpr, target), expression->lexpr);
      for (Node const* one : tree::items(tree::as<List>(expression->rexpr))) {
        add_text(all, column_of(expression->lexpr, target), one);
      }
    }
    return !tree::is<SubLink>(&below);
  });
  return all;
}

WrittenRows written_rows(InsertStmt const& insert) {
  WrittenRows result;
  result.into = tree::qualified(*insert.relation);
  result.listed = insert.cols != nullptr;
  for (ResTarget const* target : tree::items<ResTarget>(insert.cols)) {
    result.columns.push_back(identifier(target->name));
    result.parts = result.parts || target->indirection != nullptr;
  }
  result.overriding = insert.override != OVERRIDING_NOT_SET;
  take_source(result, insert);
  take_conflict(result, insert.onConflictClause);
  return result;
}

}  // namespace

std::optional<WrittenRows> rows_written(Statement const& statement) {
  try {
    tree::Parsed const parsed = tree::parse(statement.raw.text);
    auto const* insert = tree::as<InsertStmt>(parsed.only());
    return insert == nullptr ? std::nullopt : std::optional(written_rows(*insert));
  } catch (SyntaxError const&) {
    return std::nullopt;
  }
}

std::vector<ComparedText> texts_compared(Statement const& statement) {
  try {
    tree::Parsed const parsed = tree::parse(statement.raw.text);
    if (auto const* update = tree::as<UpdateStmt>(parsed.only())) {
      return compared_in(update->whereClause,
                         {own_name(*update->relation), update->fromClause == nullptr});
    }
    auto const* erase = tree::as<DeleteStmt>(parsed.only());
    return erase == nullptr ? std::vector<ComparedText>()
                            : compared_in(erase->whereClause, {own_name(*erase->relation),
                                                               erase->usingClause == nullptr});
  } catch (SyntaxError const&) {
    return {};
  }
}

std::vector<QualifiedName> relations_read(Statement const& statement) {
  try {
    tree::Parsed const parsed = tree::parse(statement.raw.text);
    return parsed.only() == nullptr ? std::vector<QualifiedName>() : relations_in(*parsed.only());
  } catch (SyntaxError const&) {
    return {};
  }
}

}  // namespace bellows::sql
