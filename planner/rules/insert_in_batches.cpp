#include "planner/rules/insert_in_batches.hpp"

#include "planner/rules/batch_key.hpp"
#include "planner/rules/in_batches.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::rules {
namespace {

using catalog::Table;
using sql::Identifier;
using sql::Insertion;

bool is_of_the_server(sql::QualifiedName const& name) {
  return name.schema.raw() == "pg_catalog" || name.schema.raw() == "information_schema";
}

bool copies_many(Question const& question, Insertion const& insertion) {
  return has_rows(question.catalog, insertion.from) && has_rows(question.catalog, insertion.into) &&
         !is_of_the_server(insertion.from) &&
         !takes_few_rows(question.catalog, insertion.from, insertion.pinned);
}

/// Of a statement that copies many rows into a table that others know; else nullptr.
Insertion const* many_copied(Question const& question) {
  for (sql::Statement const* part : parts_of(question.statement)) {
    auto const* data = std::get_if<sql::DataStatement>(&part->body);
    if (data != nullptr && data->insertion && copies_many(question, *data->insertion)) {
      return &*data->insertion;
    }
  }
  return nullptr;
}

std::optional<Finding> recognise_insert_in_batches(Question const& question) {
  Insertion const* insertion = many_copied(question);
  if (insertion == nullptr) {
    return std::nullopt;
  }
  return Finding{
      .rule = "insert-in-one-go",
      .severity = Severity::Error,
      .message = fmt::format("It is one transaction for as long as {} is large: vacuum cleans "
                             "nowhere meanwhile, and whoever inserts a row with a key that it has "
                             "put into {} waits for its end.",
                             insertion->from.display(), insertion->into.display()),
      .remedy = "Let `bellows plan` carry it in batches that can be stopped and resumed."};
}

constexpr char const* allow_it =
    "or allow it for a small table: -- bellows: allow insert-in-one-go because …";

std::optional<Refusal> refuse_source(Question const& question, Insertion const& insertion) {
  if (auto refusal = not_a_table(question.catalog.table(insertion.from), insertion.from)) {
    return refusal;
  }
  if (!insertion.obstacle.empty()) {
    return Refusal{
        fmt::format("it has {}: only INSERT INTO … (columns) SELECT … FROM one table, where each "
                    "row gives one, can be cut into batches",
                    insertion.obstacle),
        fmt::format("write it so, {}", allow_it)};
  }
  if (question.catalog.resolve(insertion.from) == question.catalog.resolve(insertion.into)) {
    return Refusal{
        "it reads the table that it writes, and a later batch would copy what an earlier "
        "one has put there",
        fmt::format("copy to a table of its own first, {}", allow_it)};
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_column(Insertion const& insertion, Table const& into,
                                     Identifier const& name) {
  catalog::Column const* column = into.column(name);
  if (column == nullptr) {
    return Refusal{fmt::format("{} has no column {}", into.name.display(), name.quoted()),
                   "check the name, or plan with --database-url or --catalog"};
  }
  if (column->generated) {
    return Refusal{fmt::format("{} of {} is generated: nothing can be put there", name.quoted(),
                               into.name.display()),
                   "leave it out"};
  }
  if (column->identity == catalog::Identity::Always && insertion.overriding.empty()) {
    return Refusal{
        fmt::format("{} of {} is GENERATED ALWAYS AS IDENTITY, and refuses a value of yours",
                    name.quoted(), into.name.display()),
        "leave it out, or say OVERRIDING SYSTEM VALUE behind the list of columns"};
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_target(Question const& question, Insertion const& insertion) {
  Table const* into = question.catalog.table(insertion.into);
  if (auto refusal = not_a_table(into, insertion.into)) {
    return refusal;
  }
  if (catalog::Constraint const* own = reference_to_itself(question.catalog, *into)) {
    return Refusal{fmt::format("rows of {} point to one another ({}), and a row might come before "
                               "the one that it points to",
                               insertion.into.display(), own->name.quoted()),
                   "copy without that column, and set it by an UPDATE afterwards"};
  }
  for (sql::Assignment const& assignment : insertion.columns) {
    if (auto refusal = refuse_column(insertion, *into, assignment.column)) {
      return refusal;
    }
  }
  return std::nullopt;
}

// --- what can be verified ---

/// The value that goes into a column, where it is the same at every look; else nullptr.
std::string const* fixed_value(plan::CopyRows const& copy, Identifier const& column) {
  auto const found =
      std::ranges::find(copy.columns, column, &std::pair<Identifier, std::string>::first);
  bool const fixed =
      found != copy.columns.end() && !sql::Expression::parse(found->second).calls_volatile();
  return fixed ? &found->second : nullptr;
}

/// The columns by which a row's copy is found: a key of the target of which all is copied.
std::vector<Identifier> copied_key(Table const& into, plan::CopyRows const& copy) {
  for (catalog::Index const& index : into.indexes) {
    auto const end = index.columns.begin() + static_cast<std::ptrdiff_t>(index.key_columns);
    std::vector<Identifier> const key(index.columns.begin(), end);
    bool const whole = index.unique && index.valid && !index.partial && !index.has_expressions &&
                       !key.empty() && std::ranges::all_of(key, [&](Identifier const& column) {
                         return fixed_value(copy, column) != nullptr;
                       });
    if (whole) {
      return key;
    }
  }
  return {};
}

/// True for a row that has no copy. The values are computed in a query of their own, where a name
/// can mean nothing of the target.
std::string has_no_copy(plan::CopyRows const& copy, std::vector<Identifier> const& key) {
  std::string values;
  std::string same;
  for (std::size_t i = 0; i < key.size(); ++i) {
    values += fmt::format("{}({}\n) AS v{}", i == 0 ? "" : ", ", *fixed_value(copy, key[i]), i);
    same += fmt::format("{}bellows_copy.{} = bellows_wanted.v{}", i == 0 ? "" : " AND ",
                        key[i].quoted(), i);
  }
  return fmt::format(
      "NOT EXISTS (SELECT FROM (SELECT {}) AS bellows_wanted, {} AS bellows_copy WHERE {})", values,
      copy.into.quoted(), same);
}

std::optional<plan::Step> verify_step(Table const& into, plan::Batch const& batch) {
  auto const& copy = std::get<plan::CopyRows>(batch.action);
  std::vector<Identifier> const key = copied_key(into, copy);
  if (key.empty()) {
    return std::nullopt;
  }
  plan::Verify verify;
  verify.table = batch.table;
  verify.key = batch.key;
  verify.differs = has_no_copy(copy, key);
  if (!batch.where.empty()) {
    verify.differs = fmt::format("({}\n) AND {}", batch.where, verify.differs);
  }
  verify.tolerated = true;
  plan::Step step;
  step.id = "verify";
  step.about = "reads every row: which have no copy";
  step.action = verify;
  step.locks = {{batch.table, locks::Mode::AccessShare}, {into.name, locks::Mode::AccessShare}};
  step.lasts = plan::Lasts::WithRows;
  return step;
}

// --- the split ---

plan::Batch batch_of(Insertion const& insertion, Table const& from, Table const& into,
                     std::vector<Identifier> key) {
  plan::CopyRows copy;
  copy.into = into.name;
  copy.overriding = insertion.overriding;
  copy.on_conflict = insertion.on_conflict;
  for (sql::Assignment const& assignment : insertion.columns) {
    copy.columns.emplace_back(assignment.column, assignment.expression);
  }
  plan::Batch batch;
  batch.table = from.name;
  batch.key = std::move(key);
  batch.action = std::move(copy);
  batch.where = insertion.where;
  return batch;
}

std::vector<plan::ReliedOn> relied_on(plan::Batch const& batch, Table const& from,
                                      Table const& into) {
  std::vector<std::string> texts{batch.where};
  std::vector<Identifier> filled;
  for (auto const& [column, expression] : std::get<plan::CopyRows>(batch.action).columns) {
    texts.push_back(expression);
    filled.push_back(column);
  }
  return {{from.name, mentioned(from, batch.key, texts)}, {into.name, filled}};
}

Split split_insert_in_batches(Question const& question) {
  Insertion const& insertion = *many_copied(question);
  if (auto refusal = refuse_source(question, insertion)) {
    return std::move(*refusal);
  }
  if (auto refusal = refuse_target(question, insertion)) {
    return std::move(*refusal);
  }
  Table const& from = *question.catalog.table(insertion.from);
  Table const& into = *question.catalog.table(insertion.into);
  auto key = batch_key(from, question.directives);
  if (auto* refusal = std::get_if<Refusal>(&key)) {
    return *refusal;
  }
  plan::Batch const batch =
      batch_of(insertion, from, into, std::get<std::vector<Identifier>>(std::move(key)));
  Fragment fragment;
  fragment.backfill = {
      batch_step(question, "copy", "the INSERT … SELECT, key range by key range", batch)};
  if (auto verify = verify_step(into, batch)) {
    fragment.backfill.push_back(std::move(*verify));
  }
  fragment.application = {
      {"during_backfill",
       fmt::format("must work with a part of the rows in {}; a row of {} that is new, or changes "
                   "once it is copied, is for the application to bring over",
                   into.name.display(), from.name.display())}};
  fragment.relies_on = relied_on(batch, from, into);
  return fragment;
}

}  // namespace

Rule const insert_in_batches{.id = "insert-in-one-go",
                             .recognise = recognise_insert_in_batches,
                             .split = split_insert_in_batches};

}  // namespace bellows::rules
