#include "planner/catalog/snapshot.hpp"
#include "planner/catalog/snapshot_words.hpp"
#include "planner/catalog/triggers.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <stdexcept>
#include <utility>

namespace bellows::catalog {

namespace {

using Json = nlohmann::json;

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
  column.not_null_name = fields.identifier("not_null_name");
  column.identity = fields.word("identity", identities, Identity::None);
  column.collation = fields.get_or<std::string>("collation", "");
  column.comment = fields.get_or<std::string>("comment", "");
  fields.each("sequences", [&](Json const& item, std::string const& at) {
    column.sequences.push_back(Fields::to_qualified(item, at));
  });
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
  constraint.rests_on = fields.identifier("rests_on");
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
  index.replica_identity = fields.get_or("replica_identity", false);
  index.attached_to = fields.qualified("attached_to");
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
  trigger.time = fields.word("time", trigger_times, sql::TriggerTime::Before);
  trigger.row = fields.get_or("row", false);
  trigger.on_insert = fields.get_or("on_insert", false);
  trigger.on_delete = fields.get_or("on_delete", false);
  trigger.columns = fields.identifiers("columns");
  trigger.when = fields.get_or<std::string>("when", "");
  trigger.function = fields.qualified("function");
  trigger.arguments = fields.get_or<std::vector<std::string>>("arguments", {});
  trigger.fires = fields.word("fires", firings, Firing::Origin);
  fields.no_others();
  if (trigger.function.name.empty()) {  // an older file has its definition alone
    Identifier const name = trigger.name;
    trigger = trigger_of(trigger.definition).value_or(std::move(trigger));
    trigger.name = name;
  }
  return trigger;
}

Function read_function(Json const& json, std::string const& where) {
  Fields fields(json, where);
  Function function;
  function.language = fields.get<std::string>("language");
  function.volatility = fields.word("volatility", volatilities, sql::Volatility::Volatile);
  function.arguments = fields.get_or<std::vector<std::string>>("arguments", {});
  function.names = fields.get_or<std::vector<std::string>>("names", {});
  function.returns = fields.get_or<std::string>("returns", "");
  if (fields.find("body") != nullptr) {
    function.body = fields.get<std::string>("body");
  }
  fields.no_others();
  return function;
}

void read_functions(Catalog& catalog, std::string const& name, Json const& value) {
  QualifiedName const function = Fields::to_qualified(Json(name), "functions");
  if (!value.is_array()) {
    refuse("functions." + name, "expected a list");
  }
  for (Json const& one : value) {
    catalog.functions.put(function, read_function(one, "functions." + name));
  }
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

sql::PartitionKey read_partition_key(Json const& json, std::string const& where) {
  Fields fields(json, where);
  sql::PartitionKey key;
  key.strategy = fields.get<std::string>("strategy");
  key.columns = fields.identifiers("columns");
  key.has_expressions = fields.get_or("has_expressions", false);
  fields.no_others();
  return key;
}

sql::PartitionBounds read_bounds(Json const& json, std::string const& where) {
  Fields fields(json, where);
  sql::PartitionBounds bounds;
  bounds.strategy = fields.get<std::string>("strategy");
  bounds.list = fields.get_or<std::vector<std::string>>("list", {});
  bounds.lower = fields.get_or<std::vector<std::string>>("lower", {});
  bounds.upper = fields.get_or<std::vector<std::string>>("upper", {});
  bounds.modulus = fields.get_or("modulus", 0);
  bounds.remainder = fields.get_or("remainder", 0);
  fields.no_others();
  return bounds;
}

std::vector<Column> read_composite(Json const& json, std::string const& where) {
  Fields fields(json, where);
  std::vector<Column> attributes;
  fields.each("attributes", [&](Json const& item, std::string const& at) {
    attributes.push_back(read_column(item, at));
  });
  fields.no_others();
  return attributes;
}

Domain read_domain(Json const& json, std::string const& where) {
  Fields fields(json, where);
  Domain domain;
  domain.base = fields.get<std::string>("base");
  domain.constrained = fields.get_or("constrained", false);
  domain.default_sql = fields.get_or<std::string>("default", "");
  fields.no_others();
  return domain;
}

Publication read_publication(Json const& json, std::string const& where) {
  Fields fields(json, where);
  Publication publication;
  bool const changes = fields.get_or("changes", true);  // an older file's word for both
  publication.updates = fields.get_or("updates", changes);
  publication.deletes = fields.get_or("deletes", changes);
  publication.all_tables = fields.get_or("all_tables", false);
  publication.schemas = fields.identifiers("schemas");
  fields.each("listed", [&](Json const& item, std::string const& at) {
    publication.listed.push_back(Fields::to_qualified(item, at));
  });
  fields.no_others();
  return publication;
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
  if (Json const* key = fields.find("partition_key")) {  // older files do not have it
    table.partition_key = read_partition_key(*key, where + ".partition_key");
  }
  table.replica_identity =
      fields.word("replica_identity", replica_identities, ReplicaIdentity::Default);
  table.of_type = fields.get_or<std::string>("of_type", "");
  table.partition_of = fields.qualified("partition_of");
  table.default_partition = fields.get_or("default_partition", false);
  if (Json const* bounds = fields.find("bounds")) {
    table.bounds = read_bounds(*bounds, where + ".bounds");
  }
  table.bounds.is_default = table.default_partition;
  table.unlogged = fields.get_or("unlogged", false);
  table.partial = fields.get_or("partial", false);
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

/// An older snapshot has their names alone.
void read_enums(Catalog& catalog, Fields& fields) {
  Json const* found = fields.find("enums");
  if (found != nullptr && found->is_array()) {
    for (Identifier const& name : fields.identifiers("enums")) {
      catalog.enums[name.raw()];
    }
  } else if (found != nullptr) {
    catalog.enums = fields.get<std::map<std::string, std::vector<std::string>>>("enums");
  }
}

/// An older snapshot says only of tables in which publications they are.
void add_named_publications(Catalog& catalog) {
  for (auto const& [name, table] : catalog.tables) {
    for (Dependent const& dependent : table.dependents) {
      if (dependent.kind == DependentKind::Publication) {
        catalog.publications.try_emplace(dependent.name.name);
      }
    }
  }
}

}  // namespace

Catalog from_json(std::string_view text) {
  Json const document = parse_json(text);
  Fields fields(document, "snapshot");
  if (fields.get<int>("bellows_snapshot") != snapshot_format) {
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
  each_entry(fields, "publications", [&](std::string const& name, Json const& value) {
    catalog.publications.emplace(Identifier(name), read_publication(value, "publications." + name));
  });
  add_named_publications(catalog);
  each_entry(fields, "functions", [&](std::string const& name, Json const& value) {
    read_functions(catalog, name, value);
  });
  read_enums(catalog, fields);
  for (Identifier const& name : fields.identifiers("other_types")) {
    catalog.other_types.insert(name.raw());
  }
  for (Identifier const& name : fields.identifiers("schemas")) {
    catalog.schemas.insert(name);
  }
  catalog.extended = fields.get_or("extended", true);
  each_entry(fields, "composites", [&](std::string const& name, Json const& value) {
    catalog.composites.emplace(name, read_composite(value, "composites." + name));
  });
  each_entry(fields, "statistics", [&](std::string const& name, Json const& value) {
    catalog.statistics.emplace(Fields::to_qualified(Json(name), "statistics"),
                               Fields::to_qualified(value, "statistics." + name));
  });
  fields.each("other_relations", [&](Json const& item, std::string const& at) {
    catalog.other_relations.insert(Fields::to_qualified(item, at));
  });
  fields.no_others();
  return catalog;
}

}  // namespace bellows::catalog
