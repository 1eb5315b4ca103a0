#include "tests/runner/agree/speaker.hpp"
#include "tests/runner/agree/values.hpp"

#include <algorithm>

// What takes more than one name to say.
namespace bellows::agree {

using catalog::Column;
using catalog::Table;
using catalog::TableKind;

namespace {

std::string joined(std::vector<sql::Identifier> const& names) {
  std::string text;
  for (sql::Identifier const& name : names) {
    text += (text.empty() ? "" : ", ") + name.quoted();
  }
  return text;
}

bool has_unique_index(Table const& table) {
  return std::ranges::any_of(table.indexes, &catalog::Index::unique);
}

std::vector<sql::Identifier> key_of(Dice& dice, Table const& table) {
  std::vector<std::vector<sql::Identifier>> keys;
  for (catalog::Index const& index : table.indexes) {
    if (index.unique && index.key_columns > 0) {
      auto const end = index.columns.begin() + static_cast<std::ptrdiff_t>(index.key_columns);
      keys.emplace_back(index.columns.begin(), end);
    }
  }
  return keys.empty() ? std::vector<sql::Identifier>{} : dice.of(keys);
}

}  // namespace

std::string Speaker::type_and_default() {
  struct Pair {
    std::string_view type;
    std::string_view value;
  };
  static std::vector<Pair> const pairs = {{"int", "5"},
                                          {"text", "'x'"},
                                          {"boolean", "false"},
                                          {"timestamptz", "now()"},
                                          {"uuid", "gen_random_uuid()"},
                                          {"numeric(8,2)", "0"},
                                          {"mood", "'good'"},
                                          {"positive", "3"},
                                          {"plain_int", "3"},
                                          {"int", "twice(2)"},
                                          {"int", "nextval('counter')"},
                                          {"jsonb", "'{}'"},
                                          {"mood", "'unheard of'"},
                                          {"int", "NULL"},
                                          {"varchar(10)", "'x'"},
                                          {"timestamptz", "clock_timestamp()"},
                                          {"text[]", "'{}'"},
                                          {"int", "'x'"},
                                          {"positive", "-1"}};
  Pair const& pair = dice_.of(pairs);
  return std::string(pair.type) + " DEFAULT " + std::string(pair.value);
}

/// One of the table's columns that has the type of `theirs`, and is not among `taken`.
std::string Speaker::like(Column const* theirs, std::vector<std::string> const& taken) {
  std::vector<std::string> fitting;
  if (table_ != nullptr && theirs != nullptr) {
    for (Column const& one : table_->columns) {
      bool const free = std::ranges::find(taken, one.name.quoted()) == taken.end();
      if (free && one.type == theirs->type) {
        fitting.push_back(one.name.quoted());
      }
    }
  }
  return fitting.empty() || dice_.percent(10) ? column() : dice_.of(fitting);
}

/// (columns) REFERENCES table (key): most often columns of the key's types.
std::string Speaker::reference() {
  Table const* other = dice_.of(tables_where(has_unique_index));
  auto key = key_of(dice_, *other);
  if (key.empty() || dice_.percent(15)) {
    key = {dice_.of(other->columns).name};
  }
  std::vector<std::string> ours;
  for (sql::Identifier const& name : key) {
    ours.push_back(like(other->column(name), ours));
  }
  std::string list;
  for (std::string const& one : ours) {
    list += (list.empty() ? "" : ", ") + one;
  }
  return "(" + list + ") REFERENCES " + shown(other->name) +
         (dice_.percent(25) ? "" : " (" + joined(key) + ")");
}

std::string Speaker::reference_column() {
  Table const* other = dice_.of(tables_where(has_unique_index));
  auto const key = key_of(dice_, *other);
  Column const* theirs = key.empty() ? nullptr : other->column(key.front());
  std::string const type = theirs == nullptr || dice_.percent(10) ? "int" : theirs->type;
  bool const bare = key.empty() || dice_.percent(40);
  return type + " REFERENCES " + shown(other->name) + (bare ? "" : " (" + joined(key) + ")");
}

std::string Speaker::bounds() {
  sql::PartitionKey const* key = table_ == nullptr ? nullptr : &table_->partition_key;
  if (dice_.percent(12)) {
    return "DEFAULT";
  }
  bool const wild = key == nullptr || key->strategy.empty() || dice_.percent(5);
  std::string const strategy = wild ? "list" : key->strategy;
  if (strategy == "hash") {
    return dice_.percent(70) ? "FOR VALUES WITH (MODULUS 2, REMAINDER 1)"
                             : "FOR VALUES WITH (MODULUS 4, REMAINDER 3)";
  }
  if (strategy == "list") {
    static std::vector<std::string> const values = {"'b'", "'a'", "'b', 'c'", "NULL", "'y'"};
    return "FOR VALUES IN (" + dice_.of(values) + ")";
  }
  Column const* column = wild || key->columns.empty() ? nullptr : table_->column(key->columns[0]);
  bool const dated = column != nullptr && column->type == "date";
  static std::vector<std::string> const dates = {
      "FROM ('2026-05-01') TO ('2026-06-01')", "FROM ('2026-01-15') TO ('2026-01-20')",
      "FROM ('2026-07-01') TO (MAXVALUE)", "FROM ('2026-06-01') TO ('2026-05-01')"};
  static std::vector<std::string> const numbers = {"FROM (10) TO (20)", "FROM (0) TO (5)",
                                                   "FROM (MINVALUE) TO (0)", "FROM (5) TO (5)"};
  return "FOR VALUES " + dice_.of(dated ? dates : numbers);
}

/// One that has the columns of the table, most often.
std::string Speaker::attachable() {
  Table const* parent = table_;
  Tables fitting;
  Tables others;
  for (auto const& [name, table] : names_.catalog.tables) {
    if (table.kind == TableKind::View || table.kind == TableKind::MaterializedView) {
      continue;
    }
    bool const free = &table != parent && table.partition_of.name.empty();
    bool const fits =
        parent != nullptr && free && table.columns.size() == parent->columns.size() &&
        std::ranges::equal(table.columns, parent->columns, {}, &Column::name, &Column::name);
    (fits ? fitting : others).push_back(&table);
  }
  Table const* chosen = dice_.of(fitting.empty() || dice_.percent(25) ? others : fitting);
  return shown(chosen->name);
}

/// Of one that is there: a column more, or less, or another name or type.
std::string Speaker::changed_view() {
  if (names_.views.empty()) {
    return "new_view AS SELECT 1 AS one";
  }
  View const& view = dice_.of(names_.views);
  std::vector<std::string> columns = view.columns;
  std::string& one = columns[dice_.below(columns.size())];
  switch (dice_.below(6)) {
    case 0:
      columns.emplace_back("1 AS extra");
      break;
    case 1:
      columns.pop_back();
      break;
    case 2:
      one = one.substr(0, one.find(" AS ")) + " AS renamed";
      break;
    case 3:
      one = "(" + one.substr(0, one.find(" AS ")) + ")::text" +
            (one.find(" AS ") == std::string::npos ? " AS " + one : one.substr(one.find(" AS ")));
      break;
    case 4:
      columns.insert(columns.begin(), "2 AS first");
      break;
    default:
      break;
  }
  std::string list;
  for (std::string const& column : columns) {
    list += (list.empty() ? "" : ", ") + column;
  }
  return shown(view.name) + " AS SELECT " + (list.empty() ? "1 AS one" : list) + " " + view.from;
}

std::string Speaker::insertion() {
  std::string const name = take_table(tables_where([](Table const& one) {
    return one.kind == TableKind::Table || one.kind == TableKind::Partitioned;
  }));
  std::string columns;
  std::string values;
  for (Column const& one : table_ == nullptr ? std::vector<Column>{} : table_->columns) {
    bool const left_out = one.generated || one.identity == catalog::Identity::Always ||
                          (one.default_sql.has_value() && dice_.percent(50));
    if (!left_out) {
      columns += (columns.empty() ? "" : ", ") + one.name.quoted();
      values += (values.empty() ? "" : ", ") + constant_of(dice_, one.type);
    }
  }
  return columns.empty() ? name + " DEFAULT VALUES"
                         : name + " (" + columns + ") VALUES (" + values + ")";
}

}  // namespace bellows::agree
