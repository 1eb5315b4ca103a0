#include "planner/sql/kinds.hpp"

#include "planner/sql/parse_parts.hpp"

#include <algorithm>
#include <utility>

namespace bellows::sql {

namespace {

std::string object(PgQuery__ObjectType type) {
  return std::string(object_type(type).words);
}

bool has_option(std::span<PgQuery__Node* const> options, std::string_view name) {
  return std::ranges::any_of(options, [&](PgQuery__Node const* option) {
    if (option->node_case != PG_QUERY__NODE__NODE_DEF_ELEM || option->def_elem->defname != name) {
      return false;
    }
    auto const value = tree::text_of(option->def_elem->arg);
    return value != "false" && value != "off" && value != "0";
  });
}

std::string concurrently(bool yes) {
  return yes ? " CONCURRENTLY" : "";
}

std::string vacuum(PgQuery__Node const& node) {
  PgQuery__VacuumStmt const& statement = *node.vacuum_stmt;
  if (statement.is_vacuumcmd == 0) {
    return "ANALYZE";
  }
  bool const full = has_option(nodes(statement.options, statement.n_options), "full");
  return full ? "VACUUM FULL" : "VACUUM";
}

std::string reindex(PgQuery__Node const& node) {
  PgQuery__ReindexStmt const& statement = *node.reindex_stmt;
  constexpr std::string_view objects[] = {"", "INDEX", "TABLE", "SCHEMA", "SYSTEM", "DATABASE"};
  auto const at = std::min<std::size_t>(static_cast<std::size_t>(statement.kind), 5);
  return "REINDEX " + std::string(objects[at]) +
         concurrently(has_option(nodes(statement.params, statement.n_params), "concurrently"));
}

std::string transaction(PgQuery__Node const& node) {
  constexpr std::string_view words[] = {"TRANSACTION",
                                        "BEGIN",
                                        "START TRANSACTION",
                                        "COMMIT",
                                        "ROLLBACK",
                                        "SAVEPOINT",
                                        "RELEASE SAVEPOINT",
                                        "ROLLBACK TO SAVEPOINT",
                                        "PREPARE TRANSACTION",
                                        "COMMIT PREPARED",
                                        "ROLLBACK PREPARED"};
  auto const at = static_cast<std::size_t>(node.transaction_stmt->kind);
  return std::string(words[at < std::size(words) ? at : 0]);
}

std::string alter_domain(PgQuery__Node const& node) {
  struct Row {
    char subtype;
    std::string_view words;
  };
  constexpr Row rows[] = {{'T', "DEFAULT"},         {'N', "DROP NOT NULL"},
                          {'O', "SET NOT NULL"},    {'C', "ADD CONSTRAINT"},
                          {'X', "DROP CONSTRAINT"}, {'V', "VALIDATE CONSTRAINT"}};
  PgQuery__AlterDomainStmt const& statement = *node.alter_domain_stmt;
  for (Row const& row : rows) {
    if (row.subtype != *statement.subtype) {
      continue;
    }
    bool const later = row.subtype == 'C' && statement.def != nullptr &&
                       statement.def->constraint->skip_validation != 0;
    return "ALTER DOMAIN " + std::string(row.words) + (later ? " NOT VALID" : "");
  }
  return "ALTER DOMAIN";
}

std::string lock_table(PgQuery__Node const& node) {
  constexpr std::string_view modes[] = {
      "",      "ACCESS SHARE",        "ROW SHARE", "ROW EXCLUSIVE",   "SHARE UPDATE EXCLUSIVE",
      "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"};
  auto const at = static_cast<std::size_t>(node.lock_stmt->mode);
  return "LOCK TABLE IN " + std::string(modes[at < std::size(modes) ? at : 0]) + " MODE";
}

std::string set(PgQuery__Node const& node) {
  auto const kind = node.variable_set_stmt->kind;
  bool const reset = kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET ||
                     kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL;
  return reset ? "RESET" : "SET";
}

std::string create_as(PgQuery__Node const& node) {
  bool const view = node.create_table_as_stmt->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW;
  return view ? "CREATE MATERIALIZED VIEW" : "CREATE TABLE AS";
}

struct Kind {
  PgQuery__Node__NodeCase node;
  std::string (*words)(PgQuery__Node const&);
};

#define BELLOWS_NODE(name) PG_QUERY__NODE__NODE_##name
constexpr Kind kinds[] = {
    {BELLOWS_NODE(VACUUM_STMT), vacuum},
    {BELLOWS_NODE(REINDEX_STMT), reindex},
    {BELLOWS_NODE(CLUSTER_STMT),
     [](PgQuery__Node const& node) {
       return std::string(node.cluster_stmt->relation == nullptr ? "CLUSTER ALL" : "CLUSTER");
     }},
    {BELLOWS_NODE(TRANSACTION_STMT), transaction},
    {BELLOWS_NODE(ALTER_DOMAIN_STMT), alter_domain},
    {BELLOWS_NODE(LOCK_STMT), lock_table},
    {BELLOWS_NODE(VARIABLE_SET_STMT), set},
    {BELLOWS_NODE(CREATE_TABLE_AS_STMT), create_as},
    {BELLOWS_NODE(VARIABLE_SHOW_STMT), [](auto const&) { return std::string("SHOW"); }},
    {BELLOWS_NODE(CHECK_POINT_STMT), [](auto const&) { return std::string("CHECKPOINT"); }},
    {BELLOWS_NODE(VIEW_STMT), [](auto const&) { return std::string("CREATE VIEW"); }},
    {BELLOWS_NODE(RULE_STMT), [](auto const&) { return std::string("CREATE RULE"); }},
    {BELLOWS_NODE(CREATE_SEQ_STMT), [](auto const&) { return std::string("CREATE SEQUENCE"); }},
    {BELLOWS_NODE(ALTER_SEQ_STMT), [](auto const&) { return std::string("ALTER SEQUENCE"); }},
    {BELLOWS_NODE(CREATE_STATS_STMT), [](auto const&) { return std::string("CREATE STATISTICS"); }},
    {BELLOWS_NODE(ALTER_STATS_STMT), [](auto const&) { return std::string("ALTER STATISTICS"); }},
    {BELLOWS_NODE(COMPOSITE_TYPE_STMT), [](auto const&) { return std::string("CREATE TYPE"); }},
    {BELLOWS_NODE(CREATE_ENUM_STMT), [](auto const&) { return std::string("CREATE TYPE"); }},
    {BELLOWS_NODE(CREATE_RANGE_STMT), [](auto const&) { return std::string("CREATE TYPE"); }},
    {BELLOWS_NODE(CREATEDB_STMT), [](auto const&) { return std::string("CREATE DATABASE"); }},
    {BELLOWS_NODE(DROPDB_STMT), [](auto const&) { return std::string("DROP DATABASE"); }},
    {BELLOWS_NODE(SEC_LABEL_STMT), [](auto const&) { return std::string("SECURITY LABEL"); }},
    {BELLOWS_NODE(CREATE_EVENT_TRIG_STMT),
     [](auto const&) { return std::string("CREATE EVENT TRIGGER"); }},
    {BELLOWS_NODE(ALTER_EVENT_TRIG_STMT),
     [](auto const&) { return std::string("ALTER EVENT TRIGGER"); }},
    {BELLOWS_NODE(CREATE_TABLE_SPACE_STMT),
     [](auto const&) { return std::string("CREATE TABLESPACE"); }},
    {BELLOWS_NODE(DROP_TABLE_SPACE_STMT),
     [](auto const&) { return std::string("DROP TABLESPACE"); }},
    {BELLOWS_NODE(CREATE_OP_CLASS_STMT),
     [](auto const&) { return std::string("CREATE OPERATOR CLASS"); }},
    {BELLOWS_NODE(CREATE_OP_FAMILY_STMT),
     [](auto const&) { return std::string("CREATE OPERATOR FAMILY"); }},
    {BELLOWS_NODE(ALTER_OP_FAMILY_STMT),
     [](auto const&) { return std::string("ALTER OPERATOR FAMILY"); }},
    {BELLOWS_NODE(ALTER_EXTENSION_CONTENTS_STMT),
     [](auto const&) { return std::string("ALTER EXTENSION"); }},
    {BELLOWS_NODE(CREATE_FUNCTION_STMT),
     [](PgQuery__Node const& node) {
       bool const procedure = node.create_function_stmt->is_procedure != 0;
       return std::string(procedure ? "CREATE PROCEDURE" : "CREATE FUNCTION");
     }},
    {BELLOWS_NODE(ALTER_ENUM_STMT),
     [](PgQuery__Node const& node) {
       bool const rename = *node.alter_enum_stmt->old_val != '\0';
       return std::string(rename ? "ALTER TYPE RENAME VALUE" : "ALTER TYPE ADD VALUE");
     }},
    {BELLOWS_NODE(GRANT_STMT),
     [](PgQuery__Node const& node) {
       return std::string(node.grant_stmt->is_grant != 0 ? "GRANT" : "REVOKE");
     }},
    {BELLOWS_NODE(GRANT_ROLE_STMT),
     [](PgQuery__Node const& node) {
       return std::string(node.grant_role_stmt->is_grant != 0 ? "GRANT" : "REVOKE");
     }},
    {BELLOWS_NODE(COMMENT_STMT),
     [](PgQuery__Node const& node) { return "COMMENT ON " + object(node.comment_stmt->objtype); }},
    {BELLOWS_NODE(DEFINE_STMT),
     [](PgQuery__Node const& node) { return "CREATE " + object(node.define_stmt->kind); }},
    {BELLOWS_NODE(ALTER_OWNER_STMT),
     [](PgQuery__Node const& node) {
       return "ALTER " + object(node.alter_owner_stmt->object_type) + " OWNER TO";
     }},
    {BELLOWS_NODE(ALTER_OBJECT_DEPENDS_STMT),
     [](PgQuery__Node const& node) {
       return "ALTER " + object(node.alter_object_depends_stmt->object_type) + " DEPENDS ON";
     }},
    {BELLOWS_NODE(REFRESH_MAT_VIEW_STMT),
     [](PgQuery__Node const& node) {
       return "REFRESH MATERIALIZED VIEW" +
              concurrently(node.refresh_mat_view_stmt->concurrent != 0);
     }},
};
#undef BELLOWS_NODE

ProtobufCMessageDescriptor const& type_of(PgQuery__Node& node) {
  ProtobufCMessageDescriptor const* type = &pg_query__node__descriptor;
  tree::walk(node.base, [&](ProtobufCMessage const& message) {
    bool const is_node = message.descriptor == &pg_query__node__descriptor;
    if (!is_node) {
      type = message.descriptor;
    }
    return is_node;
  });
  return *type;
}

/// Names in the grammar that are not what people say.
constexpr std::pair<std::string_view, std::string_view> other_names[] = {
    {"AlterDatabaseRefreshCollStmt", "ALTER DATABASE REFRESH COLLATION VERSION"},
    {"AlterFdwStmt", "ALTER FOREIGN DATA WRAPPER"},
    {"AlterForeignServerStmt", "ALTER SERVER"},
    {"AlterTSConfigurationStmt", "ALTER TEXT SEARCH CONFIGURATION"},
    {"AlterTSDictionaryStmt", "ALTER TEXT SEARCH DICTIONARY"},
    {"AlterTableMoveAllStmt", "ALTER TABLE ALL IN TABLESPACE"},
    {"AlterTableSpaceOptionsStmt", "ALTER TABLESPACE SET OPTIONS"},
    {"AlterTypeStmt", "ALTER TYPE SET OPTIONS"},
    {"ClosePortalStmt", "CLOSE"},
    {"ConstraintsSetStmt", "SET CONSTRAINTS"},
    {"CreateAmStmt", "CREATE ACCESS METHOD"},
    {"CreateConversionStmt", "CREATE CONVERSION"},
    {"CreateFdwStmt", "CREATE FOREIGN DATA WRAPPER"},
    {"CreateForeignServerStmt", "CREATE SERVER"},
    {"CreatePLangStmt", "CREATE LANGUAGE"},
    {"DeclareCursorStmt", "DECLARE"},
};

/// "CreateExtensionStmt" is CREATE EXTENSION: most of the grammar's names say what people say.
std::string words_of_name(std::string_view name) {
  auto const* other =
      std::ranges::find(other_names, name, &std::pair<std::string_view, std::string_view>::first);
  if (other != std::end(other_names)) {
    return std::string(other->second);
  }
  if (name.ends_with("Stmt")) {
    name.remove_suffix(4);
  }
  std::string words;
  for (char const c : name) {
    bool const upper = c >= 'A' && c <= 'Z';
    if (upper && !words.empty()) {
      words += ' ';
    }
    words += upper ? c : static_cast<char>(c - 'a' + 'A');
  }
  return words;
}

}  // namespace

std::string kind_of(PgQuery__Node& statement) {
  auto const* const found = std::ranges::find(kinds, statement.node_case, &Kind::node);
  if (found != std::end(kinds)) {
    return found->words(statement);
  }
  return words_of_name(type_of(statement).short_name);
}

}  // namespace bellows::sql
