#include "planner/sql/parse_parts.hpp"

// What is granted, and what a rule makes of other statements.
namespace bellows::sql {

namespace {

std::string role_text(PgQuery__RoleSpec const& role) {
  switch (role.roletype) {
    case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC:
      return "PUBLIC";
    case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CURRENT_ROLE:
      return "CURRENT_ROLE";
    case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CURRENT_USER:
      return "CURRENT_USER";
    case PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_SESSION_USER:
      return "SESSION_USER";
    default:
      return Identifier(role.rolename).quoted();
  }
}

GrantChange change(bool grants, std::span<PgQuery__Node* const> grantees) {
  GrantChange result;
  result.revokes = !grants;
  for (PgQuery__Node const* grantee : grantees) {
    result.grantees.push_back(role_text(*grantee->role_spec));
  }
  return result;
}

}  // namespace

GrantChange grant_change(PgQuery__GrantStmt const& statement) {
  return change(statement.is_grant != 0, nodes(statement.grantees, statement.n_grantees));
}

GrantChange grant_change(PgQuery__GrantRoleStmt const& statement) {
  return change(statement.is_grant != 0, nodes(statement.grantee_roles, statement.n_grantee_roles));
}

RuleDefinition rule_definition(PgQuery__RuleStmt const& statement) {
  RuleDefinition rule;
  switch (statement.event) {
    case PG_QUERY__CMD_TYPE__CMD_INSERT:
      rule.event = "INSERT";
      break;
    case PG_QUERY__CMD_TYPE__CMD_UPDATE:
      rule.event = "UPDATE";
      break;
    case PG_QUERY__CMD_TYPE__CMD_DELETE:
      rule.event = "DELETE";
      break;
    default:
      rule.event = "SELECT";
  }
  rule.instead = statement.instead != 0;
  rule.does_nothing = statement.n_actions == 0;
  rule.conditional = statement.where_clause != nullptr;
  return rule;
}

}  // namespace bellows::sql
