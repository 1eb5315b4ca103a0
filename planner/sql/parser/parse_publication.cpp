#include "planner/sql/parser/parse_parts.hpp"

namespace bellows::sql {

namespace {

PublicationChange::Action action_of(AlterPublicationAction action) {
  switch (action) {
    case AP_DropObjects:
      return PublicationChange::Action::Remove;
    case AP_SetObjects:
      return PublicationChange::Action::Replace;
    case AP_AddObjects:
      return PublicationChange::Action::Add;  // also SET (…), which names no object
  }
  return PublicationChange::Action::Add;
}

PublicationChange::Member member(PublicationTable const& table) {
  PublicationChange::Member result{tree::qualified(*table.relation), identifiers(table.columns),
                                   table.columns != nullptr};
  if (table.whereClause != nullptr) {
    for (Identifier& column : columns_in(*table.whereClause)) {
      result.columns.push_back(std::move(column));
    }
  }
  return result;
}

void take_objects(PublicationChange& change, List const* objects) {
  for (PublicationObjSpec const* object : tree::items<PublicationObjSpec>(objects)) {
    if (object->pubtable != nullptr) {
      change.tables.push_back(member(*object->pubtable));
    } else {
      change.schemas.push_back(identifier(object->name));  // empty: CURRENT_SCHEMA
    }
  }
}

void take_options(PublicationChange& change, List const* options) {
  for (DefElem const* option : tree::items<DefElem>(options)) {
    if (tree::text(option->defname) == "publish") {
      std::string_view const what = tree::text_of(option->arg);
      change.updates = what.find("update") != std::string_view::npos;
      change.deletes = what.find("delete") != std::string_view::npos;
    }
  }
}

}  // namespace

void take_publication(Other& into, CreatePublicationStmt const& statement) {
  PublicationChange change;
  change.all_tables = statement.for_all_tables;
  take_objects(change, statement.pubobjects);
  take_options(change, statement.options);
  into.part = identifier(statement.pubname);
  into.publication = std::move(change);
}

void take_publication(Other& into, AlterPublicationStmt const& statement) {
  PublicationChange change;
  change.action = action_of(statement.action);
  take_objects(change, statement.pubobjects);
  take_options(change, statement.options);
  into.part = identifier(statement.pubname);
  into.publication = std::move(change);
}

}  // namespace bellows::sql
