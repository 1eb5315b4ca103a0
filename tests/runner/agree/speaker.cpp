#include "tests/runner/agree/speaker.hpp"

#include "tests/runner/agree/grammar.hpp"
#include "tests/runner/agree/values.hpp"

#include <algorithm>
#include <stdexcept>

namespace bellows::agree {

using catalog::Table;
using catalog::TableKind;
using sql::QualifiedName;

namespace {

bool is_table(Table const& table) {
  return table.kind == TableKind::Table || table.kind == TableKind::Partitioned;
}
bool is_partitioned(Table const& table) {
  return table.kind == TableKind::Partitioned;
}
bool is_view(Table const& table) {
  return table.kind == TableKind::View;
}
bool is_matview(Table const& table) {
  return table.kind == TableKind::MaterializedView;
}
bool is_partition(Table const& table) {
  return !table.partition_of.name.empty();
}
bool is_any(Table const& /*table*/) {
  return true;
}
bool has_constraint(Table const& table) {
  return is_table(table) && !table.constraints.empty();
}

/// Where the choice or word that begins at `from` ends.
std::size_t closing(std::string_view text, std::size_t from) {
  int depth = 0;
  for (std::size_t at = from; at < text.size(); ++at) {
    depth += text[at] == '{' ? 1 : text[at] == '}' ? -1 : 0;
    if (depth == 0) {
      return at;
    }
  }
  throw std::logic_error("no } in " + std::string(text));
}

/// "a|b|" at its top level.
std::vector<std::string_view> alternatives(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    depth += text[at] == '{' ? 1 : text[at] == '}' ? -1 : 0;
    if (text[at] == '|' && depth == 0) {
      parts.push_back(text.substr(from, at - from));
      from = at + 1;
    }
  }
  parts.push_back(text.substr(from));
  return parts;
}

bool is_word(std::string_view text, std::size_t at) {
  return text[at] == '<' && at + 1 < text.size() &&
         ((text[at + 1] >= 'a' && text[at + 1] <= 'z') || text[at + 1] == 'C' ||
          text[at + 1] == 'T');
}

std::string drawn(Dice& dice, std::string_view rule) {
  unsigned sum = 0;
  for (Production const& one : grammar) {
    sum += one.rule == rule ? one.weight : 0;
  }
  std::size_t left = dice.below(sum);
  for (Production const& one : grammar) {
    if (one.rule == rule && left < one.weight) {
      return std::string(one.text);
    }
    left -= one.rule == rule ? one.weight : 0;
  }
  return "";
}

std::vector<Part> constraints_of(Table const& table) {
  std::vector<Part> parts;
  for (catalog::Constraint const& one : table.constraints) {
    parts.push_back({one.name, table.name});
  }
  return parts;
}

std::vector<Part> triggers_of(Table const& table) {
  std::vector<Part> parts;
  for (catalog::Trigger const& one : table.triggers) {
    parts.push_back({one.name, table.name});
  }
  return parts;
}

std::vector<Part> indexes_of(Table const& table) {
  std::vector<Part> parts;
  for (catalog::Index const& one : table.indexes) {
    parts.push_back({one.name, table.name});
  }
  return parts;
}

constexpr std::string_view missing = "ghost";

}  // namespace

std::string Speaker::say(std::string_view text) {
  begun_.clear();
  say_into(text, begun_);
  return begun_;
}

std::vector<std::string> Speaker::migration() {
  std::vector<std::string> statements;
  std::size_t const lot = dice_.below(100);
  std::size_t const count = lot < 80 ? 1 : lot < 93 ? 2 : 3;
  while (statements.size() < count) {
    bool const rows = count > 1 && dice_.percent(15);
    statements.push_back(say(rows ? "<rows>" : "<statement>"));
  }
  return statements;
}

void Speaker::say_into(std::string_view text, std::string& into) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '{') {
      std::size_t const end = closing(text, at);
      say_into(dice_.of(alternatives(text.substr(at + 1, end - at - 1))), into);
      at = end;
    } else if (is_word(text, at)) {
      std::size_t const end = text.find('>', at);
      fill(text.substr(at + 1, end - at - 1), into);
      at = end;
    } else {
      into += text[at];
    }
  }
}

Speaker::Tables Speaker::tables_where(bool (*wanted)(Table const&)) const {
  Tables tables;
  for (auto const& [name, table] : names_.catalog.tables) {
    if (wanted(table)) {
      tables.push_back(&table);
    }
  }
  return tables;
}

/// As most people write it: without the schema that is in their search_path.
std::string Speaker::shown(QualifiedName const& name) {
  bool const bare = name.schema.raw() == "public" && !dice_.percent(10);
  return bare ? name.name.quoted() : name.quoted();
}

std::string Speaker::take_table(Tables const& from) {
  if (from.empty() || dice_.percent(2)) {
    table_ = nullptr;
    return std::string(missing);
  }
  table_ = dice_.of(from);
  return shown(table_->name);
}

std::string Speaker::one_of(std::vector<QualifiedName> const& names) {
  return names.empty() || dice_.percent(3) ? std::string(missing) : shown(dice_.of(names));
}

