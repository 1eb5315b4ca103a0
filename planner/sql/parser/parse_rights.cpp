#include "planner/sql/parser/parse_parts.hpp"

// What is granted, and what a rule makes of other statements.
namespace bellows::sql {

namespace {

std::string role_text(RoleSpec const& role) {
  switch (role.roletype) {
    case ROLESPEC_PUBLIC:
      return "PUBLIC";
    case ROLESPEC_CURRENT_ROLE:
      return "CURRENT_ROLE";
    case ROLESPEC_CURRENT_USER:
      return "CURRENT_USER";
    case ROLESPEC_SESSION_USER:
      return "SESSION_USER";
    case ROLESPEC_CSTRING:
      break;
  }
  return identifier(role.rolename).quoted();
}

GrantChange change(bool grants, List const* grantees) {
  GrantChange result;
  result.revokes = !grants;
  for (RoleSpec const* grantee : tree::items<RoleSpec>(grantees)) {
    result.grantees.push_back(role_text(*grantee));
  }
  return result;
}

std::string event_of(CmdType event) {
  switch (event) {
    case CMD_INSERT:
      return "INSERT";
    case CMD_UPDATE:
      return "UPDATE";
    case CMD_DELETE:
      return "DELETE";
    default:  // what a rule's event cannot be
      return "SELECT";
  }
}

}  // namespace

GrantChange grant_change(GrantStmt const& statement) {
  return change(statement.is_grant, statement.grantees);
}

GrantChange grant_change(GrantRoleStmt const& statement) {
  return change(statement.is_grant, statement.grantee_roles);
}

RuleDefinition rule_definition(RuleStmt const& statement) {
  RuleDefinition rule;
  rule.event = event_of(statement.event);
  rule.instead = statement.instead;
  rule.does_nothing = statement.actions == nullptr;
  rule.conditional = statement.whereClause != nullptr;
  return rule;
}

}  // namespace bellows::sql
