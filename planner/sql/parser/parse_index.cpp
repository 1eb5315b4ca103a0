#include "planner/sql/lower.hpp"
#include "planner/sql/parser/index_text.hpp"
#include "planner/sql/parser/parse_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace bellows::sql {

namespace {

void mention(CreateIndex& index, Identifier column) {
  if (std::ranges::find(index.mentioned, column) == index.mentioned.end()) {
    index.mentioned.push_back(std::move(column));
  }
}

void mention_all(CreateIndex& index, Node const* expression) {
  if (expression == nullptr) {
    return;
  }
  for (Identifier& column : columns_in(*expression)) {
    mention(index, std::move(column));
  }
}

/// FigureIndexColname() of parse_target.c: what an expression is called.
std::string label_of(Node const* node) {
  if (node == nullptr) {
    return "expr";
  }
  switch (node->type) {
    case T_ColumnRef:
      return std::string(last_name(*tree::as<ColumnRef>(node)));
    case T_FuncCall:
      return std::string(last_name(tree::as<FuncCall>(node)->funcname));
    case T_TypeCast: {
      std::string const inner = label_of(tree::as<TypeCast>(node)->arg);
      return inner == "expr" ? std::string(last_name(tree::as<TypeCast>(node)->typeName->names))
                             : inner;
    }
    case T_CollateClause:
      return label_of(tree::as<CollateClause>(node)->arg);
    case T_A_Indirection:
      return label_of(tree::as<A_Indirection>(node)->arg);
    case T_CoalesceExpr:
      return "coalesce";
    case T_CaseExpr:
      return "case";
    case T_A_ArrayExpr:
      return "array";
    case T_RowExpr:
      return "row";
    case T_MinMaxExpr:
      return tree::as<MinMaxExpr>(node)->op == IS_GREATEST ? "greatest" : "least";
    default:
      return "expr";  // PostgreSQL's enum of every node there is
  }
}

/// From USING or the first list on, its tokens one space apart at most: as they stand already where
/// no quotes, comments or line ends are. A dump has indexes by the thousand.
std::string rest_of(std::string const& text, IndexStmt const& statement) {
  bool const plain = text.find_first_of("\"'$\n\t\r\f\v") == std::string::npos &&
                     text.find("--") == std::string::npos && text.find("/*") == std::string::npos &&
                     text.find("  ") == std::string::npos;
  RangeVar const& relation = *statement.relation;
  auto const table = static_cast<std::size_t>(std::max(relation.location, 0));
  std::string_view const name =
      tree::text(relation.schemaname != nullptr ? relation.schemaname : relation.relname);
  std::size_t const list = text.find('(', table);
  if (!plain || list == std::string::npos || text.find(name, table) != table) {
    return IndexText(text).rest();
  }
  std::string const before = lower(text.substr(table, list - table));
  std::size_t const method = before.find(" using ");
  return text.substr(method == std::string::npos ? list : table + method + 1);
}

IndexElement element_of(IndexElem const& raw) {
  Identifier const name = identifier(raw.name);
  return {name, text_of_expression(raw.expr), name.empty() ? Identifier(label_of(raw.expr)) : name};
}

/// What was written must read back as what was meant.
void require_same(Node const& meant, std::string const& written) {
  tree::Parsed const read = tree::parse(written);
  if (read.only() == nullptr || !tree::same_meaning(meant, *read.only())) {
    throw std::invalid_argument("this index cannot be written again faithfully: " + written);
  }
}

/// Renames in the tree and in the text alike.
class ColumnRename {
 public:
  ColumnRename(IndexStmt const& statement, IndexText& index, Identifier const& from,
               Identifier const& to)
      : statement_(statement), text_(index), from_(from), to_(to) {}

  void run() {
    std::vector<std::size_t> const places = text_.elements();
    std::size_t next = 0;
    for (List const* elements : {statement_.indexParams, statement_.indexIncludingParams}) {
      for (IndexElem const* element : tree::items<IndexElem>(elements)) {
        rename(*element, places.at(next++));
      }
    }
    tree::each<ColumnRef>(tree::node(statement_),
                          [this](ColumnRef const& reference) { rename(reference); });
  }

 private:
  void rename(IndexElem const& element, std::size_t place) {
    if (tree::text(element.name) != from_.raw()) {
      return;
    }
    tree::assign(element.name, to_.raw());
    text_.replace(place, to_.quoted());
  }

