#include "planner/sql/parser/parse_objects.hpp"

namespace bellows::sql {

void parse_trigger(Statement& into, CreateTrigStmt const& statement) {
  constexpr int before = 2, insert = 4, erase = 8, update = 16, instead = 64;  // pg_trigger.h
  CreateTrigger trigger;
  trigger.name = identifier(statement.trigname);
  trigger.table = tree::qualified(*statement.relation);
  trigger.on_insert = (statement.events & insert) != 0;
  trigger.on_update = (statement.events & update) != 0;
  trigger.on_delete = (statement.events & erase) != 0;
  trigger.time = statement.timing == before    ? TriggerTime::Before
                 : statement.timing == instead ? TriggerTime::InsteadOf
                                               : TriggerTime::After;
  trigger.row = statement.row;
  trigger.before_row =
      statement.row && statement.timing == before && (trigger.on_insert || trigger.on_update);
  trigger.replace = statement.replace;
  trigger.update_of = identifiers(statement.columns);
  trigger.columns = trigger.update_of;
  for (Node const* argument : tree::items(statement.args)) {
    trigger.arguments.emplace_back(tree::text_of(argument));
  }
  if (statement.whenClause != nullptr) {
    trigger.when = tree::deparse_expression(*statement.whenClause);
    for (Identifier& column : columns_in(*statement.whenClause)) {
      trigger.columns.push_back(std::move(column));
    }
  }
  trigger.function = tree::qualified(statement.funcname);
  trigger.definition = tree::deparse(tree::node(statement));
  into.kind = "CREATE TRIGGER";
  into.body = std::move(trigger);
}

}  // namespace bellows::sql
