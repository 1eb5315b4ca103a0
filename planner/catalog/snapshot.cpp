#include "planner/catalog/snapshot.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <stdexcept>
#include <utility>

namespace bellows::catalog {

namespace {

using Json = nlohmann::json;  // an ordered map: keys come out sorted

constexpr int format_version = 1;

template <typename Value>
struct Word {
  Value value;
  std::string_view text;
};

constexpr Word<TableKind> table_kinds[] = {
    {TableKind::Table, "table"},     {TableKind::Partitioned, "partitioned"},
    {TableKind::View, "view"},       {TableKind::MaterializedView, "materialized-view"},
    {TableKind::Foreign, "foreign"},
};
constexpr Word<Identity> identities[] = {
    {Identity::None, "none"},
    {Identity::Always, "always"},
    {Identity::ByDefault, "by-default"},
};
constexpr Word<ConstraintKind> constraint_kinds[] = {
    {ConstraintKind::Check, "check"},
    {ConstraintKind::NotNull, "not-null"},
    {ConstraintKind::Unique, "unique"},
    {ConstraintKind::PrimaryKey, "primary-key"},
    {ConstraintKind::ForeignKey, "foreign-key"},
    {ConstraintKind::Exclude, "exclude"},
};

constexpr Word<DependentKind> dependent_kinds[] = {
    {DependentKind::View, "view"},         {DependentKind::MaterializedView, "materialized-view"},
    {DependentKind::Rule, "rule"},         {DependentKind::Policy, "policy"},
    {DependentKind::Trigger, "trigger"},   {DependentKind::Publication, "publication"},
    {DependentKind::Function, "function"},
};

template <typename Value, std::size_t size>
std::string word_of(Word<Value> const (&words)[size], Value value) {
  for (auto const& word : words) {
    if (word.value == value) {
      return std::string(word.text);
    }
  }
  return "";
}

[[noreturn]] void refuse(std::string const& where, std::string const& what) {
  throw std::invalid_argument("snapshot: " + where + ": " + what);
}

/// Reads the fields of one object. Each is named when it is missing, of another type, or unknown.
class Fields {
 public:
  Fields(Json const& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object_.is_object()) {
      refuse(where_, "expected an object");
    }
  }
  Fields(Fields const&) = delete;
  Fields& operator=(Fields const&) = delete;
  ~Fields() = default;

  /// Call last: a mistyped field must not be silently dropped.
  void no_others() const {
    for (auto const& [name, value] : object_.items()) {
      if (!seen_.contains(name)) {
        refuse(where_ + "." + name, "an unknown field");
      }
    }
  }

  Json const* find(std::string const& name) {
    seen_[name] = true;
    auto const found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }

  Json const& need(std::string const& name) {
    Json const* found = find(name);
    if (found == nullptr) {
      refuse(path(name), "missing");
    }
    return *found;
  }

  template <typename T>
  T get(std::string const& name) {
    return convert<T>(need(name), name);
  }

  template <typename T>
  T get_or(std::string const& name, T fallback) {
    Json const* found = find(name);
    return found == nullptr ? std::move(fallback) : convert<T>(*found, name);
  }

  Identifier identifier(std::string const& name) {
    return Identifier(get_or<std::string>(name, ""));
  }

  std::vector<Identifier> identifiers(std::string const& name) {
    std::vector<Identifier> result;
    for (std::string& item : get_or<std::vector<std::string>>(name, {})) {
      result.emplace_back(std::move(item));
    }
    return result;
  }

  QualifiedName qualified(std::string const& name) {
    Json const* found = find(name);
    return found == nullptr ? QualifiedName{} : to_qualified(*found, path(name));
  }

  template <typename Value, std::size_t size>
  Value word(std::string const& name, Word<Value> const (&words)[size], Value fallback) {
    Json const* found = find(name);
    if (found == nullptr) {
      return fallback;
    }
    auto const text = convert<std::string>(*found, name);
    for (auto const& candidate : words) {
      if (candidate.text == text) {
        return candidate.value;
      }
    }
    refuse(path(name), "unknown value " + text);
  }

