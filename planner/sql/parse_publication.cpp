#include "planner/sql/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

PublicationChange::Action action_of(PgQuery__AlterPublicationAction action) {
  switch (action) {
    case PG_QUERY__ALTER_PUBLICATION_ACTION__AP_DropObjects:
      return PublicationChange::Action::Remove;
    case PG_QUERY__ALTER_PUBLICATION_ACTION__AP_SetObjects:
      return PublicationChange::Action::Replace;
    default:
      return PublicationChange::Action::Add;  // also SET (…), which names no object
  }
}

void take_objects(PublicationChange& change, std::span<PgQuery__Node* const> objects) {
  for (PgQuery__Node const* node : objects) {
    PgQuery__PublicationObjSpec const& object = *node->publication_obj_spec;
    if (object.pubtable != nullptr) {
      PgQuery__PublicationTable& table = *object.pubtable;
      std::vector<Identifier> columns = identifiers(nodes(table.columns, table.n_columns));
      if (table.where_clause != nullptr) {
        for (Identifier& column : columns_in(table.where_clause->base)) {
          columns.push_back(std::move(column));
        }
      }
      change.tables.push_back(
          {tree::qualified(*table.relation), std::move(columns), table.n_columns > 0});
    } else {
      change.schemas.emplace_back(object.name);  // empty: CURRENT_SCHEMA
    }
  }
}

void take_options(PublicationChange& change, std::span<PgQuery__Node* const> options) {
  for (PgQuery__Node const* option : options) {
    if (std::string_view(option->def_elem->defname) == "publish") {
      std::string_view const what = tree::text_of(option->def_elem->arg);
      change.updates = what.find("update") != std::string_view::npos;
      change.deletes = what.find("delete") != std::string_view::npos;
    }
  }
}

}  // namespace

void take_publication(Other& into, PgQuery__CreatePublicationStmt const& statement) {
  PublicationChange change;
  change.all_tables = statement.for_all_tables != 0;
  take_objects(change, nodes(statement.pubobjects, statement.n_pubobjects));
  take_options(change, nodes(statement.options, statement.n_options));
  into.part = Identifier(statement.pubname);
  into.publication = std::move(change);
}

void take_publication(Other& into, PgQuery__AlterPublicationStmt const& statement) {
  PublicationChange change;
  change.action = action_of(statement.action);
  take_objects(change, nodes(statement.pubobjects, statement.n_pubobjects));
  take_options(change, nodes(statement.options, statement.n_options));
  into.part = Identifier(statement.pubname);
  into.publication = std::move(change);
}

}  // namespace bellows::sql
