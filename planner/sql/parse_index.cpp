#include "planner/sql/parse_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace bellows::sql {

namespace {

void mention(CreateIndex& index, Identifier column) {
  if (std::ranges::find(index.mentioned, column) == index.mentioned.end()) {
    index.mentioned.push_back(std::move(column));
  }
}

void mention_all(CreateIndex& index, PgQuery__Node* expression) {
  if (expression == nullptr) {
    return;
  }
  for (Identifier& column : columns_in(expression->base)) {
    mention(index, std::move(column));
  }
}

/// FigureIndexColname() of parse_target.c: what an expression is called.
std::string label_of(PgQuery__Node const* node) {
  if (node == nullptr) {
    return "expr";
  }
  switch (node->node_case) {
    case PG_QUERY__NODE__NODE_COLUMN_REF:
      return std::string(tree::text_of(node->column_ref->fields[node->column_ref->n_fields - 1]));
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return tree::qualified(node->func_call->funcname, node->func_call->n_funcname).name.raw();
    case PG_QUERY__NODE__NODE_TYPE_CAST: {
      std::string const inner = label_of(node->type_cast->arg);
      PgQuery__TypeName const& type = *node->type_cast->type_name;
      return inner == "expr" ? tree::qualified(type.names, type.n_names).name.raw() : inner;
    }
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
      return label_of(node->collate_clause->arg);
    case PG_QUERY__NODE__NODE_A_INDIRECTION:
      return label_of(node->a_indirection->arg);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
      return "coalesce";
    case PG_QUERY__NODE__NODE_CASE_EXPR:
      return "case";
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
      return "array";
    case PG_QUERY__NODE__NODE_ROW_EXPR:
      return "row";
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
      return node->min_max_expr->op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? "greatest" : "least";
    default:
      return "expr";  // PostgreSQL's enum of every node there is
  }
}

IndexElement element_of(PgQuery__IndexElem const& raw) {
  Identifier const name(raw.name);
  return {name, text_of_expression(raw.expr), name.empty() ? Identifier(label_of(raw.expr)) : name};
}

/// A CREATE INDEX cut at its tokens. What it says of columns, operator classes and options is kept
/// as it was written: the deparser loses parentheses that index expressions need.
class IndexText {
 public:
  explicit IndexText(std::string const& text) : text_(text) {
    for (Token const& token : scan(text)) {
      if (token.kind != Token::Kind::Comment) {
        tokens_.push_back(token);
      }
    }
    on_ = find("on", 0);
    rest_ = std::min(find("using", on_), find("(", on_));
  }

  /// The place of the first element in every list of columns: behind `(`, behind INCLUDE's `(`, and
  /// behind each comma in them.
  std::vector<std::size_t> elements() const {
    std::vector<std::size_t> places;
    std::size_t at = find("(", rest_);
    add_list(at, places);
    if (at < tokens_.size() && is(at, "include")) {
      add_list(++at, places);
    }
    return places;
  }

  std::size_t at_offset(std::size_t offset) const {
    auto const found = std::ranges::lower_bound(tokens_, offset, {}, &Token::offset);
    return static_cast<std::size_t>(found - tokens_.begin());
  }

  void replace(std::size_t token, std::string text) { replaced_[token] = std::move(text); }

  std::string from_on() const { return from(on_); }
  std::string rest() const { return from(rest_); }

 private:
  std::string_view word(std::size_t at) const {
    return std::string_view(text_).substr(tokens_[at].offset, tokens_[at].length);
  }

