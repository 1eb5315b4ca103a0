#include "planner/catalog/snapshot.hpp"
#include "planner/catalog/snapshot_words.hpp"

#include <nlohmann/json.hpp>

namespace bellows::catalog {

namespace {

using Json = nlohmann::json;  // an ordered map: keys come out sorted

template <typename Value, std::size_t size>
std::string word_of(Word<Value> const (&words)[size], Value value) {
  for (auto const& word : words) {
    if (word.value == value) {
      return std::string(word.text);
    }
  }
  return "";
}

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
  put(object, "not_null_name", column.not_null_name);
  if (column.identity != Identity::None) {
    object["identity"] = word_of(identities, column.identity);
  }
  put(object, "collation", column.collation);
  put(object, "comment", column.comment);
  for (QualifiedName const& sequence : column.sequences) {
    object["sequences"].push_back(sequence.quoted());
  }
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
  put(object, "rests_on", constraint.rests_on);
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
  put(object, "replica_identity", index.replica_identity);
  put(object, "attached_to", index.attached_to);
  return object;
}

Json json_of(Trigger const& trigger) {
  Json object{{"name", trigger.name.raw()}};
  put(object, "before_row", trigger.before_row);
  put(object, "on_update", trigger.on_update);
  put(object, "definition", trigger.definition);
  if (trigger.function.name.empty()) {
    return object;
  }
  object["time"] = word_of(trigger_times, trigger.time);
  put(object, "row", trigger.row);
  put(object, "on_insert", trigger.on_insert);
  put(object, "on_delete", trigger.on_delete);
  if (!trigger.columns.empty()) {
    object["columns"] = names(trigger.columns);
  }
  put(object, "when", trigger.when);
  put(object, "function", trigger.function);
  if (!trigger.arguments.empty()) {
    object["arguments"] = trigger.arguments;
  }
  if (trigger.fires != Firing::Origin) {
    object["fires"] = word_of(firings, trigger.fires);
  }
  return object;
}

Json json_of(Function const& function) {
  Json object{{"language", function.language},
              {"volatility", word_of(volatilities, function.volatility)}};
  if (!function.arguments.empty()) {
    object["arguments"] = function.arguments;
  }
  if (!function.names.empty()) {
    object["names"] = function.names;
  }
  put(object, "returns", function.returns);
  if (function.body) {
    object["body"] = *function.body;
  }
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

Json json_of(sql::PartitionKey const& key) {
  Json object{{"strategy", key.strategy}, {"columns", names(key.columns)}};
  put(object, "has_expressions", key.has_expressions);
  return object;
}

Json json_of(sql::PartitionBounds const& bounds) {
  Json object{{"strategy", bounds.strategy}};
  for (auto const& [key, values] :
       {std::pair{"list", &bounds.list}, std::pair{"lower", &bounds.lower},
        std::pair{"upper", &bounds.upper}}) {
    if (!values->empty()) {
      object[key] = *values;
    }
  }
  if (bounds.strategy == "hash") {
    object["modulus"] = bounds.modulus;
    object["remainder"] = bounds.remainder;
  }
  return object;
}

Json json_of(Publication const& publication) {
  Json object{{"updates", publication.updates}, {"deletes", publication.deletes}};
  put(object, "all_tables", publication.all_tables);
  if (!publication.schemas.empty()) {
    object["schemas"] = names(publication.schemas);
  }
  for (QualifiedName const& table : publication.listed) {
    object["listed"].push_back(table.quoted());
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
  if (!table.partition_key.strategy.empty()) {
    object["partition_key"] = json_of(table.partition_key);
  }
  if (table.replica_identity != ReplicaIdentity::Default) {
    object["replica_identity"] = word_of(replica_identities, table.replica_identity);
  }
  put(object, "of_type", table.of_type);
  put(object, "partition_of", table.partition_of);
  put(object, "default_partition", table.default_partition);
  if (!table.bounds.strategy.empty()) {
    object["bounds"] = json_of(table.bounds);
  }
  put(object, "unlogged", table.unlogged);
  put(object, "partial", table.partial);
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

}  // namespace

std::string to_json(Catalog const& catalog, bool with_sizes) {
  Json tables = Json::object();
  for (auto const& [name, table] : catalog.tables) {
    tables[name.quoted()] = json_of(table, with_sizes);
  }
  Json domains = Json::object();
  for (auto const& [name, domain] : catalog.domains) {
    domains[name] = {{"base", domain.base}, {"constrained", domain.constrained}};
    put(domains[name], "default", domain.default_sql);
  }
  Json document{{"bellows_snapshot", snapshot_format},
                {"server_version", catalog.server_version},
                {"complete", catalog.complete},
                {"search_path_schema", catalog.search_path_schema},
                {"tables", tables}};
  for (auto const& [name, table] : catalog.statistics) {
    document["statistics"][name.quoted()] = table.quoted();
  }
  for (QualifiedName const& relation : catalog.other_relations) {
    document["other_relations"].push_back(relation.quoted());
  }
  for (auto const& [name, publication] : catalog.publications) {
    document["publications"][name.raw()] = json_of(publication);
  }
  for (auto const& [name, functions] : catalog.functions) {
    put_list(document["functions"], name.quoted().c_str(), functions);
  }
  for (auto const& [name, attributes] : catalog.composites) {
    put_list(document["composites"][name], "attributes", attributes);
  }
  if (!catalog.enums.empty()) {
    document["enums"] = catalog.enums;
  }
  if (!catalog.other_types.empty()) {
    document["other_types"] = catalog.other_types;
  }
  for (Identifier const& schema : catalog.schemas) {
    document["schemas"].push_back(schema.raw());
  }
  if (!catalog.extended) {
    document["extended"] = false;  // without a word there may be more, as in older snapshots
  }
  if (!catalog.domains.empty()) {
    document["domains"] = std::move(domains);
  }
  // Names are any bytes but NUL; what is no UTF-8 becomes U+FFFD rather than an exception.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bellows::catalog
