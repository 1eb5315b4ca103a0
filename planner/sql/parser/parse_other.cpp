#include "planner/sql/parser/kinds.hpp"
#include "planner/sql/parser/parse_objects.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

/// COMMENT ON names its object by a list of strings, which is no RangeVar.
std::vector<QualifiedName> commented_relation(CommentStmt const& statement) {
  switch (statement.objtype) {
    case OBJECT_TABLE:
    case OBJECT_INDEX:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_SEQUENCE:
    case OBJECT_FOREIGN_TABLE:
      return {name_of_object(*statement.object)};
    case OBJECT_COLUMN:
    case OBJECT_TABCONSTRAINT:
    case OBJECT_TRIGGER:
    case OBJECT_POLICY:
    case OBJECT_RULE:
      return {table_of_part(*statement.object)};
    default:
      return {};  // PostgreSQL's enum of every object there is; the others are no relations
  }
}

/// What is made comes behind its query in the tree.
void put_first(std::vector<QualifiedName>& names, QualifiedName const& name) {
  std::ranges::stable_partition(names, [&](QualifiedName const& one) { return one == name; });
}

// What the statements of this file say, one function each.

void take(Other& other, ViewStmt const& view) {
  other.uses = uses_in(*view.query);
  other.output = output_of(view.query, view.aliases);
  put_first(other.relations, tree::qualified(*view.view));
}

void take(Other& other, CreateTableAsStmt const& made) {
  other.uses = uses_in(*made.query);
  other.output = output_of(made.query, made.into->colNames);
  put_first(other.relations, tree::qualified(*made.into->rel));
  other.unlogged = is_unlogged(*made.into->rel);
}

void take(Other& other, RuleStmt const& rule) {
  other.uses = uses_in(tree::node(rule));
  other.rule = rule_definition(rule);
  other.part = identifier(rule.rulename);
}

void take(Other& other, GrantStmt const& grant) {
  if (grant.targtype != ACL_TARGET_DEFAULTS) {
    other.grant = grant_change(grant);
  }
  if (grant.targtype == ACL_TARGET_OBJECT && grant.objtype == OBJECT_FUNCTION) {
    for (Node const* function : tree::items(grant.objects)) {
      other.functions.push_back(name_of_object(*function));
    }
  }
}

void take(Other& other, GrantRoleStmt const& grant) {
  other.grant = grant_change(grant);
}

void take(Other& other, CreatePolicyStmt const& policy) {
  other.uses = uses_in(tree::node(policy));
  other.part = identifier(policy.policy_name);
}

void take(Other& other, AlterPolicyStmt const& policy) {
  other.uses = uses_in(tree::node(policy));
  other.part = identifier(policy.policy_name);
}

void take(Other& other, CreateFunctionStmt const& function) {
  other.function = function_definition(function);
  if (function.sql_body != nullptr) {
    other.uses = uses_in(*function.sql_body);
  }
}

void take(Other& other, AlterFunctionStmt const& function) {
  other.function = function_definition(function);
  if (function.objtype == OBJECT_FUNCTION) {
    other.functions.push_back(other.function->name);
  }
}

void take(Other& other, CreatePublicationStmt const& publication) {
  take_publication(other, publication);
}

void take(Other& other, AlterPublicationStmt const& publication) {
  take_publication(other, publication);
}

void take(Other& other, RefreshMatViewStmt const& refresh) {
  other.no_data = refresh.skipData;
}

void take(Other& other, ReindexStmt const& reindex) {
  other.part = identifier(reindex.name);
}

void take(Other& other, CreateStatsStmt const& statistics) {
  other.object = tree::qualified(statistics.defnames);
  other.if_exists = statistics.if_not_exists;
  for (StatsElem const* element : tree::items<StatsElem>(statistics.exprs)) {
    auto const* column = tree::as<ColumnRef>(element->expr);
    if (element->name != nullptr) {
      other.columns.push_back(identifier(element->name));
    } else if (column != nullptr && tree::items(column->fields).size() == 1) {
      other.columns.emplace_back(std::string(last_name(*column)));
    } else {
      other.has_expressions = true;
    }
  }
}

void take(Other& other, AlterStatsStmt const& statistics) {
  other.object = tree::qualified(statistics.defnames);
  other.if_exists = statistics.missing_ok;
}

void take(Other& other, CreateSchemaStmt const& schema) {
  other.part = identifier(schema.schemaname);
  other.if_exists = schema.if_not_exists;
}

void take(Other& other, ClusterStmt const& cluster) {
  other.part = identifier(cluster.indexname);
}

void take(Other& other, VacuumStmt const& vacuum) {
  auto const relations = tree::items<VacuumRelation>(vacuum.rels);
  if (relations.size() == 1) {
    for (Node const* column : tree::items(relations.front()->va_cols)) {
      other.columns.push_back(identifier(column));
    }
  }
}

