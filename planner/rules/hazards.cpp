#include "planner/rules/hazards.hpp"

#include "planner/locks/conditions.hpp"
#include "planner/locks/unknowable.hpp"
#include "planner/rules/breaking_signs.hpp"
#include "planner/rules/hazard_signs.hpp"
#include "planner/rules/partitions.hpp"
#include "planner/rules/remedy_sql.hpp"
#include "planner/rules/repack.hpp"
#include "planner/rules/scope_signs.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bellows::rules {

namespace {

using namespace signs;
namespace of = sql::of;

/// One hazard, as data. In the texts {table} is the statement's first target, {name} the column,
/// constraint, index or object that it is about, {what} what makes the answer uncertain.
struct Hazard {
  std::string_view id;
  bool (*applies)(Sign const&);
  sql::Subjects asked_of;  // nothing else has it
  std::string_view message;
  std::string_view remedy;
  Severity severity = Severity::Error;
};

constexpr Hazard hazards[] = {
    {"rename-table", renames_table, of::rename_object,
     "Application code that is running still names {table}, and fails from the moment this "
     "commits.",
     "In the same migration, {view}, and GRANT on it what the table grants; drop the view when no "
     "release uses it."},
    {"drop-column", drops_column, of::drop_column,
     "Application code that still reads or writes {name} of {table} fails, also where it only "
     "says SELECT * in a prepared statement; what the column held is lost.",
     "Release an application that does not name the column first; then drop it in a later "
     "migration and say so: -- bellows: allow drop-column because …"},
    {"drop-table", drops_table, of::drop,
     "Application code that still uses {table} fails, and its rows are lost.",
     "Release an application that does not use the table first; then drop it in a later migration "
     "and say so: -- bellows: allow drop-table because …"},
    {"drop-view", drops_view, of::drop, "Application code that still reads {name} fails.",
     "Release an application that does not read the view first; then drop it and say so: -- "
     "bellows: allow drop-view because …"},
    {"drop-schema", drops_schema, of::drop,
     "Everything in the schema {name} is dropped unseen, and the rows of its tables are lost; "
     "application code that still uses any of it fails.",
     "Drop what is in it by statements of their own, where a reviewer sees it; then the schema, "
     "without CASCADE. Or say so: -- bellows: allow drop-schema because …"},
    {"rename-schema", renames_schema, of::rename_object,
     "Application code that is running still names the schema {name}, in its statements or in its "
     "search_path, and fails from the moment this commits.",
     "Make the new schema with views of the tables, release an application that uses it, and move "
     "the tables when no release uses the old one; or say so: -- bellows: allow rename-schema "
     "because …"},
    {"drop-database", drops_database, of::drop | of::other,
     "A whole database is dropped with all its rows, and no transaction brings it back.",
     "Take it out of the migrations; where it is meant, say so: -- bellows: allow drop-database "
     "because …"},
    {"truncate", truncates_others, of::data,
     "Every row of {table} is gone at once, and every row of {along} as well, because foreign keys "
     "point there; reads and writes of all of them wait while it happens.",
     "Delete in batches what is no longer needed, or name all the tables, without CASCADE, and say "
     "why all of it may go: -- bellows: allow truncate because …"},
    {"truncate", truncates_alone, of::data,
     "Every row of {table} is gone at once, and reads and writes wait while it happens.",
     "Delete in batches what is no longer needed, or say why all of it may go: -- bellows: allow "
     "truncate because …"},
    {"add-column-constrained-domain", adds_constrained_domain, of::add_column,
     "The domain of {name} has a constraint, so PostgreSQL rewrites {table} with all its indexes, "
     "though the new column is empty; reads and writes wait all the while.",
     "Add the column with the domain's base type, and what the domain demands as a CHECK … NOT "
     "VALID; VALIDATE it in a migration of its own."},
    {"add-column-volatile-default", adds_numbered_column, of::add_column,
     "PostgreSQL numbers every row in {name} and rewrites {table} with all its indexes; reads and "
     "writes wait all the while.",
     "{numbered}, which `bellows plan` carries in batches."},
    {"add-column-volatile-default", adds_computed_column, of::add_column,
     "PostgreSQL computes {name} for every row and rewrites {table} with all its indexes; reads "
     "and writes wait all the while.",
     "{default_later}, which `bellows plan` carries in batches."},
    {"add-column-stored", adds_stored_column, of::add_column,
     "PostgreSQL computes {name} for every row and rewrites {table} with all its indexes; reads "
     "and writes wait all the while.",
     "{computed_later}, which `bellows plan` carries in batches."},
    {"add-column-not-null", adds_required_column, of::add_column,
     "The statement fails as soon as {table} has a row, because {name} is NULL in it.",
     "Give the column a constant DEFAULT, where one value does for every row. Or, since the "
     "running "
     "application does not write it: {required_later}."},
    {"index-not-concurrent", builds_index_on_partitioned, of::create_index,
     "Writes to {table} wait until the index is built on every partition.",
     "{create} … ON ONLY {table}; then on each partition {create} CONCURRENTLY, alone in its "
     "migration, and ALTER INDEX … ATTACH PARTITION."},
    {"index-not-concurrent", builds_index_blocking, of::create_index,
     "Writes to {table} wait until the index is built.", "{concurrently}, alone in its migration."},
    {"index-drop-not-concurrent", drops_partitioned_index, of::drop,
     "Reads and writes of the table of {name} wait behind this statement, which itself waits for "
     "every query that is running.",
     "PostgreSQL has no CONCURRENTLY for an index of a partitioned table: take the lock with a "
     "short lock_timeout and try again, as `bellows up` does.",
     Severity::Warning},
    {"index-drop-not-concurrent", drops_several_indexes, of::drop,
     "Reads and writes of the tables of {name} and the others wait behind this statement, which "
     "itself waits for every query that is running.",
     "{concurrent_form}: CONCURRENTLY takes one index, each alone in its migration."},
    {"index-drop-not-concurrent", drops_index_blocking, of::drop,
     "Reads and writes of the table of {name} wait behind this statement, which itself waits for "
     "every query that is running.",
     "{concurrent_form}, alone in its migration."},
    {"drop-key", drops_key, of::drop | of::drop_constraint,
     "Nothing keeps the rows of {table} apart by {name} any more, and running code that says ON "
     "CONFLICT with its columns fails (42P10).",
     "Release code without that ON CONFLICT first; where another key takes its place, CREATE "
     "UNIQUE "
     "INDEX CONCURRENTLY before. Then say so: -- bellows: allow drop-key because …",
     Severity::Warning},
    {"detach-not-concurrent", detaches_blocking, of::detach_partition,
     "Reads and writes of all of {table} wait behind this statement, which itself waits for every "
     "query that is running.",
     "{concurrent_form}, alone in its migration.", Severity::Warning},
    {"drop-not-null", drops_not_null, of::drop_not_null,
     "Application code that is running may find a NULL in {name} of {table} from now on.",
     "Release code that bears a NULL there first.", Severity::Note},
    {"set-not-null", scans_for_null, of::set_not_null,
     "Reads and writes of {table} wait while every row is searched for a NULL in {name}.",
     "First see to it that whatever is running gives {name} a value in each row it writes, or has "
     "a DEFAULT or a trigger do it, and fill the rows that have NULL: the CHECK refuses both. "
     "Then: {not_null}."},
    {"change-type", moves_to_utc, of::alter_type,
     "The new type of {name} {work}; reads and writes of {table} wait all the while.",
     "Where they are in UTC, SET LOCAL TimeZone = 'UTC' before it, in the same migration, and "
     "leave USING out: PostgreSQL then keeps the rows as they are and builds only the column's "
     "indexes anew."},
    {"change-type", only_rechecks, of::alter_type,
     "The new type of {name} {work}; reads and writes of {table} wait all the while.",
     "Drop the CHECK, change the type, add the CHECK again NOT VALID, and VALIDATE it in a "
     "migration of its own."},
    {"change-type", only_rebuilds_indexes, of::alter_type,
     "The new type of {name} {work}; reads and writes of {table} wait all the while.",
     "DROP INDEX CONCURRENTLY what can be missed for a while, change the type, and CREATE INDEX "
     "CONCURRENTLY again; else as for a type that rewrites: `bellows explain change-type`."},
    {"change-type", changes_type, of::alter_type,
     "The new type of {name} {work}; reads and writes of {table} wait all the while.",
     "{retyped}."},
    {"refresh-not-concurrent", refreshes_blocking, of::other,
     "Reads of {table} wait while its query runs and all its rows are written anew.",
     "{concurrent_form}, which wants a unique index over plain columns."},
    {"type-change-statistics", drops_statistics, of::alter_type,
     "PostgreSQL forgets the statistics of {name}: until {table} is analysed, queries that filter "
     "or join by it may get a bad plan.",
     "ANALYZE {table} ({name}) right after the migration.", Severity::Note},
    {"type-change-values", changes_values, of::alter_type,
     "The new type of {name} changes values that {table} holds: {loss}.",
     "Look first which rows it concerns; where it is meant, say so: -- bellows: allow "
     "type-change-values because …",
     Severity::Warning},
    {"set-expression", sets_expression, of::set_expression,
     "PostgreSQL computes {name} anew for every row and rewrites {table} with all its indexes; "
     "reads and writes wait all the while.",
     "Add a column with the new expression's values, backfilled in batches and kept in step by a "
     "trigger, and swap the names."},
    {"domain-constraint", validates_domain, of::domain_change,
     "Writes to every table that has a column of the domain wait while all their rows are checked.",
     "PostgreSQL has no form that lets writes through: keep the constraint NOT VALID, which new "
     "values obey already, or validate it in a quiet moment and say so: -- bellows: allow "
     "domain-constraint because …"},
    {"domain-constraint", checks_domain, of::domain_change,
     "Writes to every table that has a column of the domain wait while all their rows are checked.",
     "{not_valid_form}; then see for a quiet moment to VALIDATE it, for that blocks writes as "
     "well."},
    {"add-foreign-key", adds_reference_to_partitioned, of::add_constraint,
     "Writes to both tables wait while every row of {table} is checked.",
     "Add the constraint NOT VALID to each partition and VALIDATE it there, in migrations of their "
     "own; then to {table}, which takes those over without reading a row."},
    {"add-foreign-key", adds_checked_reference, of::add_column | of::add_constraint,
     "Writes to both tables wait while every row of {table} is checked.",
     "{not_valid}; then {validate}, in a migration of its own."},
    {"add-check", adds_checked_check, of::add_column | of::add_constraint,
     "Reads and writes of {table} wait while every row is checked.",
     "{not_valid}; then {validate}, in a migration of its own."},
    {"add-unique", adds_key_to_partitioned, of::add_column | of::add_constraint,
     "Reads and writes of {table} wait while the index of the constraint is built on every "
     "partition.",
     "ALTER TABLE ONLY {table} ADD the constraint; then on each partition CREATE UNIQUE INDEX "
     "CONCURRENTLY, ADD CONSTRAINT … USING INDEX, and ALTER INDEX … ATTACH PARTITION."},
    {"add-unique", adds_primary_key_over_nullable, of::add_constraint,
     "Reads and writes of {table} wait while every row is searched for a NULL and the index of the "
     "primary key is built.",
     "First {keys_not_null}. Then {key_by_index}."},
    {"add-unique", adds_key_by_building, of::add_column | of::add_constraint,
     "Reads and writes of {table} wait while the index of the constraint is built.",
     "{key_by_index}."},
    {"add-exclude", adds_exclusion, of::add_constraint,
     "Reads and writes of {table} wait while the index is built and every row is checked.",
     "There is no way to add it online: plan a moment without traffic, or make a new table with "
     "the constraint and copy the rows."},
    {"long-lock", works_on_all, of::other,
     "{scope} is written anew, one after the other, while reads and writes of each wait.", "{way}"},
    {"drop-function", drops_function, of::drop | of::other,
     "Application code that still calls {object} fails, and so does what calls it from a quoted "
     "body.",
     "Release an application that does not call it first; then drop it in a later migration and "
     "say so: -- bellows: allow drop-function because …"},
    {"drop-type", drops_type, of::drop,
     "Application code that still names {object} in a cast or a parameter fails.",
     "Release an application that does not name it first; then drop it in a later migration and "
     "say so: -- bellows: allow drop-type because …"},
    {"drop-sequence", drops_sequence, of::drop,
     "Application code that still takes numbers from {object} fails, and where it stood is lost.",
     "Release an application that does not use it first; then drop it in a later migration and "
     "say so: -- bellows: allow drop-sequence because …"},
    {"rename-object", renames_object, of::rename_object,
     "Application code that is running still names {object}, and fails from the moment this "
     "commits; quoted function bodies keep the old name as well.",
     "Make it under the new name beside the old one, release an application that uses it, and drop "
     "the old one in a later migration; or say so: -- bellows: allow rename-object because …"},
    {"drop-default", drops_required_default, of::drop_default,
     "An application that leaves {name} out of its INSERTs fails: without a default it is NULL, "
     "and {table} does not take that.",
     "Release an application that always gives a value first; then drop the default and say so: -- "
     "bellows: allow drop-default because …"},
    {"drop-default", drops_optional_default, of::drop_default,
     "Rows of an application that leaves {name} out of its INSERTs get NULL from now on, or fail "
     "where {table} does not take that.",
     "Release an application that always gives a value first.", Severity::Warning},
    {"drop-identity", drops_identity, of::drop_identity,
     "An application that leaves {name} out of its INSERTs fails: nothing numbers it any more.",
     "Release an application that always gives a value, or SET DEFAULT nextval(…) in the same "
     "migration; or say so: -- bellows: allow drop-identity because …"},
    {"revoke", revokes, of::other,
     "Application code that runs as {grantees}, or as a member of it, and still needs this is "
     "refused (42501).",
     "Release an application that does without it first; then say so: -- bellows: allow revoke "
     "because …"},
    {"rule-instead", ignores_writes, of::other,
     "Every {event} on {table} is ignored without an error: the application believes that it has "
     "written.",
     "REVOKE the privilege, or raise an error in a trigger; where it is meant, say so: -- bellows: "
     "allow rule-instead because …"},
    {"disable-trigger", disables_checks, of::other_command,
     "No foreign key of {table} is checked any more, nor any to it{unchecked}, and {triggers}: "
     "rows that break them stay, and no later step finds them.",
     "Name the triggers that are meant; ENABLE them again in the same migration. Or say so: -- "
     "bellows: allow disable-trigger because …"},
    {"disable-trigger", disables_triggers, of::other_command,
     "From now on {triggers} when the application writes to {table}: what is checked or kept up by "
     "triggers is not any more.",
     "ENABLE again in the same migration; or say so: -- bellows: allow disable-trigger because …",
     Severity::Warning},
    {"disable-rule", disables_rule, of::other_command,
     "The rule {name} does not change the application's statements on {table} any more.",
     "ENABLE it again in the same migration; or say so: -- bellows: allow disable-rule because …",
     Severity::Warning},
    {"rename-enum-value", renames_enum_value, of::rename_object | of::other,
     "Application code that still writes the old label fails.",
     "Add the new label, release code that knows both, and rewrite the rows in batches."},
    {"transaction-in-file", controls_transaction, of::data | of::other,
     "bellows decides which statements share a transaction; this would end or nest it.",
     "Remove it, or give each BEGIN its COMMIT: what stands between them is one transaction."},
    {"unknown-statement", is_unknown, of::anything,
     "What this statement locks, and for how long, is not known{unknown}.",
     "Try it on a copy of the database, and put it in a migration of its own: -- bellows: allow "
     "unknown-statement because …"},
    {"depends", retypes_by_time_zone, of::anything, "The answer depends on {what}.",
     "SET LOCAL TimeZone before it, in the same migration.", Severity::Warning},
    {"depends", depends_on_time_zone, of::anything, "The answer depends on {what}.",
     "SET LOCAL TimeZone = 'UTC' before it, and say so: -- bellows: allow depends because TimeZone "
     "is UTC",
     Severity::Warning},
    {"depends", may_take_long_though_told, of::anything, "The answer depends on {what}.",
     "Try the statement on a copy of the database (a dump tells less than --database-url does, "
     "which does not tell all either); where you know the answer, say so: -- bellows: allow "
     "depends "
     "because …"},
    {"depends", is_uncertain_though_told, of::anything, "The answer depends on {what}.",
     "Try the statement on a copy of the database (a dump tells less than --database-url does, "
     "which does not tell all either).",
     Severity::Warning},
    {"depends", may_take_long, of::anything, "The answer depends on {what}.",
     "Check it against the database itself (--database-url) or a snapshot of it; where you know "
     "the answer, say so: -- bellows: allow depends because …"},
    {"depends", is_uncertain, of::anything, "The answer depends on {what}.",
     "Check it against the database itself (--database-url) or a snapshot of it.",
     Severity::Warning},
};

/// What is done instead, for statements that have a way.
constexpr std::pair<std::string_view, std::string_view> other_ways[] = {
    {"CLUSTER", "pg_repack does it while the table is in use; PostgreSQL itself cannot before 19."},
    {"VACUUM FULL",
     "{plain_vacuum} makes the space usable again and blocks nobody; to give it back to the system "
     "while the table is in use, pg_repack."},
    {"REINDEX INDEX", "{concurrent_form}, alone in its migration."},
    {"REINDEX TABLE", "{concurrent_form}, alone in its migration."},
    {"CLUSTER ALL",
     "Name the tables: one at a time can be written anew while it is in use (REPACK (CONCURRENTLY) "
     "from 19 on, pg_repack)."},
    {"REPACK ALL", "REPACK (CONCURRENTLY) one table after the other, each alone in its migration."},
    {"REINDEX SYSTEM",
     "There is no form that lets others through: see for a quiet moment, and do it by hand."},
    {"REINDEX SCHEMA", "{concurrent_form}, alone in its migration."},
    {"REINDEX DATABASE", "{concurrent_form}, alone in its migration."},
    {"ALTER TABLE ADD PRIMARY KEY USING INDEX",
     "First ADD CONSTRAINT … CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in a migration of its "
     "own, and SET NOT NULL, which needs no scan then; then this."},
    {"ALTER TABLE ALTER CONSTRAINT ENFORCED",
     "Add the same constraint under another name, NOT VALID, VALIDATE that in a migration of its "
     "own, which lets others through, and drop this one then."},
    {"ALTER TABLE SET LOGGED",
     "Make a logged table, copy the rows in batches while a trigger keeps "
     "both in step, and swap the names."},
    {"ALTER TABLE SET UNLOGGED",
     "Make an unlogged table, copy the rows in batches while a trigger "
     "keeps both in step, and swap the names."},
    {"ALTER TABLE SET TABLESPACE", "pg_repack --tablespace moves it while it is in use."},
};

std::string way_text(Sign const& sign) {
  auto const* way = std::ranges::find(other_ways, std::string_view(sign.question.statement.kind),
                                      &std::pair<std::string_view, std::string_view>::first);
  return way == std::end(other_ways) ? "" : std::string(way->second);
}

std::string unknown_text(Sign const& sign) {
  std::string_view const why = locks::why_unknowable(sign.question.statement.kind);
  return why.empty() ? "" : ": " + std::string(why);
}

/// Whatever holds a strong lock while it goes through the rows, and has no words of its own above.
constexpr Hazard long_lock{
    "long-lock", holds_long_lock, of::anything,
    "Every row of {long} is read or written anew while reads or writes of it wait.",
    "Find a form that does not block, or say why the wait is acceptable: -- bellows: allow "
    "long-lock because …"};

std::string filled(std::string_view text, Sign const& sign) {
  std::string result(text);
  constexpr std::pair<std::string_view, std::string (*)(Sign const&)> texts[] = {
      {"{table}", table_text},
      {"{name}", name_text},
      {"{what}", what_text},
      {"{work}", work_text},
      {"{long}", long_text},
      {"{along}", along_text},
      {"{create}", create_text},
      {"{concurrently}", remedy::built_concurrently},
      {"{not_valid}", remedy::added_not_valid},
      {"{validate}", remedy::validated},
      {"{way}", way_text},  // before those that it is made of
      {"{concurrent_form}", remedy::concurrent_form},
      {"{not_valid_form}", remedy::not_valid_form},
      {"{plain_vacuum}", remedy::plain_vacuum},
      {"{key_by_index}", remedy::key_by_index},
      {"{not_null}", remedy::not_null_by_check},
      {"{keys_not_null}", remedy::key_columns_not_null},
      {"{default_later}", remedy::default_afterwards},
      {"{required_later}", remedy::required_afterwards},
      {"{numbered}", remedy::numbered_afterwards},
      {"{computed_later}", remedy::computed_afterwards},
      {"{view}", remedy::view_of_old_name},
      {"{retyped}", remedy::retyped_beside},
      {"{loss}", loss_text},
      {"{scope}", scope_text},
      {"{object}", object_text},
      {"{grantees}", grantees_text},
      {"{event}", event_text},
      {"{triggers}", triggers_text},
      {"{unchecked}", unchecked_text},
      {"{unknown}", unknown_text}};
  for (auto const& [placeholder, text_of] : texts) {
    auto at = result.find(placeholder);
    std::string const value = at == std::string::npos ? "" : text_of(sign);
    for (; at != std::string::npos; at = result.find(placeholder, at + value.size())) {
      result.replace(at, placeholder.size(), value);
    }
  }
  return result;
}

std::optional<Finding> find(Hazard const& hazard, Question const& question) {
  std::optional<Finding> finding;
  any_sign(question, [&](Sign const& sign) {
    if (!hazard.applies(sign) || on_new_table(sign)) {
      return false;
    }
    finding = Finding{std::string(hazard.id), hazard.severity, filled(hazard.message, sign),
                      filled(hazard.remedy, sign)};
    return true;
  });
  return finding;
}

template <std::size_t at>
std::optional<Finding> recognise(Question const& question) {
  return find(hazards[at], question);
}

/// Of the statement as a whole: its work is not told apart by sub-commands.
std::optional<Finding> recognise_long_lock(Question const& asked) {
  Question question = asked;
  question.command = nullptr;
  std::optional<Finding> finding = find(long_lock, question);
  if (!finding) {
    return std::nullopt;
  }
  bool const said = std::ranges::any_of(hazards, [&](Hazard const& hazard) {
    return hazard.severity == Severity::Error && find(hazard, question).has_value();
  });
  if (said || attach_scan.recognise(question) || default_partition_scan.recognise(question)) {
    return std::nullopt;
  }
  any_sign(question, [&](Sign const& sign) {
    std::string const beside = repacked_beside(sign.question);
    std::string way = beside.empty() ? filled(way_text(sign), sign) : beside;
    finding->remedy = way.empty() ? finding->remedy : std::move(way);
    return true;
  });
  return finding;
}

template <std::size_t... at>
std::vector<AskedRule> make_rules(std::index_sequence<at...>) {
  return {AskedRule{{hazards[at].id, recognise<at>, nullptr}, hazards[at].asked_of}...};
}

}  // namespace

std::vector<AskedRule> const& hazard_rules() {
  static std::vector<AskedRule> const rules = [] {
    std::vector<AskedRule> all = make_rules(std::make_index_sequence<std::size(hazards)>{});
    all.push_back({{long_lock.id, recognise_long_lock, nullptr}, long_lock.asked_of});
    return all;
  }();
  return rules;
}

}  // namespace bellows::rules
