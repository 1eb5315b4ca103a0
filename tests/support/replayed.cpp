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

std::string number_of(auto kind) {
  return std::to_string(static_cast<int>(kind));
}

std::string if_so(bool so, char const* words) {
  return so ? words : "";
}

std::string fact(Column const& column) {
  return "column " + column.name.quoted() + " " + column.type +
         if_so(column.not_null, " not null") +
         if_so(column.default_sql.has_value(), " with default") +
         if_so(column.identity != Identity::None, " identity") +
         if_so(column.identity == Identity::Always, " always") +
         if_so(column.generated, " generated") + if_so(column.virtual_column, " virtual") +
         sequences_of(column);
}

std::string fact(Constraint const& constraint) {
  std::string const references = constraint.references.name.empty()
                                     ? ""
                                     : " to " + constraint.references.display() + " (" +
                                           joined(constraint.referenced_columns) + ")";
  return "constraint " + constraint.name.quoted() + " kind " + number_of(constraint.kind) +
         " on (" + joined(constraint.columns) + ")" + references +
         if_so(!constraint.validated, " not valid") +
         if_so(!constraint.rests_on.empty(), (" on " + constraint.rests_on.quoted()).c_str());
}

std::string fact(Index const& index) {
  return "index " + index.name.quoted() + " " + index.method + " on (" + joined(index.columns) +
         ") keys " + std::to_string(index.key_columns) + if_so(index.unique, " unique") +
         if_so(index.primary, " primary") + if_so(index.partial, " partial") +
         if_so(index.has_expressions, " with expressions") +
         if_so(index.replica_identity, " replica identity") +
         (index.attached_to.name.empty() ? "" : " part of " + index.attached_to.display());
}

std::string fact(Trigger const& trigger) {
  std::string text = "trigger " + trigger.name.quoted() + if_so(trigger.before_row, " before row") +
                     if_so(trigger.on_insert, " on insert") +
                     if_so(trigger.on_update, " on update") +
                     if_so(trigger.on_delete, " on delete") + if_so(trigger.row, " row") +
                     if_so(!trigger.when.empty(), " when") + " of (" + joined(trigger.columns) +
                     ") time " + number_of(trigger.time) + " fires " + number_of(trigger.fires) +
                     " executes " + trigger.function.display() + "(";
  for (std::string const& argument : trigger.arguments) {
    text += argument + ";";
  }
  return text + ")";
}

std::string fact(QualifiedName const& name, Function const& function) {
  std::string text = "function " + name.display() + "(";
  for (std::string const& argument : function.arguments) {
    text += argument + ";";
  }
  return text + ")" + if_so(function.returns == "trigger", " of triggers") + " in " +
         function.language + " volatility " + number_of(function.volatility) + " body " +
         function.body.value_or("none");
}

std::string fact(Dependent const& dependent) {
  return "used by " + number_of(dependent.kind) + " " + dependent.name.quoted() + " (" +
         joined(dependent.columns) + ")";
}

std::string fact(sql::PartitionKey const& key) {
  std::vector<Identifier> columns = key.columns;
  std::ranges::sort(columns);
  return "partitioned by " + key.strategy + " (" + joined(columns) + ")" +
         if_so(key.has_expressions, " with expressions");
}

/// Without the values, which the server writes in its own way.
std::string fact(sql::PartitionBounds const& bounds) {
  return " " + bounds.strategy + " of " + std::to_string(bounds.list.size()) + ", " +
         std::to_string(bounds.lower.size()) + ", " + std::to_string(bounds.upper.size()) +
         " modulus " + std::to_string(bounds.modulus) + " remainder " +
         std::to_string(bounds.remainder);
}

bool is_view(Table const& table) {
  return table.kind == TableKind::View || table.kind == TableKind::MaterializedView;
}

