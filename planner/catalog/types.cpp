#include "planner/catalog/edit.hpp"

#include <algorithm>

namespace bellows::catalog {

namespace {

/// Names that format_type() prints without a schema (pg_type of 15, pg_catalog).
constexpr std::string_view shipped[] = {"aclitem",
                                        "bigint",
                                        "bit",
                                        "bit varying",
                                        "boolean",
                                        "box",
                                        "bpchar",
                                        "bytea",
                                        "\"char\"",
                                        "character",
                                        "character varying",
                                        "cid",
                                        "cidr",
                                        "circle",
                                        "cstring",
                                        "date",
                                        "datemultirange",
                                        "daterange",
                                        "double precision",
                                        "event_trigger",
                                        "gtsvector",
                                        "inet",
                                        "int2vector",
                                        "int4multirange",
                                        "int4range",
                                        "int8multirange",
                                        "int8range",
                                        "integer",
                                        "internal",
                                        "interval",
                                        "json",
                                        "jsonb",
                                        "jsonpath",
                                        "line",
                                        "lseg",
                                        "macaddr",
                                        "macaddr8",
                                        "money",
                                        "name",
                                        "numeric",
                                        "nummultirange",
                                        "numrange",
                                        "oid",
                                        "oidvector",
                                        "path",
                                        "pg_lsn",
                                        "pg_snapshot",
                                        "point",
                                        "polygon",
                                        "real",
                                        "record",
                                        "refcursor",
                                        "regclass",
                                        "regcollation",
                                        "regconfig",
                                        "regdictionary",
                                        "regnamespace",
                                        "regoper",
                                        "regoperator",
                                        "regproc",
                                        "regprocedure",
                                        "regrole",
                                        "regtype",
                                        "smallint",
                                        "text",
                                        "tid",
                                        "time",
                                        "timestamp",
                                        "trigger",
                                        "tsmultirange",
                                        "tsquery",
                                        "tsrange",
                                        "tstzmultirange",
                                        "tstzrange",
                                        "tsvector",
                                        "txid_snapshot",
                                        "uuid",
                                        "void",
                                        "xid",
                                        "xid8",
                                        "xml"};

bool is_shipped(std::string_view name) {
  return std::ranges::find(shipped, name) != std::ranges::end(shipped);
}

/// The name alone: without `(…)`, `[]`, `with time zone`, and what follows `interval`.
std::string_view bare(std::string_view text) {
  text = text.substr(0, std::min(text.find('('), text.find('[')));
  for (std::string_view const behind : {" with time zone", " without time zone"}) {
    if (text.ends_with(behind)) {
      text.remove_suffix(behind.size());
    }
  }
  return text.starts_with("interval ") ? text.substr(0, 8) : text;
}

bool has_schema(std::string_view text) {
  bool quoted = false;
  return std::ranges::any_of(text, [&](char c) {
    if (c == '"') {
      quoted = !quoted;
    }
    return c == '.' && !quoted;
  });
}

}  // namespace

std::string qualified_type(Catalog const& catalog, sql::TypeName const& type) {
  std::string_view const name = bare(type.text);
  if (is_shipped(name) || has_schema(name) || type.text.empty()) {
    return type.text;
  }
  return Identifier(catalog.search_path_schema).quoted() + "." + type.text;
}

std::string type_text(Catalog const& catalog, QualifiedName const& name) {
  return catalog.resolve(name).quoted();
}

void rename_type(Catalog& catalog, std::string const& from, std::string const& to) {
  auto const is_of = [&](Column const& column) {
    return column.type == from || column.type == from + "[]";
  };
  catalog.tables.edit_where(
      [&](Table const& table) { return std::ranges::any_of(table.columns, is_of); },
      [&](Table& table) {
        for (Column& column : table.columns) {
          if (is_of(column)) {
            column.type.replace(0, from.size(), to);
          }
        }
      });
  catalog.tables.edit_where([&](Table const& table) { return table.of_type == from; },
                            [&](Table& table) { table.of_type = to; });
  auto const rename_in = [&](auto& types) {
    auto node = types.extract(from);
    if (!node.empty()) {
      node.key() = to;
      types.insert(std::move(node));
    }
  };
  rename_in(catalog.domains);
  rename_in(catalog.composites);
  rename_in(catalog.enums);
  if (catalog.other_types.erase(from) != 0) {
    catalog.other_types.insert(to);
  }
}

}  // namespace bellows::catalog
