#include "runner/catalog/read_catalog.hpp"

#include "planner/catalog/distributed.hpp"
#include "planner/catalog/triggers.hpp"
#include "runner/catalog/kept_elsewhere.hpp"
#include "runner/catalog/queries.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace bellows::catalog {
namespace {

using postgres::Rows;
using postgres::Transaction;

template <typename Value, std::size_t size>
Value decoded(std::array<std::pair<char, Value>, size> const& table, std::string const& code) {
  for (auto const& [letter, value] : table) {
    if (code == std::string(1, letter)) {
      return value;
    }
  }
  throw std::logic_error("pg_catalog holds a code that was not asked for: " + code);
}

constexpr std::array<std::pair<char, TableKind>, 5> table_kinds{{
    {'r', TableKind::Table},
    {'p', TableKind::Partitioned},
    {'v', TableKind::View},
    {'m', TableKind::MaterializedView},
    {'f', TableKind::Foreign},
}};

constexpr std::array<std::pair<char, ReplicaIdentity>, 4> replica_identities{{
    {'d', ReplicaIdentity::Default},
    {'n', ReplicaIdentity::Nothing},
    {'f', ReplicaIdentity::Full},
    {'i', ReplicaIdentity::Index},
}};

constexpr std::array<std::pair<char, ConstraintKind>, 6> constraint_kinds{{
    {'n', ConstraintKind::NotNull},
    {'c', ConstraintKind::Check},
    {'u', ConstraintKind::Unique},
    {'p', ConstraintKind::PrimaryKey},
    {'f', ConstraintKind::ForeignKey},
    {'x', ConstraintKind::Exclude},
}};

constexpr std::array<std::pair<char, Firing>, 4> firings{{
    {'O', Firing::Origin},
    {'R', Firing::Replica},
    {'A', Firing::Always},
    {'D', Firing::Never},
}};

constexpr std::array<std::pair<char, sql::Volatility>, 3> volatilities{{
    {'v', sql::Volatility::Volatile},
    {'s', sql::Volatility::Stable},
    {'i', sql::Volatility::Immutable},
}};

Identity identity_of(std::string const& code) {
  if (code == "a") {
    return Identity::Always;
  }
  return code == "d" ? Identity::ByDefault : Identity::None;
}

std::vector<Identifier> names_of(std::string const& json) {
  std::vector<Identifier> names;
  for (auto const& name : nlohmann::json::parse(json)) {
    names.emplace_back(name.get<std::string>());
  }
  return names;
}

QualifiedName name_at(Rows const& rows, std::size_t row, std::size_t column) {
  return {Identifier{rows.text(row, column)}, Identifier{rows.text(row, column + 1)}};
}

std::optional<std::int64_t> number_at(Rows const& rows, std::size_t row, std::size_t column) {
  if (!rows.value(row, column)) {
    return std::nullopt;
  }
  return rows.number(row, column);
}

Table table_at(Rows const& rows, std::size_t row) {
  Table table;
  table.name = name_at(rows, row, 1);
  table.kind = decoded(table_kinds, rows.text(row, 3));
  table.rows = number_at(rows, row, 4);
  table.bytes = number_at(rows, row, 5);
  table.of_type = rows.text(row, 6);
  table.replica_identity = decoded(replica_identities, rows.text(row, 7));
  table.unlogged = rows.truth(row, 8);
  return table;
}

/// As pg_get_expr() prints them: "FOR VALUES IN (1)".
sql::PartitionBounds bounds_of(std::string const& text) {
  sql::Statement const statement = sql::parse_one("ALTER TABLE t ATTACH PARTITION p " + text);
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  return alter == nullptr || alter->commands.empty() ? sql::PartitionBounds()
                                                     : alter->commands.front().bounds;
}

void add_parent(Table& table, Rows const& rows, std::size_t row) {
  QualifiedName parent = name_at(rows, row, 2);
  if (rows.truth(row, 1)) {
    table.partition_of = std::move(parent);
    table.bounds = bounds_of(rows.text(row, 4));
    table.default_partition = table.bounds.is_default;
  } else {
    table.inherits.push_back(std::move(parent));
  }
}

void add_column(Table& table, Rows const& rows, std::size_t row) {
  Column column;
  column.name = Identifier{rows.text(row, 1)};
  column.type = rows.text(row, 2);
  column.not_null = rows.truth(row, 3);
  column.default_sql = rows.value(row, 4);
  column.generated = rows.truth(row, 5);
  column.identity = identity_of(rows.text(row, 6));
  column.virtual_column = rows.truth(row, 7);
  column.collation = rows.text(row, 8);
  column.comment = rows.text(row, 9);
  table.columns.push_back(std::move(column));
}

void add_not_null_name(Table& table, Rows const& rows, std::size_t row) {
  for (Column& column : table.columns) {
    if (column.name.raw() == rows.text(row, 1)) {
      column.not_null_name = Identifier{rows.text(row, 2)};
    }
  }
}

void add_sequence(Table& table, Rows const& rows, std::size_t row) {
  for (Column& column : table.columns) {
    if (column.name.raw() == rows.text(row, 1)) {
      column.sequences.push_back(name_at(rows, row, 2));
    }
  }
}

void add_constraint(Table& table, Rows const& rows, std::size_t row) {
  Constraint constraint;
  constraint.name = Identifier{rows.text(row, 1)};
  constraint.kind = decoded(constraint_kinds, rows.text(row, 2));
  constraint.definition = rows.text(row, 3);
  constraint.validated = rows.truth(row, 4);
  constraint.columns = names_of(rows.text(row, 5));
  constraint.references = name_at(rows, row, 6);
  constraint.referenced_columns = names_of(rows.text(row, 8));
  constraint.index = Identifier{rows.text(row, 9)};
  constraint.rests_on = Identifier{rows.text(row, 10)};
  table.constraints.push_back(std::move(constraint));
}

void append_new(std::vector<Identifier>& names, std::vector<Identifier> const& more) {
  for (Identifier const& name : more) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
}

void add_index(Table& table, Rows const& rows, std::size_t row) {
  Index index;
  index.name = Identifier{rows.text(row, 1)};
  index.method = rows.text(row, 2);
  index.unique = rows.truth(row, 3);
  index.primary = rows.truth(row, 4);
  index.partial = rows.truth(row, 5);
  index.has_expressions = rows.truth(row, 6);
  index.valid = rows.truth(row, 7);
  index.definition = rows.text(row, 8);
  index.columns = names_of(rows.text(row, 9));
  index.key_columns = index.columns.size();
  append_new(index.columns, names_of(rows.text(row, 10)));
  append_new(index.columns, names_of(rows.text(row, 11)));
  index.replica_identity = rows.truth(row, 12);
  index.attached_to = name_at(rows, row, 13);
  table.indexes.push_back(std::move(index));
}

void add_trigger(Table& table, Rows const& rows, std::size_t row) {
  Trigger trigger = trigger_of(rows.text(row, 4)).value_or(Trigger{});
  trigger.name = Identifier{rows.text(row, 1)};
  trigger.before_row = rows.truth(row, 2);
  trigger.on_update = rows.truth(row, 3);
  trigger.definition = rows.text(row, 4);
  trigger.fires = decoded(firings, rows.text(row, 5));
  table.triggers.push_back(std::move(trigger));
}

void add_function(Functions& functions, Rows const& rows, std::size_t row) {
  Function function;
  function.arguments = nlohmann::json::parse(rows.text(row, 2)).get<std::vector<std::string>>();
  function.returns = rows.text(row, 3);
  function.language = rows.text(row, 4);
  function.body = rows.value(row, 5);
  function.volatility = decoded(volatilities, rows.text(row, 6));
  function.names = nlohmann::json::parse(rows.text(row, 7)).get<std::vector<std::string>>();
  functions.put(name_at(rows, row, 0), std::move(function));
}

DependentKind dependent_kind(std::string const& word) {
  constexpr std::pair<std::string_view, DependentKind> kinds[] = {
      {"v", DependentKind::View},          {"m", DependentKind::MaterializedView},
      {"pg_rew", DependentKind::Rule},     {"pg_pol", DependentKind::Policy},
      {"pg_tri", DependentKind::Trigger},  {"pg_pub", DependentKind::Publication},
      {"pg_pro", DependentKind::Function},
  };
  auto const* found = std::find_if(std::begin(kinds), std::end(kinds),
                                   [&](auto const& kind) { return kind.first == word; });
  if (found == std::end(kinds)) {
    throw std::logic_error("the server names a dependent that nobody asked for: " + word);
  }
  return found->second;
}

void add_dependent(Table& table, Rows const& rows, std::size_t row) {
  Dependent dependent{dependent_kind(rows.text(row, 1)), name_at(rows, row, 2), {}};
  append_new(dependent.columns, names_of(rows.text(row, 4)));  // UPDATE OF and WHEN name one twice
  table.dependents.push_back(std::move(dependent));
}

void add_partition_key(Table& table, Rows const& rows, std::size_t row) {
  static constexpr std::array<std::pair<char, std::string_view>, 3> strategies{
      {{'l', "list"}, {'r', "range"}, {'h', "hash"}}};
  table.partition_key.strategy = decoded(strategies, rows.text(row, 1));
  table.partition_key.has_expressions = rows.truth(row, 2);
  append_new(table.partition_key.columns, names_of(rows.text(row, 3)));
}

/// What is NOT NULL but NOT VALID is set for the column all the same (pg_attribute of 18).
void take_back_not_null(Table& table) {
  for (Constraint const& constraint : table.constraints) {
    for (Column& column : table.columns) {
      if (constraint.kind == ConstraintKind::NotNull && constraint.columns.front() == column.name) {
        column.not_null = false;
      }
    }
  }
}

using Adder = void (*)(Table&, Rows const&, std::size_t);

/// The server sorts by its own collation of names; the model wants bytes.
void sort_parts(Table& table) {
  auto const by_name = [](auto const& a, auto const& b) { return a.name < b.name; };
  std::sort(table.constraints.begin(), table.constraints.end(), by_name);
  std::sort(table.indexes.begin(), table.indexes.end(), by_name);
  std::sort(table.triggers.begin(), table.triggers.end(), by_name);
  std::sort(table.dependents.begin(), table.dependents.end(), [](auto const& a, auto const& b) {
    return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
  });
}

std::unordered_map<std::string, Table> read_tables(Transaction& transaction) {
  std::string const wanted(wanted_cte);
  std::unordered_map<std::string, Table> by_oid;
  Rows const relations = transaction.run(wanted + std::string(relations_query));
  for (std::size_t row = 0; row < relations.size(); ++row) {
    by_oid.emplace(relations.text(row, 0), table_at(relations, row));
  }
  std::array<std::pair<std::string, Adder>, 9> const parts{{
      {std::string(inheritance_query), add_parent},
      {std::string(columns_query), add_column},
      {std::string(not_nulls_query), add_not_null_name},
      {std::string(sequences_query), add_sequence},
      {constraints_query(), add_constraint},
      {indexes_query(), add_index},
      {std::string(triggers_query), add_trigger},
      {std::string(dependents_query), add_dependent},
      {std::string(partition_keys_query), add_partition_key},
  }};
  for (auto const& [query, add] : parts) {
    Rows const rows = transaction.run(wanted + query);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      add(by_oid.at(rows.text(row, 0)), rows, row);
    }
  }
  return by_oid;
}

