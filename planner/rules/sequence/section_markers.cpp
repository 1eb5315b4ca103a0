#include "planner/rules/sequence/sequence.hpp"
#include "planner/sql/near_marker.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <optional>

/// A way back that is not marked as one runs right behind the way there, and nothing is left of
/// either; what was there before is gone where the names are the same.
namespace bellows::rules {

namespace {

constexpr std::string_view rule = "section-marker";
constexpr std::string_view known_markers =
    "`-- bellows: down`, or node-pg-migrate's `-- Down Migration`, dbmate's `-- migrate:down`, "
    "goose's `-- +goose Down`, sql-migrate's `-- +migrate Down`";

/// A thing that one statement makes and another one may drop; of a column or trigger, `part`.
struct Thing {
  std::string kind;
  sql::QualifiedName name;
  sql::Identifier part;
};

/// The schema may be left out of either.
bool is_same(Thing const& one, Thing const& other) {
  bool const schema =
      one.name.schema.empty() || other.name.schema.empty() || one.name.schema == other.name.schema;
  return one.kind == other.kind && schema && one.name.name == other.name.name &&
         one.part == other.part;
}

bool is_temporary(Thing const& thing) {
  return thing.name.schema.raw() == sql::temporary_schema;
}

std::string kind_of(sql::ObjectKind kind) {
  switch (kind) {
    case sql::ObjectKind::Table:
      return "TABLE";
    case sql::ObjectKind::Index:
      return "INDEX";
    case sql::ObjectKind::View:
      return "VIEW";
    case sql::ObjectKind::MaterializedView:
      return "MATERIALIZED VIEW";
    case sql::ObjectKind::Sequence:
      return "SEQUENCE";
    case sql::ObjectKind::Type:
      return "TYPE";
    case sql::ObjectKind::Domain:
      return "DOMAIN";
    case sql::ObjectKind::Trigger:
      return "TRIGGER";
    default:
      return "";  // a function is often made for a migration's own use, a schema seldom by one
  }
}

/// "CREATE MATERIALIZED VIEW" makes a MATERIALIZED VIEW.
std::string made_kind(std::string const& statement_kind) {
  for (std::string const kind : {"MATERIALIZED VIEW", "VIEW", "SEQUENCE", "TYPE"}) {
    if (statement_kind == "CREATE " + kind) {
      return kind;
    }
  }
  return statement_kind == "CREATE TABLE AS" ? "TABLE" : "";
}

struct Making {
  std::vector<Thing> operator()(sql::CreateTable const& create) const {
    return {{"TABLE", create.table, {}}};
  }
  std::vector<Thing> operator()(sql::CreateIndex const& create) const {
    return {{"INDEX", {create.table.schema, create.name}, {}}};
  }
  std::vector<Thing> operator()(sql::CreateTrigger const& create) const {
    return {{"TRIGGER", create.table, create.name}};
  }
  std::vector<Thing> operator()(sql::DomainChange const& change) const {
    return change.creates ? std::vector<Thing>{{"DOMAIN", change.domain, {}}}
                          : std::vector<Thing>{};
  }
  std::vector<Thing> operator()(sql::AlterTable const& alter) const {
    return columns(alter, sql::AlterAction::AddColumn);
  }
  std::vector<Thing> operator()(sql::Other const& other) const {
    std::string const kind = made_kind(statement.kind);
    return kind.empty() || other.relations.empty()
               ? std::vector<Thing>{}
               : std::vector<Thing>{{kind, other.relations.front(), {}}};
  }
  std::vector<Thing> operator()(auto const& /*makes nothing*/) const { return {}; }

  static std::vector<Thing> columns(sql::AlterTable const& alter, sql::AlterAction action) {
    std::vector<Thing> things;
    for (sql::AlterTableCommand const& command : alter.commands) {
      if (command.action == action) {
        things.push_back(
            {"COLUMN", alter.table,
             action == sql::AlterAction::AddColumn ? command.column.name : command.name});
      }
    }
    return things;
  }