void take(Other& other, CommentStmt const& comment) {
  other.relations = commented_relation(comment);
  switch (comment.objtype) {
    case OBJECT_COLUMN:
    case OBJECT_TABCONSTRAINT:
    case OBJECT_TRIGGER:
    case OBJECT_POLICY:
    case OBJECT_RULE:
      other.part = identifier(tree::last(tree::as<List>(comment.object)));
      break;
    case OBJECT_FUNCTION:
      other.functions.push_back(name_of_object(*comment.object));
      break;
    default:
      break;  // PostgreSQL's enum of every object there is
  }
}

void take(Other& other, CompositeTypeStmt const& type) {
  other.object = tree::qualified(*type.typevar);
  other.relations.clear();
  for (ColumnDef const* attribute : tree::items<ColumnDef>(type.coldeflist)) {
    other.attributes.push_back(column_definition(*attribute));
  }
}

void take(Other& other, CreateEnumStmt const& type) {
  other.object = tree::qualified(type.typeName);
  other.makes_enum = true;
  for (Node const* label : tree::items(type.vals)) {
    other.labels.emplace_back(tree::text_of(label));
  }
}

void take(Other& other, AlterEnumStmt const& change) {
  other.object = tree::qualified(change.typeName);
  other.if_exists = change.skipIfNewValExists;
  other.behind = change.newValIsAfter;
  for (char const* label : {change.oldVal, change.newVal, change.newValNeighbor}) {
    if (label != nullptr) {
      other.labels.emplace_back(label);
    }
  }
}

/// CREATE TYPE name, CREATE TYPE name (INPUT = …).
void take(Other& other, DefineStmt const& define) {
  if (define.kind == OBJECT_TYPE) {
    other.object = tree::qualified(define.defnames);
  }
}

void take(Other& other, CreateRangeStmt const& type) {
  other.object = tree::qualified(type.typeName);
}

void take(Other& other, CreateSeqStmt const& sequence) {
  other.owner = sequence_owner(sequence.options);
}

void take(Other& other, AlterSeqStmt const& sequence) {
  other.if_exists = sequence.missing_ok;
  other.owner = sequence_owner(sequence.options);
}

/// Of the statement's kind among `Raw…`, if it is one of them.
template <typename... Raw>
void take_one_of(Other& other, Node const& node) {
  auto const take_as = [&](auto const* raw) {
    if (raw != nullptr) {
      take(other, *raw);
    }
  };
  (take_as(tree::as<Raw>(&node)), ...);
}

void parse_rest(Statement& into, Node const& node) {
  Other other;
  other.relations = relations_in(node);
  take_one_of<ViewStmt, CreateTableAsStmt, RuleStmt, GrantStmt, GrantRoleStmt, CreatePolicyStmt,
              AlterPolicyStmt, CreateFunctionStmt, AlterFunctionStmt, CreatePublicationStmt,
              AlterPublicationStmt, RefreshMatViewStmt, ReindexStmt, CreateStatsStmt, CommentStmt,
              CompositeTypeStmt, CreateEnumStmt, CreateRangeStmt, CreateSeqStmt, AlterSeqStmt,
              AlterStatsStmt, CreateSchemaStmt, ClusterStmt, VacuumStmt, AlterEnumStmt, DefineStmt>(
      other, node);
  into.kind = makes_table(node) ? "CREATE TABLE AS" : kind_of(node);
  into.body = std::move(other);
}

void parse_domain(Statement& into, Node const& node, DomainChange change) {
  into.kind = kind_of(node);
  into.body = std::move(change);
}

void parse_foreign_table(Statement& into, CreateForeignTableStmt const& statement) {
  CreateTable table = create_table(statement.base);
  table.foreign = true;
  into.kind = kind_of(tree::node(statement.base));
  into.body = std::move(table);
}

}  // namespace

void parse_other(Statement& into, Node const& node) {
  if (parse_data(into, node)) {
    return;
  }
  if (auto const* drop = tree::as<DropStmt>(&node)) {
    parse_drop(into, *drop);
  } else if (auto const* rename = tree::as<RenameStmt>(&node)) {
    parse_rename(into, *rename);
  } else if (auto const* move = tree::as<AlterObjectSchemaStmt>(&node)) {
    parse_set_schema(into, *move);
  } else if (auto const* trigger = tree::as<CreateTrigStmt>(&node)) {
    parse_trigger(into, *trigger);
  } else if (auto const* table = tree::as<CreateForeignTableStmt>(&node)) {
    parse_foreign_table(into, *table);
  } else if (auto const* domain = tree::as<CreateDomainStmt>(&node)) {
    parse_domain(into, node, create_domain(*domain));
  } else if (auto const* altered = tree::as<AlterDomainStmt>(&node)) {
    parse_domain(into, node, alter_domain(*altered));
  } else {
    parse_rest(into, node);
  }
}

}  // namespace bellows::sql
