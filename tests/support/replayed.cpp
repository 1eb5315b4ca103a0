#include "tests/support/replayed.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace bellows::test {

using namespace catalog;

namespace {

std::string joined(std::vector<Identifier> const& names) {
  std::string text;
  for (Identifier const& name : names) {
    text += (text.empty() ? "" : ", ") + name.quoted();
  }
  return text;
}

/// With what the default takes from, where that is one of the server's making.
std::string sequences_of(Column const& column) {
  std::string text;
  for (QualifiedName const& sequence : column.sequences) {
    text += " owns " + sequence.display();
  }
  bool const numbered = column.default_sql && column.default_sql->starts_with("nextval('") &&
                        column.default_sql->ends_with("::regclass)");
  return text + (numbered ? " from " + *column.default_sql : "");
}

/// One line a fact, so that a difference reads as what it is.
std::vector<std::string> facts(Catalog const& catalog) {
  std::vector<std::string> lines;
  for (auto const& [name, table] : catalog.tables) {
    std::string const in = name.display() + " ";
    lines.push_back(in + "kind " + std::to_string(static_cast<int>(table.kind)));
    bool const view = table.kind == TableKind::View || table.kind == TableKind::MaterializedView;
    for (Column const& column : table.columns) {
      lines.push_back(in + "column " + column.name.quoted() + " " + column.type +
                      (column.not_null ? " not null" : "") +
                      (column.default_sql ? " with default" : "") +
                      (column.identity != Identity::None ? " identity" : "") +
                      (column.identity == Identity::Always ? " always" : "") +
                      (column.generated ? " generated" : "") +
                      (column.virtual_column ? " virtual" : "") + sequences_of(column));
    }
    if (table.unlogged) {
      lines.push_back(in + "unlogged");
    }
    if (!table.of_type.empty()) {
      lines.push_back(in + "of " + table.of_type);
    }
    for (Constraint const& constraint : table.constraints) {
      lines.push_back(in + "constraint " + constraint.name.quoted() + " kind " +
                      std::to_string(static_cast<int>(constraint.kind)) + " on (" +
                      joined(constraint.columns) + ")" +
                      (constraint.references.name.empty()
                           ? ""
                           : " to " + constraint.references.display() + " (" +
                                 joined(constraint.referenced_columns) + ")") +
                      (constraint.validated ? "" : " not valid"));
    }
    for (Index const& index : table.indexes) {
      lines.push_back(in + "index " + index.name.quoted() + " " + index.method + " on (" +
                      joined(index.columns) + ") keys " + std::to_string(index.key_columns) +
                      (index.unique ? " unique" : "") + (index.primary ? " primary" : "") +
                      (index.partial ? " partial" : "") +
                      (index.has_expressions ? " with expressions" : "") +
                      (index.replica_identity ? " replica identity" : ""));
    }
    lines.push_back(in + "replica identity " +
                    std::to_string(static_cast<int>(table.replica_identity)));
    for (Trigger const& trigger : table.triggers) {
      lines.push_back(in + "trigger " + trigger.name.quoted() +
                      (trigger.before_row ? " before row" : "") +
                      (trigger.on_update ? " on update" : ""));
    }
    for (Dependent const& dependent : table.dependents) {
      // Functions with SQL-standard bodies are not taken apart.
      if (dependent.kind != DependentKind::Function && !view) {
        lines.push_back(in + "used by " + std::to_string(static_cast<int>(dependent.kind)) + " " +
                        dependent.name.quoted() + " (" + joined(dependent.columns) + ")");
      }
    }
    if (!table.partition_key.strategy.empty()) {
      std::vector<Identifier> columns = table.partition_key.columns;
      std::ranges::sort(columns);
      lines.push_back(in + "partitioned by " + table.partition_key.strategy + " (" +
                      joined(columns) + ")" +
                      (table.partition_key.has_expressions ? " with expressions" : ""));
    }
    for (QualifiedName const& parent : table.inherits) {
      lines.push_back(in + "inherits " + parent.display());
    }
    if (auto const key = best_key(table)) {
      lines.push_back(in + "key " + key->index.quoted());
    }
    if (!table.partition_of.name.empty()) {
      lines.push_back(in + "partition of " + table.partition_of.display() +
                      (table.default_partition ? " default" : ""));
    }
  }
  for (auto const& [name, domain] : catalog.domains) {
    lines.push_back("domain " + name + " " + domain.base +
                    (domain.constrained ? " constrained" : ""));
  }
  for (auto const& [name, publication] : catalog.publications) {
    lines.push_back("publication " + name.quoted() + (publication.all_tables ? " all" : "") +
                    (publication.changes ? " changes" : "") + " of (" +
                    joined(publication.schemas) + ")");
  }
  for (auto const& [name, attributes] : catalog.composites) {
    for (Column const& attribute : attributes) {
      lines.push_back("type " + name + " " + attribute.name.quoted() + " " + attribute.type);
    }
  }
  for (auto const& [name, table] : catalog.statistics) {
    lines.push_back("statistics " + name.display() + " on " + table.display());
  }
  return lines;
}

/// What a query gives, its text does not always tell: columns of views that the replay leaves out,
/// and types that it leaves open, are no difference.
Catalog as_far_as_told(Catalog const& replayed, Catalog live) {
  auto const is_view = [&](Table const& table) {
    bool const view = table.kind == TableKind::View || table.kind == TableKind::MaterializedView;
    return view && replayed.table(table.name) != nullptr;
  };
  live.tables.edit_where(is_view, [&](Table& table) {
    Table const* ours = replayed.table(table.name);
    if (ours->columns.empty()) {
      table.columns.clear();
    }
    for (Column& column : table.columns) {
      Column const* told = ours->column(column.name);
      if (told != nullptr && told->type.empty()) {
        column.type.clear();
      }
    }
  });
  return live;
}

}  // namespace

std::string differences(Catalog const& replayed, Catalog const& live) {
  std::vector<std::string> ours = facts(replayed);
  std::vector<std::string> theirs = facts(as_far_as_told(replayed, live));
  std::ranges::sort(ours);
  std::ranges::sort(theirs);
  std::string text;
  auto const only_in = [&text](auto const& one, auto const& other, char const* who) {
    std::vector<std::string> lines;
    std::ranges::set_difference(one, other, std::back_inserter(lines));
    for (std::string const& line : lines) {
      text += who + line + "\n";
    }
  };
  only_in(ours, theirs, "only replayed: ");
  only_in(theirs, ours, "only live: ");
  return text;
}

void run_and_replay(postgres::Session& session, Catalog& replayed,
                    sql::Statement const& statement) {
  session.run(statement.raw.text);
  replay(replayed, statement);
}

Catalog empty_catalog() {
  Catalog catalog;
  catalog.complete = true;
  return catalog;
}

}  // namespace bellows::test
