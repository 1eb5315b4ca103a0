#include "planner/rules/breaking_signs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace bellows::rules::signs {

namespace {

using sql::ObjectKind;

sql::AlterTableCommand const* command_of(Sign const& sign, std::string_view kind) {
  bool const is_it = sign.facts.command != nullptr && sign.facts.command->kind == kind &&
                     sign.facts.alter->on != ObjectKind::View;
  return is_it ? sign.facts.command : nullptr;
}

sql::Drop const* dropped(Sign const& sign, ObjectKind kind) {
  auto const* drop = sign.facts.body<sql::Drop>();
  return drop != nullptr && drop->kind == kind ? drop : nullptr;
}

catalog::Column const* altered(Sign const& sign) {
  catalog::Table const* table = sign.facts.table();
  return table == nullptr || sign.facts.command == nullptr
             ? nullptr
             : table->column(sign.facts.command->name);
}

/// Of which a column takes its values: they are dropped with it, or stay.
bool belongs_to_new_table(catalog::Catalog const& catalog, sql::QualifiedName const& sequence) {
  return std::ranges::any_of(catalog.tables, [&](auto const& entry) {
    return entry.second.is_new &&
           std::ranges::any_of(entry.second.columns, [&](catalog::Column const& column) {
             return std::ranges::find(column.sequences, sequence) != column.sequences.end();
           });
  });
}

sql::Other const* other(Sign const& sign) {
  return sign.facts.body<sql::Other>();
}

bool all_new(Sign const& sign) {
  auto const* body = other(sign);
  return body != nullptr && !body->relations.empty() &&
         std::ranges::all_of(body->relations, [&](sql::QualifiedName const& name) {
           catalog::Table const* table = sign.question.catalog.table(name);
           return table != nullptr && table->is_new;
         });
}

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return text;
}

std::string joined(std::vector<std::string> const& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Not what only triggers execute, nor what is not there.
bool may_be_called(catalog::Catalog const& catalog, sql::QualifiedName const& name,
                   std::optional<std::size_t> arguments) {
  bool there = false;
  bool called = false;
  for (catalog::Function const& one : catalog.functions.named(catalog.resolve(name))) {
    if (!arguments || *arguments == one.arguments.size()) {
      there = true;
      called = called || !one.returns.ends_with("trigger");
    }
  }
  return there ? called : !catalog.complete;
}

bool fires_nowhere(Sign const& sign) {
  return command_of(sign, "DISABLE TRIGGER") != nullptr ||
         command_of(sign, "ENABLE REPLICA TRIGGER") != nullptr;
}

}  // namespace

bool drops_function(Sign const& sign) {
  sql::Drop const* drop = dropped(sign, ObjectKind::Function);
  if (drop == nullptr) {
    return sign.question.statement.kind == "DROP AGGREGATE";
  }
  for (std::size_t i = 0; i < drop->names.size(); ++i) {
    if (may_be_called(sign.question.catalog, drop->names[i], drop->arguments[i])) {
      return true;
    }
  }
  return false;
}

bool drops_type(Sign const& sign) {
  return dropped(sign, ObjectKind::Type) != nullptr || dropped(sign, ObjectKind::Domain) != nullptr;
}

bool drops_sequence(Sign const& sign) {
  sql::Drop const* drop = dropped(sign, ObjectKind::Sequence);
  catalog::Catalog const& catalog = sign.question.catalog;
  return drop != nullptr && !std::ranges::all_of(drop->names, [&](sql::QualifiedName const& name) {
           return belongs_to_new_table(catalog, catalog.resolve(name));
         });
}

bool renames_object(Sign const& sign) {
  auto const* rename = sign.facts.body<sql::RenameObject>();
  bool const of_kind = rename != nullptr &&
                       (rename->kind == ObjectKind::Function || rename->kind == ObjectKind::Type ||
                        rename->kind == ObjectKind::Domain || rename->kind == ObjectKind::Sequence);
  return of_kind && rename->part.empty();
}