catalog::Column const* Speaker::any_column() {
  bool const there = table_ != nullptr && !table_->columns.empty();
  return there && !dice_.percent(3) ? &dice_.of(table_->columns) : nullptr;
}

std::string Speaker::column() {
  column_ = any_column();
  return column_ == nullptr ? std::string(missing) : column_->name.quoted();
}

std::string Speaker::columns() {
  std::vector<std::string> chosen;
  std::size_t const wanted = dice_.percent(65) ? 1 : 2;
  for (std::size_t i = 0; i < wanted; ++i) {
    std::string const one = column();
    if (std::ranges::find(chosen, one) == chosen.end()) {
      chosen.push_back(one);
    }
  }
  return chosen.size() == 1 ? chosen[0] : chosen[0] + ", " + chosen[1];
}

std::string Speaker::int_column() {
  if (table_ != nullptr) {
    for (std::size_t i = 0; i < 5; ++i) {
      auto const* one = any_column();
      if (one != nullptr && one->type == "integer") {
        return one->name.quoted();
      }
    }
  }
  return "1";
}

std::string Speaker::predicate() {
  std::string const name = column();
  return predicate_of(dice_, name, column_ == nullptr ? "" : column_->type);
}

std::string Speaker::expression() {
  std::string const name = column();
  return expression_of(name, column_ == nullptr ? "" : column_->type);
}

std::string Speaker::part(std::vector<Part> const& parts, std::string_view between) {
  if (parts.empty() || dice_.percent(4)) {
    return std::string(missing) + std::string(between) + take_table(tables_where(is_table));
  }
  Part const& one = dice_.of(parts);
  table_ = names_.catalog.table(one.on);
  return one.name.quoted() + std::string(between) + shown(one.on);
}

std::vector<Part> Speaker::parts(std::vector<Part> (*of)(Table const&)) const {
  std::vector<Part> all;
  for (auto const& [name, table] : names_.catalog.tables) {
    std::ranges::move(of(table), std::back_inserter(all));
  }
  return all;
}

std::string Speaker::index_of(bool (*wanted)(Table const&)) {
  std::vector<Part> all;
  for (Table const* table : tables_where(wanted)) {
    std::ranges::move(indexes_of(*table), std::back_inserter(all));
  }
  if (all.empty() || dice_.percent(3)) {
    return std::string(missing);
  }
  Part const& one = dice_.of(all);
  return shown({one.on.schema, one.name});
}

/// How each word is said. The words of one statement share the table and the column of it.
struct Speaker::Word {
  std::string_view name;
  std::string (*say)(Speaker&);
};