  sql::Statement const& statement;
};

std::vector<Thing> made_by(sql::Statement const& statement) {
  std::vector<Thing> things = std::visit(Making{statement}, statement.body);
  std::erase_if(things, is_temporary);
  return things;
}

std::vector<Thing> dropped_by(sql::Statement const& statement) {
  if (auto const* alter = std::get_if<sql::AlterTable>(&statement.body)) {
    return Making::columns(*alter, sql::AlterAction::DropColumn);
  }
  auto const* drop = std::get_if<sql::Drop>(&statement.body);
  std::vector<Thing> things;
  if (drop == nullptr || kind_of(drop->kind).empty()) {
    return things;
  }
  for (sql::QualifiedName const& name : drop->names) {
    bool const trigger = drop->kind == sql::ObjectKind::Trigger;
    things.push_back(trigger ? Thing{"TRIGGER", drop->on_table, name.name}
                             : Thing{kind_of(drop->kind), name, {}});
  }
  return things;
}

bool drops_any(Reviewed const& reviewed) {
  return !dropped_by(reviewed.statement).empty();
}

/// A table that is made beside another one and takes its name is not the one that goes.
void follow_rename(std::vector<Thing>& made, sql::Statement const& statement) {
  auto const* rename = std::get_if<sql::RenameObject>(&statement.body);
  if (rename == nullptr || rename->to.empty() || !rename->part.empty()) {
    return;
  }
  for (Thing& thing : made) {
    if (thing.part.empty() && is_same(thing, {thing.kind, rename->name, {}})) {
      thing.name.name = rename->to;
    }
  }
}

std::string display(Thing const& thing) {
  return thing.part.empty() ? thing.name.display()
                            : fmt::format("{}.{}", thing.name.display(), thing.part.quoted());
}

/// What is asked where something only looks like a way back.
std::string was_meant(Conduct const& conduct) {
  std::string const otherwise = fmt::format("-- bellows: allow {} because …", rule);
  if (conduct.runner == nullptr || conduct.by_bellows()) {
    return fmt::format(
        "Was a marker meant, behind which the way back stands? bellows knows {}. "
        "Where the file says what it means: {}",
        known_markers, otherwise);
  }
  std::string_view const place = conduct.runner->way_back;
  return fmt::format(
      "Was the way back meant? {} wants it {}. Where the file says what it means: {}",
      conduct.runner->title, place.empty() ? "in a file of its own" : place, otherwise);
}

Finding dropped_again(Thing const& thing, Conduct const& conduct) {
  return {std::string(rule), Severity::Error,
          fmt::format("It drops {}, which the same file has just made: nothing would be left.",
                      display(thing)),
          was_meant(conduct)};
}

Finding nearly_marked(std::string const& comment, Conduct const& conduct) {
  return {
      std::string(rule), Severity::Error,
      fmt::format("`{}` above it is no marker, so this would run, too, as part of the migration.",
                  comment),
      was_meant(conduct)};
}

/// Behind a marker of others: whoever runs the file goes there and back again.
Finding runs_along(std::string_view comment, Conduct const& conduct) {
  Runner const& runner = *conduct.runner;
  return {std::string(rule), Severity::Error,
          fmt::format("{} does not read `{}`, which is {}'s: this and all behind it, the way back, "
                      "it runs along, right behind the way there.",
                      runner.title, comment, sql::reader_of(sql::way_back_marked_by(comment))),
          fmt::format("Put the way back {}.",
                      runner.way_back.empty() ? "into a file of its own" : runner.way_back)};
}

/// The first statement behind a marker that is not read.
std::optional<SequenceFinding> run_along(Sequence const& sequence) {
  if (sequence.conduct.runner == nullptr) {
    return std::nullopt;  // by bellows, which reads them all
  }
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    for (std::string const& comment : sequence.statements[at].statement.raw.comments) {
      sql::Markers const whose = sql::way_back_marked_by(comment);
      if (whose != sql::Markers::None && !sql::meet(whose, sequence.conduct.runner->markers)) {
        return SequenceFinding{at, runs_along(comment, sequence.conduct)};
      }
    }
  }
  return std::nullopt;
}

/// Of the comments above a statement, not of those within it.
std::optional<std::string> near_marker(sql::RawStatement const& raw) {
  auto const found = std::ranges::find_if(raw.comments, [&](std::string const& comment) {
    return sql::reads_like_down(comment) && raw.text.find(comment) == std::string::npos;
  });
  return found == raw.comments.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

std::vector<SequenceFinding> section_markers(Sequence const& sequence) {
  if (auto along = run_along(sequence)) {
    return {std::move(*along)};
  }
  std::vector<SequenceFinding> found;
  for (std::size_t at = 1; at < sequence.statements.size(); ++at) {
    if (auto const comment = near_marker(sequence.statements[at].statement.raw)) {
      found.push_back({at, nearly_marked(*comment, sequence.conduct)});
    }
  }
  if (!found.empty() || std::ranges::none_of(sequence.statements, drops_any)) {
    return found;
  }
  std::vector<Thing> made;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    sql::Statement const& statement = sequence.statements[at].statement;
    for (Thing const& thing : dropped_by(statement)) {
      if (std::ranges::any_of(made, [&](Thing const& one) { return is_same(one, thing); })) {
        found.push_back({at, dropped_again(thing, sequence.conduct)});
      }
    }
    follow_rename(made, statement);
    std::ranges::move(made_by(statement), std::back_inserter(made));
  }
  return found;
}

}  // namespace bellows::rules
