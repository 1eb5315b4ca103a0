#include "planner/rules/may_fail.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/rules/nearest.hpp"
#include "planner/rules/preconditions/missing_column.hpp"
#include "planner/rules/preconditions/parts.hpp"
#include "planner/rules/preconditions/type_casts.hpp"
#include "planner/rules/preconditions/written_rows.hpp"
#include "planner/sql/lower.hpp"
#include "planner/sql/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

// Source: cluster.c, cluster(); policy.c, AlterPolicy(); indexcmds.c, ResolveOpClass();
// typecmds.c, AlterDomain…(); parse_func.c; tried on 13 to 18.
namespace bellows::rules {

namespace {

using namespace preconditions;

/// "whether …", what the server says if not, and what to do.
struct Doubt {
  std::string what;
  std::string_view state;
  std::string remedy = "Check it against a copy of the database.";
};
using MaybeDoubt = std::optional<Doubt>;

bool says(Facts const& facts, std::string_view upper) {
  std::string const& text = facts.statement.raw.text;
  return std::ranges::any_of(sql::scan(text), [&](sql::Token const& token) {
    std::string word = text.substr(token.offset, token.length);
    std::ranges::transform(word, word.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return token.kind == sql::Token::Kind::Word && word == upper;
  });
}

MaybeDoubt clusters_again(Facts const& facts) {
  bool const asks = facts.statement.kind == "CLUSTER" && !facts.targets.empty();
  if (!asks || says(facts, "USING") || says(facts, "ON")) {
    return std::nullopt;
  }
  return Doubt{"whether " + facts.target().display() + " was CLUSTERed by an index before",
               "42704"};
}

MaybeDoubt alters_policy(Facts const& facts) {
  bool const asks = facts.statement.kind == "ALTER POLICY" && facts.table() != nullptr;
  if (!asks || (!says(facts, "USING") && !says(facts, "CHECK"))) {
    return std::nullopt;
  }
  return Doubt{"which command the policy " + facts.body<sql::Other>()->part.quoted() +
                   " is for: INSERT has no USING, SELECT and DELETE no WITH CHECK",
               "42601"};
}

/// PostgreSQL's own default operator classes (pg_opclass of 13 to 18); all others are those of
/// extensions. Types as words between spaces; "[]",
/// "range" and "multirange" stand for all that end so.
struct OwnClasses {
  std::string_view method;
  std::string_view types;
};

constexpr OwnClasses own_classes[] = {
    {"gin", " [] jsonb tsvector "},
    {"gist", " range multirange box circle point polygon tsvector tsquery "},
    {"spgist", " range box inet cidr point polygon text varchar "},
    {"brin",
     " range bit varbit bigint box bpchar bytea cidr date double inet integer interval macaddr "
     "macaddr8 name numeric oid pg_lsn real smallint text tid time timestamp uuid varchar "},
};

/// One word for each type that the methods tell apart: "timestamp with time zone" is as without.
std::string in_a_word(std::string const& type) {
  constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"character varying", "varchar"}, {"bit varying", "varbit"}, {"character", "bpchar"}};
  for (auto const& [begins, word] : words) {
    if (type.starts_with(begins)) {
      return std::string(word);
    }
  }
  return type.substr(0, type.find_first_of(" ("));
}

bool has_operators(std::string_view types, std::string const& type) {
  if (type.ends_with("[]")) {
    return types.starts_with(" [] ");
  }
  std::string const word = type.ends_with("multirange") ? "multirange"
                           : type.ends_with("range")    ? "range"
                                                        : in_a_word(type);
  return types.find(" " + word + " ") != std::string_view::npos;
}

MaybeDoubt lacks_operators(Facts const& facts) {
  auto const* index = facts.body<sql::CreateIndex>();
  auto const* own =
      index == nullptr
          ? std::end(own_classes)
          : std::ranges::find(own_classes, std::string_view(index->method), &OwnClasses::method);
  Table const* table = own == std::end(own_classes) ? nullptr : facts.table();
  if (table == nullptr || index->rest.find("_ops") != std::string::npos) {
    return std::nullopt;
  }
  for (sql::IndexElement const& key : index->keys) {
    Column const* column = table->column(key.column);
    std::string const type = column == nullptr ? "" : underlying_type(facts.catalog, column->type);
    if (column != nullptr && !has_operators(own->types, type)) {
      return Doubt{fmt::format("whether an extension is there that has {} indexes over {}{}",
                               index->method, column->type,
                               index->method == "gin" || index->method == "gist"
                                   ? ", as btree_" + index->method + " of many types"
                                   : ""),
                   "42704"};
    }
  }
  return std::nullopt;
}

MaybeDoubt names_domain_constraint(Facts const& facts) {
  auto const* change = facts.body<sql::DomainChange>();
  auto const* rename = facts.body<sql::RenameObject>();
  bool const asks =
      change != nullptr && (facts.statement.kind == "ALTER DOMAIN DROP CONSTRAINT" ||
                            facts.statement.kind == "ALTER DOMAIN VALIDATE CONSTRAINT");
  bool const renames =
      rename != nullptr && facts.statement.kind == "ALTER DOMAIN CONSTRAINT RENAME TO";
  if ((!asks && !renames) || says(facts, "EXISTS")) {
    return std::nullopt;
  }
  std::string const name = catalog::type_text(facts.catalog, asks ? change->domain : rename->name);
  auto const domain = facts.catalog.domains.find(name);
  bool const any = domain == facts.catalog.domains.end() || domain->second.constrained;
  return any ? MaybeDoubt(Doubt{"whether " + name + " has the constraint", "42704"}) : std::nullopt;
}

enum class Family : std::uint8_t { Text, Number, Moment, Other };

Family family_of(std::string_view type) {
  constexpr std::pair<std::string_view, Family> begins[] = {
      {"text", Family::Text},      {"character", Family::Text}, {"smallint", Family::Number},
      {"integer", Family::Number}, {"bigint", Family::Number},  {"numeric", Family::Number},
      {"real", Family::Number},    {"double", Family::Number},  {"timestamp", Family::Moment},
      {"date", Family::Moment}};
  for (auto const& [begin, family] : begins) {
    if (type.starts_with(begin) && !type.ends_with("[]")) {
      return family;
    }
  }
  return Family::Other;
}

/// What is written for the old type is read again for the new one.
MaybeDoubt reads_again(Facts const& facts) {
  Column const* column = is(facts, AlterAction::AlterType) ? column_of(facts) : nullptr;
  if (column == nullptr) {
    return std::nullopt;
  }
  std::string const to = catalog::qualified_type(facts.catalog, facts.command->type);
  Family const family = family_of(to);
  if (family != Family::Other && family == family_of(column->type)) {
    return std::nullopt;
  }
  for (Constraint const& one : facts.table()->constraints) {
    if (one.kind == ConstraintKind::Check && has(one.columns, column->name)) {
      return Doubt{fmt::format("whether the CHECK {} can be written of {}", one.name.quoted(), to),
                   "42883"};
    }
  }
  for (Index const& index : facts.table()->indexes) {
    bool const written = index.has_expressions || index.partial;
    if (written && has(index.columns, column->name)) {
      return Doubt{
          fmt::format("whether the index {} can be written of {}", index.name.quoted(), to),
          "42883"};
    }
  }
  return std::nullopt;
}

// --- what the files before do not show, and the database may have all the same ---

std::string meant(std::optional<std::string> const& near) {
  return near ? fmt::format("Is {} meant? ", *near) : "";
}

constexpr char const* ask_the_database =
    "Check the name; or check it against the database itself (--database-url).";

MaybeDoubt names_unshown_column(Facts const& facts) {
  auto const missing = missing_column(facts, [](Catalog const& catalog, Table const& table) {
    return !catalog.complete && !table.partial && table.unseen.empty();
  });
  if (!missing) {
    return std::nullopt;
  }
  std::vector<std::string> known;
  for (Column const& one : missing->table->columns) {
    known.push_back(one.name.quoted());
  }
  std::string const column = missing->column.quoted();
  return Doubt{fmt::format("whether {} has a column {}, which nothing before gives it",
                           missing->table->name.display(), column),
               "42703", meant(nearest(column, known)) + ask_the_database};
}

/// Files begin somewhere, and a table that they do not make is most often one of before; but not
/// where its name is nearly that of one that they make.
/// Of a table that is not known: it is asked for, and not IF EXISTS.
bool wants_unknown_table(Facts const& facts) {
  bool const asks = facts.alter != nullptr || facts.body<sql::RenameColumn>() != nullptr ||
                    facts.body<sql::CreateIndex>() != nullptr ||
                    facts.body<sql::Update>() != nullptr ||
                    facts.body<sql::DataStatement>() != nullptr;
  return asks && !facts.targets.empty() && facts.table() == nullptr &&
         !(facts.alter != nullptr && facts.alter->if_exists);
}

MaybeDoubt names_table_elsewhere(Facts const& facts) {
  bool const asks = facts.catalog.complete && wants_unknown_table(facts) &&
                    facts.target().schema.raw() == facts.catalog.search_path_schema;
  if (!asks) {
    return std::nullopt;
  }
  for (auto const& [name, table] : facts.catalog.tables) {
    if (name.name == facts.target().name) {
      return Doubt{"whether the search_path leads to " + name.display(), "42P01",
                   "Name the schema: " + name.quoted() + "."};
    }
  }
  return std::nullopt;
}

MaybeDoubt names_unshown_table(Facts const& facts) {
  bool const unknown = !facts.catalog.complete && wants_unknown_table(facts) &&
                       !facts.catalog.glimpses.contains(facts.target());
  if (!unknown) {
    return std::nullopt;
  }
  std::vector<std::string> known;
  for (auto const& [name, table] : facts.catalog.tables) {
    bool const alike = name.schema == facts.target().schema &&
                       name.name.raw().substr(0, 1) == facts.target().name.raw().substr(0, 1);
    if (alike) {
      known.push_back(name.name.quoted());
    }
  }
  auto const near = nearest(facts.target().name.quoted(), known);
  return near ? MaybeDoubt(Doubt{fmt::format("whether there is a table {}, which nothing before "
                                             "makes",
                                             facts.target().display()),
                                 "42P01", meant(near) + ask_the_database})
              : std::nullopt;
}

/// OR REPLACE keeps the columns and their types; a dump does not tell what an expression gives.
MaybeDoubt replaces_untold_view(Facts const& facts) {
  Table const* view = facts.statement.kind == "CREATE VIEW" ? facts.table() : nullptr;
  auto const untold = [](Column const& column) { return column.type.empty(); };
  if (view == nullptr || view->kind != catalog::TableKind::View ||
      std::ranges::none_of(view->columns, untold) || !says(facts, "REPLACE")) {
    return std::nullopt;
  }
  return Doubt{"whether the columns of " + view->name.display() + " keep their types", "42P16"};
}

MaybeDoubt renames_unshown_publication(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  bool const asks = rename != nullptr && rename->what == "PUBLICATION" && !facts.catalog.complete;
  return asks && !facts.catalog.publications.contains(rename->name.name)
             ? MaybeDoubt(Doubt{"whether there is a publication " + rename->name.name.quoted() +
                                    ", which nothing before makes",
                                "42704"})
             : std::nullopt;
}

/// A plain SELECT of one table takes writes by itself.
MaybeDoubt writes_view(Facts const& facts) {
  auto const* data = facts.body<sql::DataStatement>();
  bool const writes = facts.body<sql::Update>() != nullptr ||
                      (data != nullptr && !facts.statement.kind.starts_with("TRUNCATE"));
  Table const* view = writes ? facts.table() : nullptr;
  auto const stands_in = [](catalog::Trigger const& one) {
    return one.definition.find(" INSTEAD OF ") != std::string::npos;
  };
  if (view == nullptr || view->kind != catalog::TableKind::View ||
      std::ranges::any_of(view->triggers, stands_in)) {
    return std::nullopt;
  }
  return Doubt{fmt::format("whether {} can be written: a plain SELECT of one table can, any other "
                           "wants an INSTEAD OF trigger or a rule",
                           view->name.display()),
               "55000", "Write the tables that it reads; or try it on a copy of the database."};
}

MaybeDoubt inserts_in_doubt(Facts const& facts) {
  auto const doubt = insert_doubt(facts);
  return doubt ? MaybeDoubt(Doubt{doubt->what, doubt->state}) : std::nullopt;
}

/// Any row that it finds is refused, whatever is in it.
MaybeDoubt sets_null(Facts const& facts) {
  auto const* update = facts.body<sql::Update>();
  Table const* table = update == nullptr ? nullptr : facts.table();
  bool const plain = table != nullptr && table->kind != catalog::TableKind::View &&
                     std::ranges::none_of(table->triggers, &catalog::Trigger::before_row);
  for (sql::Assignment const& one : plain ? update->set : std::vector<sql::Assignment>{}) {
    Column const* column = table->column(one.column);
    if (column != nullptr && column->not_null && sql::lower(one.expression) == "null") {
      return Doubt{fmt::format("whether it finds no row: {} of {} is NOT NULL, and is set to NULL",
                               column->name.quoted(), table->name.display()),
                   "23502", "DROP NOT NULL before, or set it to something else."};
    }
  }
  return std::nullopt;
}

constexpr std::array doubts{writes_view,
                            clusters_again,
                            alters_policy,
                            lacks_operators,
                            names_domain_constraint,
                            reads_again,
                            names_unshown_column,
                            names_unshown_table,
                            names_table_elsewhere,
                            renames_unshown_publication,
                            replaces_untold_view,
                            inserts_in_doubt,
                            sets_null};

std::optional<Finding> recognise_one(Facts const& facts) {
  for (auto const& asks : doubts) {
    if (MaybeDoubt const doubt = asks(facts)) {
      return Finding{"depends", Severity::Warning,
                     fmt::format("The answer depends on {}; otherwise the statement fails ({}).",
                                 doubt->what, doubt->state),
                     doubt->remedy};
    }
  }
  return std::nullopt;
}

/// An extension's types, functions and casts are told nowhere: what is lacking may be one of them.
std::optional<Finding> lacks_unless_extension(Question const& question) {
  bool const rows = std::holds_alternative<sql::Update>(question.statement.body) ||
                    std::holds_alternative<sql::DataStatement>(question.statement.body);
  if (rows || !question.catalog.complete || !question.catalog.extended || refusal(question)) {
    return std::nullopt;
  }
  Catalog alone = question.catalog;
  alone.extended = false;
  Table const* table =
      question.effects.targets.empty() ? nullptr : alone.table(question.effects.targets.front());
  auto const finding = refusal({question.statement, question.effects, question.directives, alone,
                                question.command, table, question.along, question.conduct});
  if (!finding) {
    return std::nullopt;
  }
  std::string why = finding->message.substr(finding->message.find("): ") + 3);
  why.pop_back();  // its full stop
  return Finding{"depends", Severity::Warning,
                 fmt::format("The answer depends on whether an extension brings what nothing else "
                             "does ({}); otherwise the statement fails ({}).",
                             why, finding->fails_with),
                 finding->remedy};
}

std::optional<Finding> recognise_may_fail(Question const& question) {
  auto const* alter = std::get_if<sql::AlterTable>(&question.statement.body);
  auto const ask = [&](sql::AlterTableCommand const* command) {
    return recognise_one({question.statement, question.catalog, question.effects.targets, alter,
                          command, question.table});
  };
  std::optional<Finding> finding;
  if (alter == nullptr || question.command != nullptr) {
    finding = ask(question.command);
  } else {
    for (sql::AlterTableCommand const& command : alter->commands) {
      finding = finding ? finding : ask(&command);
    }
  }
  return finding ? finding : lacks_unless_extension(question);
}

}  // namespace

Rule const may_fail{"depends", recognise_may_fail, nullptr};

}  // namespace bellows::rules