  bool is(std::size_t at, std::string_view lower) const {
    bool const plain =
        tokens_[at].kind == Token::Kind::Word || tokens_[at].kind == Token::Kind::Symbol;
    return plain && std::ranges::equal(word(at), lower, [](char a, char b) {
             return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
  }

  std::size_t find(std::string_view lower, std::size_t from) const {
    while (from < tokens_.size() && !is(from, lower)) {
      ++from;
    }
    return from;
  }

  /// `at` is an opening parenthesis, and is left behind the closing one.
  void add_list(std::size_t& at, std::vector<std::size_t>& places) const {
    int depth = 0;
    for (; at < tokens_.size(); ++at) {
      depth += is(at, "(") || is(at, "[") ? 1 : 0;
      if (depth == 1 && (is(at, "(") || is(at, ","))) {
        places.push_back(at + 1);
      }
      depth -= is(at, ")") || is(at, "]") ? 1 : 0;
      if (depth == 0) {
        break;
      }
    }
    ++at;
  }

  std::string from(std::size_t first) const {
    std::string result;
    for (std::size_t at = first; at < tokens_.size(); ++at) {
      std::size_t const end = at == 0 ? 0 : tokens_[at - 1].offset + tokens_[at - 1].length;
      if (at != first && tokens_[at].offset != end) {
        result += ' ';
      }
      auto const changed = replaced_.find(at);
      result += changed == replaced_.end() ? std::string(word(at)) : changed->second;
    }
    return result;
  }

  std::string const& text_;
  std::vector<Token> tokens_;
  std::size_t on_ = 0;
  std::size_t rest_ = 0;
  std::map<std::size_t, std::string> replaced_;
};

/// What was written must read back as what was meant.
void require_same(PgQuery__Node& meant, std::string const& written) {
  tree::Parsed const read = tree::parse(written);
  if (read->n_stmts != 1 || !tree::same_meaning(meant, *read->stmts[0]->stmt)) {
    throw std::invalid_argument("this index cannot be written again faithfully: " + written);
  }
}

/// Renames in the tree and in the text alike.
class ColumnRename {
 public:
  ColumnRename(PgQuery__IndexStmt& statement, IndexText& text, Identifier const& from,
               Identifier const& to)
      : statement_(statement), text_(text), from_(from), to_(to) {}

  void run() {
    std::vector<std::size_t> const places = text_.elements();
    std::size_t next = 0;
    for (PgQuery__Node* node : nodes(statement_.index_params, statement_.n_index_params)) {
      rename(*node->index_elem, places.at(next++));
    }
    for (PgQuery__Node* node :
         nodes(statement_.index_including_params, statement_.n_index_including_params)) {
      rename(*node->index_elem, places.at(next++));
    }
    tree::each<PgQuery__ColumnRef>(statement_.base, pg_query__column_ref__descriptor,
                                   [this](PgQuery__ColumnRef& reference) { rename(reference); });
  }

 private:
  void rename(PgQuery__IndexElem& element, std::size_t place) {
    if (element.name != from_.raw()) {
      return;
    }
    tree::assign(element.name, to_.raw());
    text_.replace(place, to_.quoted());
  }

  void rename(PgQuery__ColumnRef& reference) {
    PgQuery__Node* last = reference.fields[reference.n_fields - 1];
    if (tree::text_of(last) != from_.raw()) {
      return;
    }
    tree::assign(last->string->sval, to_.raw());
    std::size_t const first = text_.at_offset(static_cast<std::size_t>(reference.location));
    text_.replace(first + 2 * (reference.n_fields - 1), to_.quoted());
  }

  PgQuery__IndexStmt& statement_;
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
    if (parsed_->n_stmts != 1 ||
        parsed_->stmts[0]->stmt->node_case != PG_QUERY__NODE__NODE_INDEX_STMT) {
      throw std::invalid_argument("not a CREATE INDEX: " + source_);
    }
    tree::assign(statement().idxname, name_.raw());
    ColumnRename(statement(), text_, column, to).run();
  }

  std::string text(std::string_view how) {
    statement().concurrent = how.empty() ? 0 : 1;
    statement().if_not_exists = 0;
    return fmt::format("CREATE {}INDEX {}{} {}", statement().unique != 0 ? "UNIQUE " : "", how,
                       name_.quoted(), text_.from_on());
  }

  /// What text() was written to mean.
  PgQuery__Node& meant() { return *parsed_->stmts[0]->stmt; }

 private:
  PgQuery__IndexStmt& statement() { return *meant().index_stmt; }

  Identifier name_;
  std::string source_;
  tree::Parsed parsed_;
  IndexText text_;
};

}  // namespace

CreateIndex create_index(PgQuery__IndexStmt& statement, std::string const& text) {
  CreateIndex index;
  index.name = Identifier(statement.idxname);
  index.table = tree::qualified(*statement.relation);
  index.only = statement.relation->inh == 0;
  if (*statement.access_method != '\0') {
    index.method = statement.access_method;
  }
  index.unique = statement.unique != 0;
  index.concurrently = statement.concurrent != 0;
  index.if_not_exists = statement.if_not_exists != 0;
  index.predicate = text_of_expression(statement.where_clause);
  index.rest = IndexText(text).rest();
  for (PgQuery__Node* raw : nodes(statement.index_params, statement.n_index_params)) {
    index.keys.push_back(element_of(*raw->index_elem));
    if (!index.keys.back().column.empty()) {
      mention(index, index.keys.back().column);
    }
  }
  for (PgQuery__Node* raw :
       nodes(statement.index_including_params, statement.n_index_including_params)) {
    index.include.emplace_back(raw->index_elem->name);
    mention(index, index.include.back());
  }
  for (PgQuery__Node* raw : nodes(statement.index_params, statement.n_index_params)) {
    mention_all(index, raw->index_elem->expr);
  }
  mention_all(index, statement.where_clause);
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
  return RenamedIndex(text, column, to, index_name).text("");
}

}  // namespace bellows::sql
