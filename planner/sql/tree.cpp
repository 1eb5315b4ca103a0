#include "planner/sql/tree.hpp"

#include "planner/sql/depth.hpp"

#include <pg_query.h>

#include <algorithm>
#include <vector>

namespace bellows::sql::tree {

namespace {

template <typename T>
T const& at(void const* base, unsigned offset) {
  return *reinterpret_cast<T const*>(static_cast<char const*>(base) + offset);
}

void walk_field(ProtobufCMessage& owner, ProtobufCFieldDescriptor const& field,
                Visit const& visit) {
  if (field.type != PROTOBUF_C_TYPE_MESSAGE) {
    return;
  }
  if (field.label == PROTOBUF_C_LABEL_REPEATED) {
    auto const count = at<std::size_t>(&owner, field.quantifier_offset);
    auto* const* items = at<ProtobufCMessage* const*>(&owner, field.offset);
    for (std::size_t i = 0; i < count; ++i) {
      walk(*items[i], visit);
    }
  } else if (auto* child = at<ProtobufCMessage*>(&owner, field.offset)) {
    walk(*child, visit);
  }
}

void forget_location(ProtobufCMessage& message) {
  ProtobufCFieldDescriptor const* field =
      protobuf_c_message_descriptor_get_field_by_name(message.descriptor, "location");
  if (field == nullptr || field->type != PROTOBUF_C_TYPE_INT32) {
    return;
  }
  auto* const bytes = reinterpret_cast<char*>(&message);
  *reinterpret_cast<std::int32_t*>(bytes + field->offset) = 0;
}

/// PostgreSQL quotes the rest of the text where something is open to the end, or one long token.
std::string readable(std::string message) {
  constexpr std::string_view near = " at or near ";
  constexpr std::size_t longest = 60;
  std::size_t const at = message.find(near);
  if (at == std::string::npos) {
    return message;
  }
  if (message.starts_with("unterminated")) {
    return message.substr(0, at) + ": what is opened here is never closed";
  }
  std::size_t end = message.find_first_of("\r\n", at);
  end = std::min({end, message.size(), at + near.size() + longest});
  while (end < message.size() && (message[end] & '\xC0') == '\x80') {
    --end;  // not within a character
  }
  return message.size() > end ? message.substr(0, end) + "…" : message;
}

/// Builds the one-statement tree around a node that stays the caller's, and writes it as SQL.
std::string deparse_tree(PgQuery__Node& statement) {
  PgQuery__RawStmt raw;
  pg_query__raw_stmt__init(&raw);
  raw.stmt = &statement;
  PgQuery__RawStmt* statements[] = {&raw};
  PgQuery__ParseResult tree;
  pg_query__parse_result__init(&tree);
  tree.version = PG_VERSION_NUM;
  tree.n_stmts = 1;
  tree.stmts = statements;
  std::vector<std::uint8_t> bytes(pg_query__parse_result__get_packed_size(&tree));
  pg_query__parse_result__pack(&tree, bytes.data());
  PgQueryProtobuf packed{bytes.size(), reinterpret_cast<char*>(bytes.data())};
  PgQueryDeparseResult result = pg_query_deparse_protobuf(packed);
  std::string const text = result.query != nullptr ? result.query : "";
  std::string const error = result.error != nullptr ? result.error->message : "";
  pg_query_free_deparse_result(result);
  if (!error.empty()) {
    throw SyntaxError(error, Position{});
  }
  return text;
}

/// A function's name that needs no quotes, called without arguments: now().
std::string plain_call(PgQuery__FuncCall const& call) {
  bool const plain = call.n_funcname == 1 && call.n_args == 0 && call.n_agg_order == 0 &&
                     call.agg_filter == nullptr && call.over == nullptr && call.agg_star == 0;
  if (!plain) {
    return "";
  }
  std::string const name(text_of(call.funcname[0]));
  return Identifier(name).quoted() == name ? name + "()" : "";
}

/// What the deparser would write, of the expressions that most defaults and type modifiers are; to
/// pack and deparse each was a twelfth of what a check takes. Empty: leave it to the deparser.
std::string plain_text(PgQuery__Node const& expression) {
  if (expression.node_case == PG_QUERY__NODE__NODE_FUNC_CALL) {
    return plain_call(*expression.func_call);
  }
  if (expression.node_case != PG_QUERY__NODE__NODE_A_CONST) {
    return "";
  }
  PgQuery__AConst const& constant = *expression.a_const;
  if (constant.val_case == PG_QUERY__A__CONST__VAL_IVAL) {
    return std::to_string(constant.ival->ival);
  }
  if (constant.val_case != PG_QUERY__A__CONST__VAL_SVAL) {
    return "";
  }
  std::string const text(constant.sval->sval);
  return text.find_first_of("'\\") == std::string::npos ? "'" + text + "'" : "";
}

}  // namespace

void reject_nul(std::string_view text) {
  if (auto const nul = text.find('\0'); nul != std::string_view::npos) {
    throw SyntaxError("a NUL byte in SQL", position_at(text, nul));
  }
}

SyntaxError syntax_error(std::string_view text, char const* message, int cursor) {
  std::size_t offset = 0;
  for (int left = cursor - 1; left > 0 && offset < text.size(); --left) {
    do {
      ++offset;
    } while (offset < text.size() && (text[offset] & '\xC0') == '\x80');
  }
  return {readable(message), position_at(text, offset)};
}

Parsed parse(std::string const& text) {
  reject_nul(text);
  require_shallow(text);
  PgQueryProtobufParseResult result = pg_query_parse_protobuf(text.c_str());
  if (result.error != nullptr) {
    SyntaxError const error = syntax_error(text, result.error->message, result.error->cursorpos);
    pg_query_free_protobuf_parse_result(result);
    throw SyntaxError(error);
  }
  Parsed parsed(pg_query__parse_result__unpack, result.parse_tree);
  pg_query_free_protobuf_parse_result(result);
  if (!parsed) {
    throw SyntaxError("the statement is nested too deeply to be read", Position{});
  }
  return parsed;
}

void walk(ProtobufCMessage& root, Visit const& visit) {
  if (!visit(root)) {
    return;
  }
  ProtobufCMessageDescriptor const& type = *root.descriptor;
  if (&type == &pg_query__node__descriptor) {  // one field of two hundred is set: go straight there
    auto const set = static_cast<unsigned>(reinterpret_cast<PgQuery__Node&>(root).node_case);
    if (set != 0) {
      walk_field(root, type.fields[set - 1], visit);
    }
    return;
  }
  for (unsigned i = 0; i < type.n_fields; ++i) {
    ProtobufCFieldDescriptor const& field = type.fields[i];
    bool const one_of = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (one_of && at<std::uint32_t>(&root, field.quantifier_offset) != field.id) {
      continue;
    }
    walk_field(root, field, visit);
  }
}

std::string deparse(PgQuery__Node& statement) {
  return deparse_tree(statement);
}

std::string deparse_expression(PgQuery__Node& expression) {
  if (std::string plain = plain_text(expression); !plain.empty()) {
    return plain;
  }
  PgQuery__ResTarget target;
  pg_query__res_target__init(&target);
  target.val = &expression;
  PgQuery__Node target_node;
  pg_query__node__init(&target_node);
  target_node.node_case = PG_QUERY__NODE__NODE_RES_TARGET;
  target_node.res_target = &target;
  PgQuery__Node* targets[] = {&target_node};
  PgQuery__SelectStmt select;
  pg_query__select_stmt__init(&select);
  select.n_target_list = 1;
  select.target_list = targets;
  select.limit_option = PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_DEFAULT;
  select.op = PG_QUERY__SET_OPERATION__SETOP_NONE;
  PgQuery__Node node;
  pg_query__node__init(&node);
  node.node_case = PG_QUERY__NODE__NODE_SELECT_STMT;
  node.select_stmt = &select;
  return deparse_tree(node).substr(std::string_view("SELECT ").size());
}

bool same_meaning(PgQuery__Node& a, PgQuery__Node& b) {
  auto const bytes_of = [](PgQuery__Node& node) {
    walk(node.base, [](ProtobufCMessage& message) {
      forget_location(message);
      return true;
    });
    std::vector<std::uint8_t> bytes(pg_query__node__get_packed_size(&node));
    pg_query__node__pack(&node, bytes.data());
    return bytes;
  };
  return bytes_of(a) == bytes_of(b);
}

void assign(char*& field, std::string const& value) {
  field = const_cast<char*>(value.c_str());
}

std::string_view text_of(PgQuery__Node const* node) {
  if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_STRING) {
    return {};
  }
  return node->string->sval;
}

QualifiedName qualified(PgQuery__Node* const* names, std::size_t count) {
  QualifiedName result;
  if (count > 0) {
    result.name = Identifier(std::string(text_of(names[count - 1])));
  }
  if (count > 1) {
    result.schema = Identifier(std::string(text_of(names[count - 2])));
  }
  return result;
}

QualifiedName qualified(PgQuery__RangeVar const& relation) {
  bool const made_temporary =
      std::string_view(relation.relpersistence) == "t" && *relation.schemaname == '\0';
  if (made_temporary) {
    return {Identifier(std::string(temporary_schema)), Identifier(relation.relname)};
  }
  return {Identifier(relation.schemaname), Identifier(relation.relname)};
}

}  // namespace bellows::sql::tree
