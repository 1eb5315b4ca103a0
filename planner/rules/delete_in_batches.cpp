#include "planner/rules/delete_in_batches.hpp"

#include "planner/rules/batch_key.hpp"
#include "planner/rules/in_batches.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::rules {
namespace {

using catalog::Constraint;
using catalog::Index;
using catalog::Table;
using sql::Identifier;

/// Of a statement that takes away many rows of a table that has some; else nullptr.
sql::Deletion const* many_deleted(Question const& question) {
  for (sql::Statement const* part : parts_of(question.statement)) {
    auto const* data = std::get_if<sql::DataStatement>(&part->body);
    bool const many =
        data != nullptr && data->deletion && has_rows(question.catalog, data->deletion->table) &&
        !takes_few_rows(question.catalog, data->deletion->table, data->deletion->pinned);
    if (many) {
      return &*data->deletion;
    }
  }
  return nullptr;
}

std::optional<Finding> recognise_delete_in_batches(Question const& question) {
  sql::Deletion const* deletion = many_deleted(question);
  if (deletion == nullptr) {
    return std::nullopt;
  }
  return Finding{
      .rule = "delete-in-one-go",
      .severity = Severity::Error,
      .message =
          fmt::format("Every row of {} that it takes away stays locked until the last one is "
                      "gone, and vacuum cleans nowhere meanwhile.",
                      deletion->table.display()),
      .remedy = "Let `bellows plan` carry it in batches that can be stopped and resumed."};
}

std::optional<Refusal> refuse(Question const& question, sql::Deletion const& deletion,
                              Table const* table) {
  if (auto refusal = not_a_table(table, deletion.table)) {
    return refusal;
  }
  if (!deletion.obstacle.empty()) {
    return Refusal{
        fmt::format(
            "it has {}: only a DELETE whose WHERE says row by row what goes can be cut into "
            "batches",
            deletion.obstacle),
        "mark what shall go in a column of the table first, by an UPDATE or by the application, "
        "and delete what is marked; or allow it for a small table: -- bellows: allow "
        "delete-in-one-go because …"};
  }
  if (Constraint const* own = reference_to_itself(question.catalog, *table)) {
    return Refusal{
        fmt::format("rows of {} point to one another ({}), and a batch would have to take a row "
                    "away while another one still points to it",
                    deletion.table.display(), own->name.quoted()),
        "SET NULL what points to them first, or let the foreign key say ON DELETE"};
  }
  return std::nullopt;
}

Split split_delete_in_batches(Question const& question) {
  sql::Deletion const& deletion = *many_deleted(question);
  Table const* table = question.catalog.table(deletion.table);
  if (auto refusal = refuse(question, deletion, table)) {
    return std::move(*refusal);
  }
  auto key = batch_key_where(*table, question.directives, deletion.where);
  if (auto* refusal = std::get_if<Refusal>(&key)) {
    return *refusal;
  }
  plan::Batch batch;
  batch.table = table->name;
  batch.key = std::get<std::vector<Identifier>>(key);
  batch.action = plan::DeleteRows{};
  batch.where = deletion.where;
  Fragment fragment;
  fragment.backfill = {
      batch_step(question, "delete", "the DELETE, " + way_of_batches(*table, batch.key), batch),
      tolerated_verify(batch)};
  fragment.application = {
      {"during_backfill", "must work with some of the rows gone and others not yet"}};
  fragment.relies_on = {{table->name, mentioned(*table, batch.key, {batch.where})}};
  return fragment;
}

// --- what points to the rows that go ---

struct Reference {
  Table const* from;
  Constraint const* constraint;
};

std::vector<Reference> references_to(catalog::Catalog const& catalog,
                                     sql::QualifiedName const& name) {
  sql::QualifiedName const target = catalog.resolve(name);
  std::vector<Reference> all;
  for (Table const* table : catalog.referencing(name)) {
    for (Constraint const& constraint : table->constraints) {
      bool const points = constraint.kind == catalog::ConstraintKind::ForeignKey &&
                          catalog.resolve(constraint.references) == target;
      if (points && !table->is_new) {
        all.push_back({table, &constraint});
      }
    }
  }
  return all;
}

std::string columns_text(std::vector<Identifier> const& columns) {
  std::string text;
  for (Identifier const& column : columns) {
    text += (text.empty() ? "" : ", ") + column.quoted();
  }
  return text;
}

/// The first of its columns are those of the foreign key, in whatever order.
bool finds(Index const& index, Constraint const& constraint) {
  std::size_t const wanted = constraint.columns.size();
  if (index.partial || !index.valid || index.method != "btree" || index.key_columns < wanted) {
    return false;
  }
  return std::is_permutation(constraint.columns.begin(), constraint.columns.end(),
                             index.columns.begin(),
                             index.columns.begin() + static_cast<std::ptrdiff_t>(wanted));
}

bool is_found(Reference const& reference) {
  return std::ranges::any_of(reference.from->indexes, [&](Index const& index) {
    return finds(index, *reference.constraint);
  });
}

std::optional<Finding> recognise_scans(Question const& question) {
  sql::Deletion const* deletion = many_deleted(question);
  if (deletion == nullptr) {
    return std::nullopt;
  }
  auto const all = references_to(question.catalog, deletion->table);
  auto const slow = std::ranges::find_if_not(all, is_found);
  if (slow == all.end()) {
    return std::nullopt;
  }
  std::string const columns = columns_text(slow->constraint->columns);
  return Finding{
      .rule = "delete-scans-referencing",
      .severity = Severity::Warning,
      .message =
          fmt::format("For each row of {} that goes, PostgreSQL reads all of {} for rows that "
                      "point to it: ({}) has no index.",
                      deletion->table.display(), slow->from->name.display(), columns),
      .remedy = fmt::format("CREATE INDEX CONCURRENTLY ON {} ({}) in a migration before.",
                            slow->from->name.quoted(), columns)};
}

/// The verb of an action on DELETE; nullptr for none.
char const* action_of(Constraint const& constraint) {
  if (constraint.definition.find("ON DELETE CASCADE") != std::string::npos) {
    return "go along";
  }
  return constraint.definition.find("ON DELETE SET") != std::string::npos ? "are changed along"
                                                                          : nullptr;
}

std::optional<Finding> recognise_cascades(Question const& question) {
  sql::Deletion const* deletion = many_deleted(question);
  if (deletion == nullptr) {
    return std::nullopt;
  }
  for (Reference const& reference : references_to(question.catalog, deletion->table)) {
    if (char const* const action = action_of(*reference.constraint)) {
      return Finding{
          .rule = "delete-cascades",
          .severity = Severity::Note,
          .message = fmt::format(
              "Rows of {} that point to those of {} {} in the same transaction, however many they "
              "are, and fire their own triggers.",
              reference.from->name.display(), deletion->table.display(), action),
          .remedy = fmt::format("Where they are many, take those of {} away first, by a DELETE of "
                                "their own.",
                                reference.from->name.display())};
    }
  }
  return std::nullopt;
}

}  // namespace

Rule const delete_in_batches{.id = "delete-in-one-go",
                             .recognise = recognise_delete_in_batches,
                             .split = split_delete_in_batches};
Rule const delete_scans_referencing{
    .id = "delete-scans-referencing", .recognise = recognise_scans, .split = nullptr};
Rule const delete_cascades{
    .id = "delete-cascades", .recognise = recognise_cascades, .split = nullptr};

}  // namespace bellows::rules