  template <typename Function>
  void each(std::string const& name, Function read) {
    Json const* found = find(name);
    if (found == nullptr) {
      return;
    }
    if (!found->is_array()) {
      refuse(path(name), "expected a list");
    }
    for (std::size_t i = 0; i < found->size(); ++i) {
      read((*found)[i], path(name) + "[" + std::to_string(i) + "]");
    }
  }

  static QualifiedName to_qualified(Json const& value, std::string const& where) {
    if (!value.is_string()) {
      refuse(where, "expected a name");
    }
    try {
      return sql::parse_qualified_name(value.get<std::string>());
    } catch (std::invalid_argument const& error) {
      refuse(where, error.what());
    }
  }

 private:
  std::string path(std::string const& name) const { return where_ + "." + name; }

  template <typename T>
  T convert(Json const& value, std::string const& name) const {
    try {
      return value.get<T>();
    } catch (Json::exception const&) {
      refuse(path(name), "of another type than expected");
    }
  }

  Json const& object_;
  std::string where_;
  std::map<std::string, bool> seen_;
};

// --- out ---

Json names(std::vector<Identifier> const& identifiers) {
  Json list = Json::array();
  for (Identifier const& identifier : identifiers) {
    list.push_back(identifier.raw());
  }
  return list;
}

/// What is absent is not written: a snapshot is read by people, in a diff.
void put(Json& object, char const* key, std::string const& text) {
  if (!text.empty()) {
    object[key] = text;
  }
}
void put(Json& object, char const* key, Identifier const& name) {
  put(object, key, name.raw());
}
void put(Json& object, char const* key, bool yes) {
  if (yes) {
    object[key] = true;
  }
}
void put(Json& object, char const* key, QualifiedName const& name) {
  if (!name.name.empty()) {
    object[key] = name.quoted();
  }
}

Json json_of(Column const& column) {
  Json object{{"name", column.name.raw()}, {"type", column.type}};
  put(object, "not_null", column.not_null);
  if (column.default_sql) {
    object["default"] = *column.default_sql;
  }
  put(object, "generated", column.generated);
  put(object, "virtual", column.virtual_column);
  if (column.identity != Identity::None) {
    object["identity"] = word_of(identities, column.identity);
  }
  put(object, "collation", column.collation);
  put(object, "comment", column.comment);
  return object;
}

Json json_of(Constraint const& constraint) {
  Json object{{"name", constraint.name.raw()},
              {"kind", word_of(constraint_kinds, constraint.kind)},
              {"columns", names(constraint.columns)},
              {"definition", constraint.definition},
              {"validated", constraint.validated}};
  put(object, "references", constraint.references);
  if (!constraint.referenced_columns.empty()) {
    object["referenced_columns"] = names(constraint.referenced_columns);
  }
  put(object, "index", constraint.index);
  return object;
}

Json json_of(Index const& index) {
  Json object{{"name", index.name.raw()},
              {"method", index.method},
              {"columns", names(index.columns)},
              {"key_columns", index.key_columns},
              {"valid", index.valid},
              {"definition", index.definition}};
  put(object, "has_expressions", index.has_expressions);
  put(object, "unique", index.unique);
  put(object, "primary", index.primary);
  put(object, "partial", index.partial);
  return object;
}

Json json_of(Trigger const& trigger) {
  Json object{{"name", trigger.name.raw()}};
  put(object, "before_row", trigger.before_row);
  put(object, "on_update", trigger.on_update);
  put(object, "definition", trigger.definition);
  return object;
}

Json json_of(Dependent const& dependent) {
  Json object{{"kind", word_of(dependent_kinds, dependent.kind)},
              {"name", dependent.name.quoted()}};
  if (!dependent.columns.empty()) {
    object["columns"] = names(dependent.columns);
  }
  return object;
}

template <typename Part>
void put_list(Json& object, char const* key, std::vector<Part> const& parts) {
  if (parts.empty()) {
    return;
  }
  Json& list = object[key] = Json::array();
  for (Part const& part : parts) {
    list.push_back(json_of(part));
  }
}

Json json_of(Table const& table, bool with_sizes) {
  Json object{{"kind", word_of(table_kinds, table.kind)}};
  put_list(object, "columns", table.columns);
  put_list(object, "constraints", table.constraints);
  put_list(object, "indexes", table.indexes);
  put_list(object, "triggers", table.triggers);
  put_list(object, "dependents", table.dependents);
  put(object, "partition_of", table.partition_of);
  put(object, "default_partition", table.default_partition);
  for (QualifiedName const& parent : table.inherits) {
    object["inherits"].push_back(parent.quoted());
  }
  if (with_sizes && table.rows) {
    object["rows"] = *table.rows;
  }
  if (with_sizes && table.bytes) {
    object["bytes"] = *table.bytes;
  }
  return object;
}

// --- in ---

Column read_column(Json const& json, std::string const& where) {
  Fields fields(json, where);
  Column column;
  column.name = Identifier(fields.get<std::string>("name"));
  column.type = fields.get<std::string>("type");
  column.not_null = fields.get_or("not_null", false);
  if (fields.find("default") != nullptr) {
    column.default_sql = fields.get<std::string>("default");
  }
  column.generated = fields.get_or("generated", false);
  column.virtual_column = fields.get_or("virtual", false);
  column.identity = fields.word("identity", identities, Identity::None);
  column.collation = fields.get_or<std::string>("collation", "");
  column.comment = fields.get_or<std::string>("comment", "");
  fields.no_others();
  return column;
}

Constraint read_constraint(Json const& json, std::string const& where) {
  Fields fields(json, where);
  Constraint constraint;
  constraint.name = Identifier(fields.get<std::string>("name"));
  fields.need("kind");
  constraint.kind = fields.word("kind", constraint_kinds, ConstraintKind::Check);
  constraint.columns = fields.identifiers("columns");
  constraint.references = fields.qualified("references");
  constraint.referenced_columns = fields.identifiers("referenced_columns");
  constraint.definition = fields.get_or<std::string>("definition", "");
  constraint.validated = fields.get_or("validated", true);
  constraint.index = fields.identifier("index");
  fields.no_others();
  return constraint;
}

Index read_index(Json const& json, std::string const& where) {
  Fields fields(json, where);
  Index index;
  index.name = Identifier(fields.get<std::string>("name"));
  index.method = fields.get_or<std::string>("method", "btree");
  index.columns = fields.identifiers("columns");
  index.key_columns = fields.get_or<std::size_t>("key_columns", 0);
  if (index.key_columns > index.columns.size()) {
    refuse(where + ".key_columns", "more than there are columns");
  }
  index.has_expressions = fields.get_or("has_expressions", false);
  index.unique = fields.get_or("unique", false);
  index.primary = fields.get_or("primary", false);
  index.partial = fields.get_or("partial", false);
  index.valid = fields.get_or("valid", true);
  index.definition = fields.get_or<std::string>("definition", "");
  fields.no_others();
  return index;
}

Trigger read_trigger(Json const& json, std::string const& where) {
  Fields fields(json, where);
  Trigger trigger;
  trigger.name = Identifier(fields.get<std::string>("name"));
  trigger.before_row = fields.get_or("before_row", false);
  trigger.on_update = fields.get_or("on_update", false);
  trigger.definition = fields.get_or<std::string>("definition", "");
  fields.no_others();
  return trigger;
}

Dependent read_dependent(Json const& json, std::string const& where) {
  Fields fields(json, where);
  Dependent dependent;
  fields.need("kind");
  dependent.kind = fields.word("kind", dependent_kinds, DependentKind::View);
  dependent.name = fields.qualified("name");
  dependent.columns = fields.identifiers("columns");
  fields.no_others();
  return dependent;
}

Domain read_domain(Json const& json, std::string const& where) {
  Fields fields(json, where);
  Domain domain;
  domain.base = fields.get<std::string>("base");
  domain.constrained = fields.get_or("constrained", false);
  fields.no_others();
  return domain;
}

/// Calls read(name, value) for each entry of an object that older files do not have.
template <typename Function>
void each_entry(Fields& fields, std::string const& key, Function read) {
  Json const* object = fields.find(key);
  if (object != nullptr && !object->is_object()) {
    refuse(key, "expected an object");
  }
  if (object == nullptr) {
    return;
  }
  for (auto const& [name, value] : object->items()) {
    read(name, value);
  }
}

Table read_table(QualifiedName const& name, Json const& json, std::string const& where) {
  Fields fields(json, where);
  Table table;
  table.name = name;
  table.kind = fields.word("kind", table_kinds, TableKind::Table);
  auto const list = [&](char const* key, auto& into, auto read) {
    fields.each(key,
                [&](Json const& item, std::string const& at) { into.push_back(read(item, at)); });
  };
  list("columns", table.columns, read_column);
  list("constraints", table.constraints, read_constraint);
  list("indexes", table.indexes, read_index);
  list("triggers", table.triggers, read_trigger);
  list("dependents", table.dependents, read_dependent);
  list("inherits", table.inherits, Fields::to_qualified);
  table.partition_of = fields.qualified("partition_of");
  table.default_partition = fields.get_or("default_partition", false);
  if (fields.find("rows") != nullptr) {
    table.rows = fields.get<std::int64_t>("rows");
  }
  if (fields.find("bytes") != nullptr) {
    table.bytes = fields.get<std::int64_t>("bytes");
  }
  fields.no_others();
  return table;
}

Json parse_json(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (Json::exception const& error) {
    refuse("not JSON", error.what());
  }
}

}  // namespace