/// Also of a table that nobody has shown, where the migrations tell of the column.
catalog::Column const* altered_or_glimpsed(Sign const& sign) {
  auto const& glimpses = sign.question.catalog.glimpses;
  auto const seen = sign.facts.table() == nullptr && sign.facts.command != nullptr
                        ? glimpses.find(sign.facts.target())
                        : glimpses.end();
  return seen == glimpses.end() ? altered(sign) : seen->second.column(sign.facts.command->name);
}

bool drops_required_default(Sign const& sign) {
  catalog::Column const* column = altered_or_glimpsed(sign);
  return command_of(sign, "DROP DEFAULT") != nullptr && column != nullptr && column->not_null &&
         column->default_sql.has_value();
}

bool drops_optional_default(Sign const& sign) {
  catalog::Column const* column = altered_or_glimpsed(sign);
  return command_of(sign, "DROP DEFAULT") != nullptr &&
         (column == nullptr || (column->default_sql.has_value() && !column->not_null));
}

bool drops_identity(Sign const& sign) {
  catalog::Column const* column = altered(sign);
  return command_of(sign, "DROP IDENTITY") != nullptr &&
         (column == nullptr || column->identity != catalog::Identity::None);
}

bool revokes(Sign const& sign) {
  auto const* body = other(sign);
  return body != nullptr && body->grant && body->grant->revokes && !all_new(sign);
}

bool ignores_writes(Sign const& sign) {
  auto const* body = other(sign);
  bool const ignores = body != nullptr && body->rule && body->rule->instead &&
                       body->rule->does_nothing && body->rule->event != "SELECT";
  catalog::Table const* table = sign.facts.table();
  return ignores && (table == nullptr || table->kind != catalog::TableKind::View);
}

bool disables_checks(Sign const& sign) {
  return command_of(sign, "DISABLE TRIGGER ALL") != nullptr;
}

bool disables_triggers(Sign const& sign) {
  return fires_nowhere(sign) || command_of(sign, "DISABLE TRIGGER USER") != nullptr;
}

bool disables_rule(Sign const& sign) {
  return command_of(sign, "DISABLE RULE") != nullptr ||
         command_of(sign, "ENABLE REPLICA RULE") != nullptr;
}

std::string object_text(Sign const& sign) {
  if (auto const* drop = sign.facts.body<sql::Drop>()) {
    std::vector<std::string> names;
    for (sql::QualifiedName const& name : drop->names) {
      names.push_back(name.display());
    }
    return lowered(drop->what) + " " + joined(names);
  }
  auto const* rename = sign.facts.body<sql::RenameObject>();
  return rename == nullptr ? table_text(sign)
                           : lowered(rename->what) + " " + rename->name.display();
}

std::string grantees_text(Sign const& sign) {
  auto const* body = other(sign);
  return body != nullptr && body->grant ? joined(body->grant->grantees) : "";
}

std::string triggers_text(Sign const& sign) {
  if (fires_nowhere(sign)) {
    return "its trigger " + sign.facts.command->name.quoted() + " does not fire";
  }
  catalog::Table const* table = sign.facts.table();
  std::vector<std::string> names;
  if (table != nullptr) {
    for (catalog::Trigger const& trigger : table->triggers) {
      names.push_back(trigger.name.quoted());
    }
  }
  return names.empty() ? "none of its triggers fires"
                       : "none of its triggers fires (" + joined(names) + ")";
}

std::string unchecked_text(Sign const& sign) {
  catalog::Table const* table = sign.facts.table();
  std::vector<std::string> names;
  if (table != nullptr) {
    for (catalog::Constraint const& constraint : table->constraints) {
      if (constraint.kind == catalog::ConstraintKind::ForeignKey) {
        names.push_back(constraint.name.quoted());
      }
    }
    for (catalog::Table const* from : sign.question.catalog.referencing(table->name)) {
      names.push_back("those of " + from->name.display() + " that point to it");
    }
  }
  return names.empty() ? "" : " (" + joined(names) + ")";
}

std::string event_text(Sign const& sign) {
  auto const* body = other(sign);
  if (body == nullptr || !body->rule) {
    return "";
  }
  return body->rule->event + (body->rule->conditional ? " for which its condition holds" : "");
}

}  // namespace bellows::rules::signs
