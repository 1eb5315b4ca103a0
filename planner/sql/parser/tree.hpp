#pragma once

#include "planner/sql/identifier.hpp"
#include "planner/sql/parser/guard.hpp"
#include "planner/sql/parser/postgres.hpp"
#include "planner/sql/text.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

/// PostgreSQL's raw parse trees for the files of this directory, and for nobody else: what leaves
/// it are the values of statement.hpp. Nodes are read, never changed.
namespace bellows::sql::tree {

/// Owns a tree; its nodes live as long as it does. Any number of them may be alive, and end in any
/// order, but each on the thread that parsed it: PostgreSQL keeps its memory by thread.
class Parsed {
 public:
  std::span<RawStmt const* const> statements() const;
  /// The statement, when there is exactly one; else null.
  Node const* only() const;

 private:
  friend Parsed parse(std::string const& text);
  Parsed() = default;

  Memory memory_;
  List const* statements_ = nullptr;
};

/// Throws SyntaxError; its position is within `text`.
Parsed parse(std::string const& text);

/// A NUL ends C strings, and a statement must not be read only up to it: throws SyntaxError there.
void reject_nul(std::string_view text);

/// Makes the SyntaxError for PostgreSQL's `cursor`, which counts characters from 1 (0: unknown).
SyntaxError syntax_error(std::string_view text, char const* message, int cursor);

/// The tag of a node's type, of every type that a parse makes.
template <typename T>
inline constexpr NodeTag tag_of = T_Invalid;
template <>
inline constexpr NodeTag tag_of<List> = T_List;
#define NODE(type, ...) \
  template <>           \
  inline constexpr NodeTag tag_of<::type> = T_##type;
#include "planner/sql/parser/node_fields.inc"
#undef NODE

/// Null is no node, and is of no type.
template <typename T>
bool is(void const* node) {
  static_assert(tag_of<T> != T_Invalid, "no node that a parse makes");
  return node != nullptr && static_cast<Node const*>(node)->type == tag_of<T>;
}

/// `node` as a T where it is one, else null.
template <typename T>
T const* as(void const* node) {
  return is<T>(node) ? static_cast<T const*>(node) : nullptr;
}

/// "CreateExtensionStmt"; empty for a type that no parse makes.
std::string_view type_name(Node const& node);

/// Every node is a Node.
template <typename T>
Node const& node(T const& any) {
  static_assert(tag_of<T> != T_Invalid, "no node that a parse makes");
  return reinterpret_cast<Node const&>(any);
}

inline Node const& node(Expr const& any) {
  return reinterpret_cast<Node const&>(any);
}

/// The members of a list; NIL has none. That they are of type T is what the grammar promises, and
/// nobody checks.
template <typename T = Node>
std::span<T const* const> items(List const* list) {
  if (list == nullptr) {
    return {};
  }
  static_assert(sizeof(ListCell) == sizeof(T const*));
  return {reinterpret_cast<T const* const*>(list->elements),
          static_cast<std::size_t>(list->length)};
}

/// Null for NIL.
inline Node const* last(List const* list) {
  return list == nullptr ? nullptr : items(list).back();
}

/// What to call for each node: a function of Node const& that says whether to enter it. Refers to
/// it, so it is for arguments only.
class Visit {
 public:
  template <typename Function>
  requires(!std::is_same_v<std::remove_cvref_t<Function>, Visit> &&
           std::is_invocable_r_v<bool, Function&, Node const&>)
      Visit(Function&& function)  // NOLINT(google-explicit-constructor): as std::function
      : object_(const_cast<void*>(static_cast<void const*>(std::addressof(function)))),
        call_([](void* object, Node const& node) {
          return static_cast<bool>(
              (*static_cast<std::remove_reference_t<Function>*>(object))(node));
        }) {}

  bool operator()(Node const& node) const { return call_(object_, node); }

 private:
  void* object_;
  bool (*call_)(void*, Node const&);
};

/// Calls `visit` for `root` and every node below it, in the order of the text as far as PostgreSQL
/// keeps it, parents first; a node for which it returns false is not entered. The members of a list
/// are visited, the list itself is not.
void walk(Node const& root, Visit visit);

/// Calls `visit` for `root` and every node below it that is a T.
template <typename T, typename Function>
void each(Node const& root, Function visit) {
  walk(root, [&](Node const& below) {
    if (T const* found = as<T>(&below)) {
      visit(*found);
    }
    return true;
  });
}

/// The SQL of a statement, and of an expression, as the deparser writes it.
std::string deparse(Node const& statement);
std::string deparse_expression(Node const& expression);

/// The trees differ at most in where their parts stand in the text.
bool same_meaning(Node const& a, Node const& b);

/// Gives a string of the caller's own tree another value, which must live as long as the tree does.
void assign(char* const& field, std::string const& value);

/// A field of a node: empty where it is null.
inline std::string_view text(char const* field) {
  return field == nullptr ? std::string_view() : std::string_view(field);
}

/// The value of a String node; empty for any other, and for null.
inline std::string_view text_of(Node const* node) {
  String const* string = as<String>(node);
  return string == nullptr ? std::string_view() : text(string->sval);
}

/// The last of some String nodes is the name, the one before it the schema.
QualifiedName qualified(std::span<Node const* const> names);
inline QualifiedName qualified(List const* names) {
  return qualified(items(names));
}
/// What CREATE TEMPORARY makes is in temporary_schema; only there does a tree say that it is so.
QualifiedName qualified(RangeVar const& relation);

}  // namespace bellows::sql::tree