std::string to_json(Catalog const& catalog, bool with_sizes) {
  Json tables = Json::object();
  for (auto const& [name, table] : catalog.tables) {
    tables[name.quoted()] = json_of(table, with_sizes);
  }
  Json domains = Json::object();
  for (auto const& [name, domain] : catalog.domains) {
    domains[name] = {{"base", domain.base}, {"constrained", domain.constrained}};
  }
  Json document{{"bellows_snapshot", format_version},
                {"server_version", catalog.server_version},
                {"complete", catalog.complete},
                {"search_path_schema", catalog.search_path_schema},
                {"tables", tables}};
  for (auto const& [name, table] : catalog.statistics) {
    document["statistics"][name.quoted()] = table.quoted();
  }
  if (!catalog.domains.empty()) {
    document["domains"] = std::move(domains);
  }
  // Names are any bytes but NUL; what is no UTF-8 becomes U+FFFD rather than an exception.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Catalog from_json(std::string_view text) {
  Json const document = parse_json(text);
  Fields fields(document, "snapshot");
  if (fields.get<int>("bellows_snapshot") != format_version) {
    refuse("bellows_snapshot", "a format that this version does not read");
  }
  Catalog catalog;
  catalog.server_version = fields.get<int>("server_version");
  catalog.complete = fields.get_or("complete", true);
  catalog.search_path_schema = fields.get_or<std::string>("search_path_schema", "public");
  Json const& tables = fields.need("tables");
  if (!tables.is_object()) {
    refuse("tables", "expected an object");
  }
  for (auto const& [key, value] : tables.items()) {
    QualifiedName const name = Fields::to_qualified(Json(key), "tables");
    catalog.add(read_table(name, value, "tables." + key));
  }
  each_entry(fields, "domains", [&](std::string const& name, Json const& value) {
    catalog.domains.emplace(name, read_domain(value, "domains." + name));
  });
  each_entry(fields, "statistics", [&](std::string const& name, Json const& value) {
    catalog.statistics.emplace(Fields::to_qualified(Json(name), "statistics"),
                               Fields::to_qualified(value, "statistics." + name));
  });
  fields.no_others();
  return catalog;
}

}  // namespace bellows::catalog