void read_names(Transaction& transaction, Catalog& catalog) {
  Rows const types = transaction.run(std::string(other_types_query));
  for (std::size_t row = 0; row < types.size(); ++row) {
    catalog.other_types.insert(types.text(row, 0));
  }
  Rows const schemas = transaction.run(std::string(schemas_query));
  for (std::size_t row = 0; row < schemas.size(); ++row) {
    catalog.schemas.insert(Identifier{schemas.text(row, 0)});
  }
  catalog.extended = transaction.run(std::string(extensions_query)).truth(0, 0);
}

}  // namespace

Catalog read_catalog(postgres::Session& session) {
  Transaction transaction = session.begin();
  transaction.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  Catalog catalog;
  catalog.server_version = session.server_version() / 10'000;
  catalog.complete = true;
  // NULL where no schema of the search_path exists: then the model's own default stands.
  if (auto schema = transaction.run("SELECT current_schema()").value(0, 0)) {
    catalog.search_path_schema = *schema;
  }
  auto const elsewhere = kept_by_citus(transaction);
  transaction.set_local("search_path", "pg_catalog");
  for (auto& [oid, table] : read_tables(transaction)) {
    if (elsewhere.contains(oid)) {
      table.partition_key.strategy = by_citus;
    }
    sort_parts(table);
    take_back_not_null(table);
    catalog.add(std::move(table));
  }
  Rows const statistics = transaction.run(std::string(statistics_query));
  for (std::size_t row = 0; row < statistics.size(); ++row) {
    catalog.statistics[name_at(statistics, row, 0)] = name_at(statistics, row, 2);
  }
  Rows const others = transaction.run(std::string(other_relations_query));
  for (std::size_t row = 0; row < others.size(); ++row) {
    catalog.other_relations.insert(name_at(others, row, 0));
  }
  Rows const publications = transaction.run(publications_query(catalog.server_version));
  for (std::size_t row = 0; row < publications.size(); ++row) {
    Publication publication;
    publication.all_tables = publications.truth(row, 1);
    publication.updates = publications.truth(row, 2);
    publication.deletes = publications.truth(row, 3);
    publication.schemas = names_of(publications.text(row, 4));
    std::ranges::sort(publication.schemas);
    for (auto const& table : nlohmann::json::parse(publications.text(row, 5))) {
      publication.listed.push_back(
          {Identifier{table[0].get<std::string>()}, Identifier{table[1].get<std::string>()}});
    }
    std::ranges::sort(publication.listed);
    catalog.publications.emplace(Identifier{publications.text(row, 0)}, std::move(publication));
  }
  Rows const composites = transaction.run(std::string(composites_query));
  for (std::size_t row = 0; row < composites.size(); ++row) {
    Column attribute;
    attribute.name = Identifier{composites.text(row, 1)};
    attribute.type = composites.text(row, 2);
    attribute.collation = composites.text(row, 3);
    catalog.composites[composites.text(row, 0)].push_back(std::move(attribute));
  }
  Rows const functions = transaction.run(functions_query(catalog.server_version));
  for (std::size_t row = 0; row < functions.size(); ++row) {
    add_function(catalog.functions, functions, row);
  }
  Rows const domains = transaction.run(std::string(domains_query));
  for (std::size_t row = 0; row < domains.size(); ++row) {
    catalog.domains[domains.text(row, 0)] = {domains.text(row, 1), domains.truth(row, 2),
                                             domains.text(row, 3)};
  }
  Rows const enums = transaction.run(std::string(enums_query));
  for (std::size_t row = 0; row < enums.size(); ++row) {
    catalog.enums[enums.text(row, 0)] =
        nlohmann::json::parse(enums.text(row, 1)).get<std::vector<std::string>>();
  }
  read_names(transaction, catalog);
  transaction.commit();
  return catalog;
}

}  // namespace bellows::catalog
