#include "planner/catalog/names.hpp"
#include "planner/rules/preconditions/parts.hpp"

// Source: objectaddress.c, get_object_address(); rewriteRemove.c, rewriteSupport.c; policy.c;
// statscmds.c, CreateStatistics(), AlterStatistics(); cluster.c, cluster(); analyze.c.
namespace bellows::rules::preconditions {

namespace {

using catalog::DependentKind;
using sql::ObjectKind;

bool shows_all(Facts const& facts, Table const* table) {
  return facts.catalog.complete && table != nullptr && !table->partial;
}

// --- what stands on a table ---

bool has_dependent(Table const& table, DependentKind kind, Identifier const& name) {
  return std::ranges::any_of(table.dependents, [&](catalog::Dependent const& one) {
    return one.kind == kind && one.name.name == name;
  });
}

/// The rule that a statement names; empty where it names none.
Identifier rule_of(Facts const& facts) {
  constexpr std::string_view switching[] = {"ENABLE RULE", "ENABLE ALWAYS RULE",
                                            "ENABLE REPLICA RULE", "DISABLE RULE"};
  if (facts.command != nullptr) {
    bool const switches =
        std::ranges::find(switching, std::string_view(facts.command->kind)) != std::end(switching);
    return switches ? facts.command->name : Identifier();
  }
  auto const* drop = facts.body<sql::Drop>();
  auto const* rename = facts.body<sql::RenameObject>();
  auto const* comment =
      facts.statement.kind == "COMMENT ON RULE" ? facts.body<sql::Other>() : nullptr;
  return drop != nullptr && drop->what == "RULE" && !drop->if_exists ? drop->names.front().name
         : rename != nullptr && rename->what == "RULE"               ? rename->part
         : comment != nullptr                                        ? comment->part
                                                                     : Identifier();
}

MaybeBreach rule_is_not_there(Facts const& facts) {
  Identifier const name = rule_of(facts);
  Table const* table = name.empty() ? nullptr : facts.table();
  bool const views = name.raw() == "_RETURN";
  return shows_all(facts, table) && !views && !has_dependent(*table, DependentKind::Rule, name)
             ? std::optional(breach(name.quoted()))
             : std::nullopt;
}

MaybeBreach named_policy_is_not_there(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  auto const* comment =
      facts.statement.kind == "COMMENT ON POLICY" ? facts.body<sql::Other>() : nullptr;
  Identifier const name = rename != nullptr && rename->what == "POLICY" ? rename->part
                          : comment != nullptr                          ? comment->part
                                                                        : Identifier();
  Table const* table = name.empty() ? nullptr : facts.table();
  bool const taken = rename != nullptr && table != nullptr &&  // which the server asks first
                     has_dependent(*table, DependentKind::Policy, rename->to);
  return shows_all(facts, table) && !taken && !has_dependent(*table, DependentKind::Policy, name)
             ? std::optional(breach(name.quoted()))
             : std::nullopt;
}

MaybeBreach commented_trigger_is_not_there(Facts const& facts) {
  auto const* comment =
      facts.statement.kind == "COMMENT ON TRIGGER" ? facts.body<sql::Other>() : nullptr;
  Table const* table = comment == nullptr ? nullptr : facts.table();
  return shows_all(facts, table) &&
                 std::ranges::find(table->triggers, comment->part, &catalog::Trigger::name) ==
                     table->triggers.end()
             ? std::optional(breach(comment->part.quoted()))
             : std::nullopt;
}

// --- publications, statistics, functions ---

MaybeBreach renamed_publication_is_not_there(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  bool const asks = rename != nullptr && rename->what == "PUBLICATION" && facts.catalog.complete;
  return asks && !facts.catalog.publications.contains(rename->name.name)
             ? std::optional(breach(rename->name.name.quoted()))
             : std::nullopt;
}

MaybeBreach named_statistics_are_not_there(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  auto const* altered =
      facts.statement.kind == "ALTER STATISTICS" ? facts.body<sql::Other>() : nullptr;
  QualifiedName const name = rename != nullptr && rename->what == "STATISTICS" ? rename->name
                             : altered != nullptr && !altered->if_exists       ? altered->object
                                                                               : QualifiedName();
  return facts.catalog.complete && !name.name.empty() &&
                 !facts.catalog.statistics.contains(facts.catalog.resolve(name))
             ? std::optional(breach(name.display()))
             : std::nullopt;
}

/// By name alone: which arguments they take is not asked. Those of PostgreSQL are nobody's to alter
/// in practice, and are not told.
MaybeBreach function_is_not_there(Facts const& facts) {
  if (!facts.catalog.complete || facts.catalog.extended) {
    return std::nullopt;
  }
  auto const* rename = facts.body<sql::RenameObject>();
  auto const* drop = facts.body<sql::Drop>();
  auto const* other = facts.body<sql::Other>();
  std::vector<QualifiedName> names =
      other == nullptr ? std::vector<QualifiedName>{} : other->functions;
  if (rename != nullptr && rename->kind == ObjectKind::Function && rename->what == "FUNCTION") {
    names = {rename->name};
  } else if (drop != nullptr && drop->what == "FUNCTION" && !drop->if_exists) {
    names = drop->names;
  }
  for (QualifiedName const& name : names) {
    QualifiedName const full = facts.catalog.resolve(name);
    bool const systems = full.schema.raw().starts_with("pg_");
    if (!systems && facts.catalog.functions.named(full).empty()) {
      return breach(full.display());
    }
  }
  return std::nullopt;
}

// --- CREATE STATISTICS ---

sql::Other const* counting(Facts const& facts) {
  auto const* body =
      facts.statement.kind == "CREATE STATISTICS" ? facts.body<sql::Other>() : nullptr;
  bool const there = body != nullptr && body->if_exists &&
                     facts.catalog.statistics.contains(facts.catalog.resolve(body->object));
  return there ? nullptr : body;
}

MaybeBreach counts_one_column(Facts const& facts) {
  auto const* body = counting(facts);
  return body != nullptr && body->columns.size() == 1 && !body->has_expressions
             ? std::optional(breach(body->columns.front().quoted()))
             : std::nullopt;
}

MaybeBreach counts_twice(Facts const& facts) {
  auto const* body = counting(facts);
  for (std::size_t i = 1; body != nullptr && i < body->columns.size(); ++i) {
    auto const end = body->columns.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(body->columns.begin(), end, body->columns[i]) != end) {
      return breach(body->columns[i].quoted());
    }
  }
  return std::nullopt;
}

/// CREATE STATISTICS, and ANALYZE of some columns.
MaybeBreach counts_missing_column(Facts const& facts) {
  auto const* body = facts.statement.kind == "ANALYZE" ? facts.body<sql::Other>() : counting(facts);
  Table const* table = body == nullptr || body->columns.empty() ? nullptr : facts.table();
  if (!shows_all(facts, table)) {
    return std::nullopt;
  }
  auto const found = std::ranges::find_if(
      body->columns, [&](Identifier const& one) { return table->column(one) == nullptr; });
  return found == body->columns.end() ? std::nullopt : std::optional(breach(found->quoted()));
}

// --- CLUSTER … USING ---

Identifier clustered_by(Facts const& facts) {
  auto const* body = facts.statement.kind == "CLUSTER" ? facts.body<sql::Other>() : nullptr;
  return body == nullptr ? Identifier() : body->part;
}

MaybeBreach clusters_by_nothing(Facts const& facts) {
  Identifier const name = clustered_by(facts);
  Table const* table = name.empty() ? nullptr : facts.table();
  return shows_all(facts, table) && table->index(name) == nullptr &&
                 !catalog::relation_taken(facts.catalog, {table->name.schema, name})
             ? std::optional(breach(name.quoted()))
             : std::nullopt;
}

MaybeBreach clusters_by_another(Facts const& facts) {
  Identifier const name = clustered_by(facts);
  Table const* table = name.empty() ? nullptr : facts.table();
  return table != nullptr && table->index(name) == nullptr &&
                 catalog::relation_taken(facts.catalog, {table->name.schema, name})
             ? std::optional(breach(name.quoted()))
             : std::nullopt;
}

constexpr std::string_view check_missing_name = "Check the name.";
constexpr std::string_view check_missing_or_if_exists = "Check the name, or say IF EXISTS.";

constexpr Precondition missing_rows[] = {
    {"42704", rule_is_not_there, of::drop | of::rename_object | of::other | of::other_command,
     "{table} has no rule {what}", check_missing_name},
    {"42704", named_policy_is_not_there, of::rename_object | of::other,
     "{table} has no policy {what}", check_missing_name},
    {"42704", commented_trigger_is_not_there, of::other, "{table} has no trigger {what}",
     check_missing_name},
    {"42704", renamed_publication_is_not_there, of::rename_object, "there is no publication {what}",
     check_missing_name},
    {"42704", named_statistics_are_not_there, of::rename_object | of::other,
     "there are no statistics {what}", check_missing_or_if_exists},
    {"42883", function_is_not_there, of::drop | of::rename_object | of::other,
     "there is no function {what}", check_missing_or_if_exists},
    {"42703", counts_missing_column, of::other, "{table} has no column {what}", check_missing_name},
    {"42701", counts_twice, of::other, "{what} stands twice among the columns", "Name it once."},
    {"42P17", counts_one_column, of::other, "{what} alone is counted by ANALYZE already",
     "Name at least two columns."},
    {"42704", clusters_by_nothing, of::other, "there is no index {what}", check_missing_name},
    {"42809", clusters_by_another, of::other, "{what} is no index of {table}",
     "Name one of {table}'s."},
};

}  // namespace

std::span<Precondition const> of_missing() {
  return missing_rows;
}

}  // namespace bellows::rules::preconditions
