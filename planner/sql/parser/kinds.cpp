#include "planner/sql/parser/kinds.hpp"

#include "planner/sql/parser/parse_parts.hpp"

#include <algorithm>
#include <utility>

namespace bellows::sql {

namespace {

std::string object(::ObjectType type) {
  return std::string(object_type(type).words);
}

bool has_option(List const* options, std::string_view name) {
  return std::ranges::any_of(tree::items(options), [&](Node const* node) {
    auto const* option = tree::as<DefElem>(node);
    if (option == nullptr || tree::text(option->defname) != name) {
      return false;
    }
    auto const value = tree::text_of(option->arg);
    return value != "false" && value != "off" && value != "0";
  });
}

std::string concurrently(bool yes) {
  return yes ? " CONCURRENTLY" : "";
}

std::string words(VacuumStmt const& statement) {
  if (!statement.is_vacuumcmd) {
    return "ANALYZE";
  }
  return has_option(statement.options, "full") ? "VACUUM FULL" : "VACUUM";
}

std::string words(ReindexStmt const& statement) {
  constexpr std::string_view objects[] = {"INDEX", "TABLE", "SCHEMA", "SYSTEM", "DATABASE"};
  return "REINDEX " + std::string(objects[statement.kind]) +
         concurrently(has_option(statement.params, "concurrently"));
}

std::string words(TransactionStmt const& statement) {
  constexpr std::string_view kinds[] = {"BEGIN",
                                        "START TRANSACTION",
                                        "COMMIT",
                                        "ROLLBACK",
                                        "SAVEPOINT",
                                        "RELEASE SAVEPOINT",
                                        "ROLLBACK TO SAVEPOINT",
                                        "PREPARE TRANSACTION",
                                        "COMMIT PREPARED",
                                        "ROLLBACK PREPARED"};
  return std::string(kinds[statement.kind]);
}

std::string words(AlterDomainStmt const& statement) {
  struct Row {
    char subtype;
    std::string_view words;
  };
  constexpr Row rows[] = {{'T', "DEFAULT"},         {'N', "DROP NOT NULL"},
                          {'O', "SET NOT NULL"},    {'C', "ADD CONSTRAINT"},
                          {'X', "DROP CONSTRAINT"}, {'V', "VALIDATE CONSTRAINT"}};
  for (Row const& row : rows) {
    if (row.subtype != statement.subtype) {
      continue;
    }
    auto const* added = tree::as<Constraint>(statement.def);
    bool const later = row.subtype == 'C' && added != nullptr && added->skip_validation;
    return "ALTER DOMAIN " + std::string(row.words) + (later ? " NOT VALID" : "");
  }
  return "ALTER DOMAIN";
}

std::string words(LockStmt const& statement) {
  constexpr std::string_view modes[] = {
      "",      "ACCESS SHARE",        "ROW SHARE", "ROW EXCLUSIVE",   "SHARE UPDATE EXCLUSIVE",
      "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"};
  return "LOCK TABLE IN " + std::string(modes[statement.mode]) + " MODE";
}

std::string words(VariableSetStmt const& statement) {
  return statement.kind == VAR_RESET || statement.kind == VAR_RESET_ALL ? "RESET" : "SET";
}

std::string words(CreateTableAsStmt const& statement) {
  return statement.objtype == OBJECT_MATVIEW ? "CREATE MATERIALIZED VIEW" : "CREATE TABLE AS";
}

std::string words(ClusterStmt const& statement) {
  return statement.relation == nullptr ? "CLUSTER ALL" : "CLUSTER";
}

std::string words(CreateFunctionStmt const& statement) {
  return statement.is_procedure ? "CREATE PROCEDURE" : "CREATE FUNCTION";
}

std::string words(AlterEnumStmt const& statement) {
  return statement.oldVal != nullptr ? "ALTER TYPE RENAME VALUE" : "ALTER TYPE ADD VALUE";
}

std::string words(GrantStmt const& statement) {
  return statement.is_grant ? "GRANT" : "REVOKE";
}

std::string words(GrantRoleStmt const& statement) {
  return statement.is_grant ? "GRANT" : "REVOKE";
}

std::string words(CommentStmt const& statement) {
  return "COMMENT ON " + object(statement.objtype);
}

std::string words(DefineStmt const& statement) {
  return "CREATE " + object(statement.kind);
}

std::string words(AlterOwnerStmt const& statement) {
  return "ALTER " + object(statement.objectType) + " OWNER TO";
}

std::string words(AlterObjectDependsStmt const& statement) {
  return "ALTER " + object(statement.objectType) + " DEPENDS ON";
}

std::string words(RefreshMatViewStmt const& statement) {
  return "REFRESH MATERIALIZED VIEW" + concurrently(statement.concurrent);
}

struct NodeKind {
  NodeTag tag;
  std::string (*words)(Node const&);
};

template <typename T>
constexpr NodeKind kind{tree::tag_of<T>,
                        [](Node const& node) { return words(*tree::as<T>(&node)); }};

/// Those that people call by what they say.
constexpr NodeKind kinds[] = {
    kind<VacuumStmt>,         kind<ReindexStmt>,
    kind<TransactionStmt>,    kind<AlterDomainStmt>,
    kind<LockStmt>,           kind<VariableSetStmt>,
    kind<CreateTableAsStmt>,  kind<ClusterStmt>,
    kind<CreateFunctionStmt>, kind<AlterEnumStmt>,
    kind<GrantStmt>,          kind<GrantRoleStmt>,
    kind<CommentStmt>,        kind<DefineStmt>,
    kind<AlterOwnerStmt>,     kind<AlterObjectDependsStmt>,
    kind<RefreshMatViewStmt>,
};

/// Names in the grammar that are not what people say.
constexpr std::pair<std::string_view, std::string_view> other_names[] = {
    {"AlterDatabaseRefreshCollStmt", "ALTER DATABASE REFRESH COLLATION VERSION"},
    {"AlterEventTrigStmt", "ALTER EVENT TRIGGER"},
    {"AlterExtensionContentsStmt", "ALTER EXTENSION"},
    {"AlterFdwStmt", "ALTER FOREIGN DATA WRAPPER"},
    {"AlterForeignServerStmt", "ALTER SERVER"},
    {"AlterOpFamilyStmt", "ALTER OPERATOR FAMILY"},
    {"AlterSeqStmt", "ALTER SEQUENCE"},
    {"AlterStatsStmt", "ALTER STATISTICS"},
    {"AlterTSConfigurationStmt", "ALTER TEXT SEARCH CONFIGURATION"},
    {"AlterTSDictionaryStmt", "ALTER TEXT SEARCH DICTIONARY"},
    {"AlterTableMoveAllStmt", "ALTER TABLE ALL IN TABLESPACE"},
    {"AlterTableSpaceOptionsStmt", "ALTER TABLESPACE SET OPTIONS"},
    {"AlterTypeStmt", "ALTER TYPE SET OPTIONS"},
    {"CheckPointStmt", "CHECKPOINT"},
    {"ClosePortalStmt", "CLOSE"},
    {"CompositeTypeStmt", "CREATE TYPE"},
    {"ConstraintsSetStmt", "SET CONSTRAINTS"},
    {"CreateAmStmt", "CREATE ACCESS METHOD"},
    {"CreateConversionStmt", "CREATE CONVERSION"},
    {"CreateEnumStmt", "CREATE TYPE"},
    {"CreateEventTrigStmt", "CREATE EVENT TRIGGER"},
    {"CreateFdwStmt", "CREATE FOREIGN DATA WRAPPER"},
    {"CreateForeignServerStmt", "CREATE SERVER"},
    {"CreateOpClassStmt", "CREATE OPERATOR CLASS"},
    {"CreateOpFamilyStmt", "CREATE OPERATOR FAMILY"},
    {"CreatePLangStmt", "CREATE LANGUAGE"},
    {"CreateRangeStmt", "CREATE TYPE"},
    {"CreateSeqStmt", "CREATE SEQUENCE"},
    {"CreateStatsStmt", "CREATE STATISTICS"},
    {"CreateTableSpaceStmt", "CREATE TABLESPACE"},
    {"CreatedbStmt", "CREATE DATABASE"},
    {"DeclareCursorStmt", "DECLARE"},
    {"DropTableSpaceStmt", "DROP TABLESPACE"},
    {"DropdbStmt", "DROP DATABASE"},
    {"RuleStmt", "CREATE RULE"},
    {"SecLabelStmt", "SECURITY LABEL"},
    {"VariableShowStmt", "SHOW"},
    {"ViewStmt", "CREATE VIEW"},
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

std::string kind_of(Node const& statement) {
  auto const* const found = std::ranges::find(kinds, statement.type, &NodeKind::tag);
  if (found != std::end(kinds)) {
    return found->words(statement);
  }
  return words_of_name(tree::type_name(statement));
}

}  // namespace bellows::sql
