#pragma once

#include "planner/sql/identifier.hpp"
#include "planner/sql/text.hpp"
#include "planner/sql/unpacked.hpp"

#include <pg_query/pg_query.pb-c.h>

#include <functional>
#include <string>
#include <string_view>

/// PostgreSQL's parse trees for the files of this directory, and for nobody else: what leaves it
/// are the values of statement.hpp.
namespace bellows::sql::tree {

/// Owns the tree; the nodes live as long as it does.
using Parsed = Unpacked<PgQuery__ParseResult>;

/// Throws SyntaxError; its position is within `text`.
Parsed parse(std::string const& text);

/// A NUL ends C strings, and a statement must not be read only up to it: throws SyntaxError there.
void reject_nul(std::string_view text);

/// Makes the SyntaxError for pg_query's `cursorpos`, which counts characters from 1 (0: unknown).
SyntaxError syntax_error(std::string_view text, char const* message, int cursor);

/// Calls `visit` for `root` and every message below it, parents first; a message for which it
/// returns false is not entered.
using Visit = std::function<bool(ProtobufCMessage&)>;
void walk(ProtobufCMessage& root, Visit const& visit);

/// `message` as a Message when it is one.
template <typename Message>
Message* cast(ProtobufCMessage& message, ProtobufCMessageDescriptor const& descriptor) {
  return message.descriptor == &descriptor ? reinterpret_cast<Message*>(&message) : nullptr;
}

/// Calls `visit` for every Message below `root`.
template <typename Message, typename Function>
void each(ProtobufCMessage& root, ProtobufCMessageDescriptor const& descriptor, Function visit) {
  walk(root, [&](ProtobufCMessage& message) {
    if (auto* found = cast<Message>(message, descriptor)) {
      visit(*found);
    }
    return true;
  });
}

/// The SQL of a statement, and of an expression, as the deparser writes it.
std::string deparse(PgQuery__Node& statement);
std::string deparse_expression(PgQuery__Node& expression);

/// The trees differ at most in where their parts stand in the text. Forgets those places in both.
bool same_meaning(PgQuery__Node& a, PgQuery__Node& b);

/// Gives a string of a tree another value, which must live as long as the tree is used.
void assign(char*& field, std::string const& value);

/// The value of a String node; empty for any other.
std::string_view text_of(PgQuery__Node const* node);

/// The last of a list of String nodes is the name, the one before it the schema.
QualifiedName qualified(PgQuery__Node* const* names, std::size_t count);
/// What CREATE TEMPORARY makes is in temporary_schema; only there does a tree say that it is so.
QualifiedName qualified(PgQuery__RangeVar const& relation);

}  // namespace bellows::sql::tree