  void rename(ColumnRef const& reference) {
    auto const names = tree::items(reference.fields);
    auto const* last = tree::as<String>(names.back());
    if (last == nullptr || last->sval != from_.raw()) {
      return;
    }
    tree::assign(last->sval, to_.raw());
    std::size_t const first = text_.at_offset(static_cast<std::size_t>(reference.location));
    text_.replace(first + 2 * (names.size() - 1), to_.quoted());
  }

  IndexStmt const& statement_;
  IndexText& text_;
  Identifier const& from_;
  Identifier const& to_;
};

/// A CREATE INDEX and its tree, a column renamed in both, the index called otherwise.
class RenamedIndex {
 public:
  RenamedIndex(std::string_view text, Identifier const& column, Identifier const& to,
               Identifier const& index_name)
      : name_(index_name), source_(text), parsed_(tree::parse(source_)), text_(source_) {
    if (!tree::is<IndexStmt>(parsed_.only())) {
      throw std::invalid_argument("not a CREATE INDEX: " + source_);
    }
    tree::assign(statement().idxname, name_.raw());
    ColumnRename(statement(), text_, column, to).run();
  }

  std::string text(std::string_view how) {
    statement().concurrent = !how.empty();
    statement().if_not_exists = false;
    return fmt::format("CREATE {}INDEX {}{} {}", statement().unique ? "UNIQUE " : "", how,
                       name_.quoted(), text_.from_on());
  }

  /// What text() was written to mean.
  Node const& meant() const { return *parsed_.only(); }

 private:
  /// Nobody else has this tree.
  IndexStmt& statement() { return const_cast<IndexStmt&>(*tree::as<IndexStmt>(parsed_.only())); }

  Identifier name_;
  std::string source_;
  tree::Parsed parsed_;
  IndexText text_;
};

/// The same without a tree, which most indexes do without: their columns are told by their tokens.
/// Nothing where they are not.
std::optional<std::string> renamed_plainly(std::string const& source, Identifier const& column,
                                           Identifier const& to, Identifier const& index_name) {
  IndexText text(source);
  if (column.quoted() != column.raw() || !text.is_plain()) {
    return std::nullopt;
  }
  for (std::size_t const place : text.elements()) {
    if (text.names(place, column.raw())) {
      text.replace(place, to.quoted());
    }
  }
  return fmt::format("CREATE {}INDEX {} {}", text.is_unique() ? "UNIQUE " : "", index_name.quoted(),
                     text.from_on());
}

}  // namespace

CreateIndex create_index(IndexStmt const& statement, std::string const& text) {
  CreateIndex index;
  index.name = identifier(statement.idxname);
  index.table = tree::qualified(*statement.relation);
  index.only = !statement.relation->inh;
  if (statement.accessMethod != nullptr) {
    index.method = statement.accessMethod;
  }
  index.unique = statement.unique;
  index.concurrently = statement.concurrent;
  index.if_not_exists = statement.if_not_exists;
  index.predicate = text_of_expression(statement.whereClause);
  index.rest = rest_of(text, statement);
  for (IndexElem const* key : tree::items<IndexElem>(statement.indexParams)) {
    index.keys.push_back(element_of(*key));
    if (!index.keys.back().column.empty()) {
      mention(index, index.keys.back().column);
    }
  }
  for (IndexElem const* included : tree::items<IndexElem>(statement.indexIncludingParams)) {
    index.include.push_back(identifier(included->name));
    mention(index, index.include.back());
  }
  for (IndexElem const* key : tree::items<IndexElem>(statement.indexParams)) {
    mention_all(index, key->expr);
  }
  mention_all(index, statement.whereClause);
  return index;
}

std::string index_for_column(std::string_view text, Identifier const& column, Identifier const& to,
                             Identifier const& index_name) {
  RenamedIndex renamed(text, column, to, index_name);
  std::string result = renamed.text("CONCURRENTLY ");
  require_same(renamed.meant(), result);
  return result;
}

std::string index_with_renamed(std::string_view text, Identifier const& column,
                               Identifier const& to, Identifier const& index_name) {
  auto plain = renamed_plainly(std::string(text), column, to, index_name);
  return plain ? std::move(*plain) : RenamedIndex(text, column, to, index_name).text("");
}

}  // namespace bellows::sql