std::vector<Speaker::Word> const& Speaker::words() {
  static std::vector<Word> const all = {
      {"table",
       [](Speaker& s) {
         return s.take_table(s.tables_where(s.dice_.percent(4) ? is_any : is_table));
       }},
      {"plain_table", [](Speaker& s) { return s.attachable(); }},
      {"other_table",
       [](Speaker& s) {
         Table const* kept = s.table_;
         std::string text = s.take_table(s.tables_where(is_table));
         s.table_ = kept;
         return text;
       }},
      {"table_with_constraint",
       [](Speaker& s) { return s.take_table(s.tables_where(has_constraint)); }},
      {"partitioned", [](Speaker& s) { return s.take_table(s.tables_where(is_partitioned)); }},
      {"partition_and_parent_detach",
       [](Speaker& s) {
         Tables const partitions = s.tables_where(is_partition);
         if (partitions.empty()) {
           return std::string("ghost DETACH PARTITION ghost");
         }
         Table const* partition = s.dice_.of(partitions);
         return s.shown(partition->partition_of) + " DETACH PARTITION " + s.shown(partition->name);
       }},
      {"relation", [](Speaker& s) { return s.take_table(s.tables_where(is_any)); }},
      {"relation_name",
       [](Speaker& s) {
         Table const* table = s.dice_.of(s.tables_where(is_any));
         return table->name.name.quoted();
       }},
      {"view", [](Speaker& s) { return s.take_table(s.tables_where(is_view)); }},
      {"matview", [](Speaker& s) { return s.take_table(s.tables_where(is_matview)); }},
      {"view_column", [](Speaker& s) { return s.column(); }},
      {"column_of_matview", [](Speaker& s) { return s.column(); }},
      {"view_columns_of",
       [](Speaker& s) {
         std::string const view = s.take_table(s.tables_where(is_view));
         return s.columns() + " FROM " + view;
       }},
      {"key_table",
       [](Speaker& s) {
         return s.shown({{}, sql::Identifier(s.dice_.percent(80) ? "customers" : "orders")});
       }},
      {"T",
       [](Speaker& s) {
         return s.table_ == nullptr ? std::string(missing) : s.shown(s.table_->name);
       }},
      {"C",
       [](Speaker& s) {
         return s.column_ == nullptr ? std::string(missing) : s.column_->name.quoted();
       }},
      {"column", [](Speaker& s) { return s.column(); }},
      {"columns", [](Speaker& s) { return s.columns(); }},
      {"int_column", [](Speaker& s) { return s.int_column(); }},
      {"columns_on_table",
       [](Speaker& s) {
         std::string const table = s.take_table(s.tables_where(is_table));
         return s.columns() + ") ON " + table;
       }},
      {"value",
       [](Speaker& s) {
         return constant_of(s.dice_, s.column_ == nullptr ? "" : s.column_->type);
       }},
      {"predicate", [](Speaker& s) { return s.predicate(); }},
      {"expression", [](Speaker& s) { return s.expression(); }},
      {"type", [](Speaker& s) { return s.type_ = any_type(s.dice_); }},
      {"type_and_default", [](Speaker& s) { return s.type_and_default(); }},
      {"type_for",
       [](Speaker& s) {
         return s.type_ = next_type(s.dice_, s.column_ == nullptr ? "" : s.column_->type);
       }},
      {"same_type", [](Speaker& s) { return s.type_.substr(0, s.type_.find(" COLLATE")); }},
      {"reference", [](Speaker& s) { return s.reference(); }},
      {"reference_column", [](Speaker& s) { return s.reference_column(); }},
      {"bounds", [](Speaker& s) { return s.bounds(); }},
      {"changed_view", [](Speaker& s) { return s.changed_view(); }},
      {"insertion", [](Speaker& s) { return s.insertion(); }},
      {"constraint",
       [](Speaker& s) {
         bool const there = s.table_ != nullptr && !s.table_->constraints.empty();
         return there && !s.dice_.percent(4) ? s.dice_.of(s.table_->constraints).name.quoted()
                                             : std::string(missing);
       }},
      {"taken_constraint",
       [](Speaker& s) {
         bool const there = s.table_ != nullptr && !s.table_->constraints.empty();
         return there ? s.dice_.of(s.table_->constraints).name.quoted() : std::string("new_1");
       }},
      {"constraint_of", [](Speaker& s) { return s.part(s.parts(constraints_of), " ON "); }},
      {"index", [](Speaker& s) { return s.index_of(is_any); }},
      {"index_name",
       [](Speaker& s) {
         std::vector<Part> const indexes = s.parts(indexes_of);
         return indexes.empty() ? std::string(missing) : s.dice_.of(indexes).name.quoted();
       }},
      {"partitioned_index", [](Speaker& s) { return s.index_of(is_partitioned); }},
      {"own_index",
       [](Speaker& s) {
         bool const there = s.table_ != nullptr && !s.table_->indexes.empty();
         return there && !s.dice_.percent(8) ? s.dice_.of(s.table_->indexes).name.quoted()
                                             : s.index_of(is_table);
       }},
      {"trigger",
       [](Speaker& s) {
         bool const there = s.table_ != nullptr && !s.table_->triggers.empty();
         return there ? s.dice_.of(s.table_->triggers).name.quoted() : std::string(missing);
       }},
      {"trigger_of", [](Speaker& s) { return s.part(s.parts(triggers_of), " ON "); }},
      {"trigger_on", [](Speaker& s) { return s.part(s.parts(triggers_of), " BEFORE UPDATE ON "); }},
      {"policy_of", [](Speaker& s) { return s.part(s.names_.policies, " ON "); }},
      {"rule_of", [](Speaker& s) { return s.part(s.names_.rules, " ON "); }},
      {"rule_on", [](Speaker& s) { return s.part(s.names_.rules, " AS ON DELETE TO "); }},
      {"rule_name",
       [](Speaker& s) {
         return s.names_.rules.empty() ? std::string(missing)
                                       : s.dice_.of(s.names_.rules).name.quoted();
       }},
      {"schema", [](Speaker& s) { return s.one_of(s.names_.schemas); }},
      {"enum", [](Speaker& s) { return s.one_of(s.names_.enums); }},
      {"composite", [](Speaker& s) { return s.one_of(s.names_.composites); }},
      {"domain", [](Speaker& s) { return s.one_of(s.names_.domains); }},
      {"sequence", [](Speaker& s) { return s.one_of(s.names_.sequences); }},
      {"statistics", [](Speaker& s) { return s.one_of(s.names_.statistics); }},
      {"publication", [](Speaker& s) { return s.one_of(s.names_.publications); }},
      {"function",
       [](Speaker& s) {
         return s.dice_.percent(3) ? std::string("ghost()") : s.dice_.of(s.names_.functions);
       }},
      {"new_name",
       [](Speaker& s) {
         std::string const number = std::to_string(1 + s.dice_.below(9));
         return s.dice_.percent(10) ? "\"New " + number + "\"" : "new_" + number;
       }},
      {"to_from",
       [](Speaker& s) { return std::string(s.begun_.starts_with("GRANT") ? "TO" : "FROM"); }},
  };
  return all;
}

void Speaker::fill(std::string_view word, std::string& into) {
  auto const known = std::ranges::find(words(), word, &Word::name);
  if (known != words().end()) {
    into += known->say(*this);
    return;
  }
  std::string const text = drawn(dice_, word);
  if (text.empty()) {
    throw std::logic_error("the grammar has no <" + std::string(word) + ">");
  }
  say_into(text, into);
}

}  // namespace bellows::agree
