#pragma once

#include "planner/catalog/model.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

/// What a schema has, by name, for the speaker to speak of.
namespace bellows::agree {

/// A trigger, policy, rule or constraint, and its table.
struct Part {
  sql::Identifier name;
  sql::QualifiedName on;
};

struct View {
  sql::QualifiedName name;
  std::vector<std::string> columns;  // of its SELECT, as they stand there
  std::string from;                  // FROM … to the end
};

struct Names {
  catalog::Catalog catalog;
  std::vector<sql::QualifiedName> schemas;
  std::vector<sql::QualifiedName> enums;
  std::vector<sql::QualifiedName> composites;
  std::vector<sql::QualifiedName> domains;
  std::vector<sql::QualifiedName> sequences;  // those of columns, too
  std::vector<std::string> functions;         // name(types)
  std::vector<sql::QualifiedName> statistics;
  std::vector<sql::QualifiedName> publications;
  std::vector<Part> policies;
  std::vector<Part> rules;
  std::vector<View> views;
};

/// `catalog` has the relations; the statements that made the schema tell of the rest.
Names names_of(catalog::Catalog catalog, std::span<std::string const> statements);

}  // namespace bellows::agree