std::vector<std::string> facts_of(Table const& table) {
  std::vector<std::string> facts{"kind " + number_of(table.kind),
                                 "replica identity " + number_of(table.replica_identity)};
  auto const tell = [&](auto&& parts) {
    std::ranges::transform(parts, std::back_inserter(facts),
                           [](auto const& one) { return fact(one); });
  };
  tell(table.columns);
  tell(table.constraints);
  tell(table.indexes);
  tell(table.triggers);
  if (!is_view(table)) {
    tell(table.dependents);
  }
  for (QualifiedName const& parent : table.inherits) {
    facts.push_back("inherits " + parent.display());
  }
  auto const tell_if = [&](bool so, std::string const& words) {
    if (so) {
      facts.push_back(words);
    }
  };
  auto const key = best_key(table);
  tell_if(key.has_value(), "key " + (key ? key->index.quoted() : ""));
  tell_if(table.unlogged, "unlogged");
  tell_if(!table.of_type.empty(), "of " + table.of_type);
  tell_if(!table.partition_key.strategy.empty(), fact(table.partition_key));
  tell_if(!table.partition_of.name.empty(), "partition of " + table.partition_of.display() +
                                                if_so(table.default_partition, " default") +
                                                fact(table.bounds));
  return facts;
}

/// One line a fact, so that a difference reads as what it is.
std::vector<std::string> facts(Catalog const& catalog) {
  std::vector<std::string> lines;
  for (auto const& [name, table] : catalog.tables) {
    for (std::string const& one : facts_of(table)) {
      lines.push_back(name.display() + " " + one);
    }
  }
  for (auto const& [name, functions] : catalog.functions) {
    for (Function const& function : functions) {
      lines.push_back(fact(name, function));
    }
  }
  for (auto const& [name, domain] : catalog.domains) {
    lines.push_back("domain " + name + " " + domain.base +
                    if_so(domain.constrained, " constrained") +
                    if_so(!domain.default_sql.empty(), " with default"));
  }
  for (auto const& [name, labels] : catalog.enums) {
    std::string line = "enum " + name;
    for (std::string const& label : labels) {
      line += " '" + label + "'";
    }
    lines.push_back(line);
  }
  for (std::string const& name : catalog.other_types) {
    lines.push_back("type " + name);
  }
  for (auto const& [name, publication] : catalog.publications) {
    lines.push_back("publication " + name.quoted() + if_so(publication.all_tables, " all") +
                    if_so(publication.updates, " updates") +
                    if_so(publication.deletes, " deletes") + " of (" + joined(publication.schemas) +
                    ")");
    for (QualifiedName const& table : publication.listed) {
      lines.push_back("publication " + name.quoted() + " lists columns of " + table.display());
    }
  }
  for (auto const& [name, attributes] : catalog.composites) {
    for (Column const& attribute : attributes) {
      lines.push_back("type " + name + " " + attribute.name.quoted() + " " + attribute.type);
    }
  }
  for (QualifiedName const& relation : catalog.other_relations) {
    lines.push_back("relation " + relation.display());
  }
  for (auto const& [name, table] : catalog.statistics) {
    lines.push_back("statistics " + name.display() + " on " + table.display());
  }
  return lines;
}

/// Which of several fitting indexes a foreign key rests on, only the server knows.
void forget_rested_on(Catalog const& replayed, Catalog& live) {
  live.tables.edit_where([&](Table const& table) { return replayed.table(table.name) != nullptr; },
                         [&](Table& table) {
                           for (Constraint& constraint : table.constraints) {
                             Constraint const* ours =
                                 replayed.table(table.name)->constraint(constraint.name);
                             if (ours != nullptr && ours->rests_on.empty()) {
                               constraint.rests_on = Identifier();
                             }
                           }
                         });
}

/// What a query gives, its text does not always tell: columns of views that the replay leaves out,
/// and types that it leaves open, are no difference.
Catalog as_far_as_told(Catalog const& replayed, Catalog live) {
  auto const is_known = [&](Table const& table) {
    return is_view(table) && replayed.table(table.name) != nullptr;
  };
  forget_rested_on(replayed, live);
  live.tables.edit_where(is_known, [&](Table& table) {
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
