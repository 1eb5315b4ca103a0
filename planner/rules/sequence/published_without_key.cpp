#include "planner/rules/sequence/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// Source: execReplication.c, CheckCmdReplicaIdentity().
namespace bellows::rules {

namespace {

bool has_words(std::vector<std::string> const& words,
               std::initializer_list<std::string_view> wanted) {
  return std::search(words.begin(), words.end(), wanted.begin(), wanted.end()) != words.end();
}

/// WITH (publish = 'insert'): updates and deletes are no matter of the publication.
bool publishes_inserts_only(std::string const& text) {
  return text.find("publish") != std::string::npos && text.find("update") == std::string::npos &&
         text.find("delete") == std::string::npos;
}

/// What the catalog does not know is not told of, nor is a table that is given an identity here.
bool lacks_identity(Sequence const& sequence, sql::QualifiedName const& name) {
  catalog::Table const* table = sequence.catalog.table(name);
  bool const stores = table != nullptr && (table->kind == catalog::TableKind::Table ||
                                           table->kind == catalog::TableKind::Partitioned);
  bool lacks = stores && std::ranges::find(table->constraints, catalog::ConstraintKind::PrimaryKey,
                                           &catalog::Constraint::kind) == table->constraints.end();
  each_command(sequence, [&](std::size_t, sql::AlterTable const& alter,
                             sql::AlterTableCommand const& command) {
    bool const given =
        command.kind == "REPLICA IDENTITY" && sequence.catalog.resolve(alter.table) == name;
    lacks = lacks && !given;
  });
  return lacks;
}

std::vector<std::string> published(Sequence const& sequence, Reviewed const& reviewed) {
  std::vector<std::string> tables;
  auto const* body = std::get_if<sql::Other>(&reviewed.statement.body);
  std::vector<std::string> const words = words_of(reviewed.statement);
  if (body == nullptr || has_words(words, {"DROP"}) ||
      publishes_inserts_only(reviewed.statement.raw.text)) {
    return tables;
  }
  std::vector<sql::QualifiedName> names = body->relations;
  if (has_words(words, {"FOR", "ALL", "TABLES"})) {
    for (auto const& [name, table] : sequence.catalog.tables) {
      names.push_back(name);
    }
  }
  for (sql::QualifiedName const& name : names) {
    if (lacks_identity(sequence, sequence.catalog.resolve(name))) {
      tables.push_back(sequence.catalog.resolve(name).display());
    }
  }
  return tables;
}

}  // namespace

// A warning: the catalog does not tell REPLICA IDENTITY.
std::vector<SequenceFinding> published_without_key(Sequence const& sequence) {
  std::vector<SequenceFinding> found;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    std::string const& kind = sequence.statements[at].statement.kind;
    bool const asks = kind == "CREATE PUBLICATION" || kind == "ALTER PUBLICATION";
    auto const tables =
        asks ? published(sequence, sequence.statements[at]) : std::vector<std::string>();
    if (!tables.empty()) {
      found.push_back(
          {at,
           {"published-without-key", Severity::Warning,
            fmt::format("Without a primary key, and unless REPLICA IDENTITY says otherwise, every "
                        "UPDATE and DELETE of {} fails from the moment this commits (55000).",
                        fmt::join(tables, ", ")),
            "Give the table a primary key or REPLICA IDENTITY USING INDEX before; or publish its "
            "inserts only."}});
    }
  }
  return found;
}

}  // namespace bellows::rules
