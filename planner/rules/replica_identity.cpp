#include "planner/rules/replica_identity.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/catalog/publications.hpp"
#include "planner/rules/in_batches.hpp"
#include "planner/rules/rename_column.hpp"
#include "planner/rules/sequence/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>

// Source: execReplication.c, CheckCmdReplicaIdentity(): asked of every table that an UPDATE or
// DELETE could write, before it looks for a row. So does each action of a MERGE, and an INSERT with
// ON CONFLICT DO UPDATE, which fails for new rows as well (tried on 15 and 18).
namespace bellows::rules {
namespace {

using catalog::Index;
using catalog::RowChange;
using catalog::Table;
using sql::QualifiedName;

struct Write {
  QualifiedName table;
  RowChange change = RowChange::Update;
  std::string_view words;
  bool everywhere = false;  // without a WHERE: every partition and child is looked at
};

bool says(std::vector<std::string> const& words, std::string_view first, std::string_view second) {
  auto const at = std::ranges::adjacent_find(
      words, [&](auto const& one, auto const& next) { return one == first && next == second; });
  return at != words.end();
}

/// What an INSERT or a MERGE does to rows that are there already.
void add_conditional_writes(sql::DataStatement const& data, sql::Statement const& part,
                            std::vector<Write>& writes) {
  bool const merges = data.kind == "MERGE";
  if ((!merges && data.kind != "INSERT") || data.writes.empty()) {
    return;
  }
  std::vector<std::string> const words = words_of(part);
  if (says(words, merges ? "THEN" : "DO", "UPDATE")) {
    writes.push_back({data.writes.front(), RowChange::Update,
                      merges ? "this MERGE" : "this INSERT, conflict or not,"});
  }
  if (merges && says(words, "THEN", "DELETE")) {
    writes.push_back({data.writes.front(), RowChange::Delete, "this MERGE"});
  }
}

std::vector<Write> writes_of(Question const& question) {
  std::vector<Write> writes;
  for (sql::Statement const* part : parts_of(question.statement)) {
    auto const* data = std::get_if<sql::DataStatement>(&part->body);
    if (auto const* update = std::get_if<sql::Update>(&part->body)) {
      writes.push_back({update->table, RowChange::Update, "this UPDATE",
                        update->simple && update->where.empty()});
    } else if (data != nullptr && data->deletion) {
      writes.push_back({data->deletion->table, RowChange::Delete, "this DELETE",
                        data->deletion->obstacle.empty() && data->deletion->where.empty()});
    } else if (data != nullptr) {
      add_conditional_writes(*data, *part, writes);
    }
  }
  auto const* rename = std::get_if<sql::RenameColumn>(&question.statement.body);
  if (rename != nullptr && rename_column.recognise(question)) {
    writes.push_back(
        {rename->table, RowChange::Update, "every UPDATE, the backfill's among them,"});
  }
  return writes;
}

/// The table or partition that refuses it; nullptr when none does.
Table const* refuses(catalog::Catalog const& catalog, Write const& write) {
  for (QualifiedName const& name : catalog::with_children(catalog, write.table, false)) {
    Table const* table = catalog.table(name);
    if (table != nullptr && catalog::lacks_replica_identity(catalog, *table, write.change)) {
      return table;
    }
  }
  return nullptr;
}

/// Whatever its WHERE says, which of a partition or child may leave out the one that refuses.
bool is_refused(Question const& question, Write const& write, Table const& table) {
  bool const renames = std::holds_alternative<sql::RenameColumn>(question.statement.body);
  return !renames && (write.everywhere || question.catalog.resolve(write.table) == table.name);
}

/// An index that tells rows apart: ALTER TABLE … REPLICA IDENTITY USING INDEX takes it.
Index const* candidate(Table const& table) {
  auto const fits = [&](Index const& index) {
    bool const plain = index.unique && index.valid && !index.partial && !index.has_expressions;
    return plain && index.key_columns > 0 &&
           std::all_of(index.columns.begin(),
                       index.columns.begin() + static_cast<std::ptrdiff_t>(index.key_columns),
                       [&](sql::Identifier const& name) {
                         catalog::Column const* column = table.column(name);
                         return column != nullptr && column->not_null;
                       });
  };
  auto const found = std::ranges::find_if(table.indexes, fits);
  return found == table.indexes.end() ? nullptr : &*found;
}

std::string remedy_of(Table const& table) {
  Index const* index = candidate(table);
  std::string const identity = index == nullptr ? "FULL" : "USING INDEX " + index->name.quoted();
  return fmt::format(
      "ALTER TABLE {} REPLICA IDENTITY {} in a migration before{}; or let the publication send "
      "inserts only.",
      table.name.quoted(), identity,
      index == nullptr ? ", or better a primary key (with FULL a subscriber reads its whole table "
                         "for each row)"
                       : "");
}

std::optional<Finding> recognise_replica_identity(Question const& question) {
  if (question.catalog.publications.empty()) {
    return std::nullopt;
  }
  for (Write const& write : writes_of(question)) {
    if (Table const* table = refuses(question.catalog, write)) {
      return Finding{
          .rule = "published-without-key",
          .severity = Severity::Error,
          .message = fmt::format("{} is published, and no replica identity tells its subscribers "
                                 "which rows are meant: {} fails (55000), whatever rows there are.",
                                 table->name.display(), write.words),
          .remedy = remedy_of(*table),
          .fails_with = is_refused(question, write, *table) ? "55000" : ""};
    }
  }
  return std::nullopt;
}

}  // namespace

Rule const written_without_identity{.id = "published-without-key",
                                    .recognise = recognise_replica_identity,
                                    .split = nullptr,
                                    .of_phases = true};

}  // namespace bellows::rules
