#include "tests/runner/agree/names.hpp"

#include <algorithm>
#include <regex>

namespace bellows::agree {

namespace {

using sql::QualifiedName;

constexpr char const* name_pattern = R"(((?:\w+|"(?:[^"]|"")+")(?:\.(?:\w+|"(?:[^"]|"")+"))?))";

QualifiedName resolved(std::string const& text) {
  QualifiedName name = sql::parse_qualified_name(text);
  if (name.schema.empty()) {
    name.schema = sql::Identifier("public");
  }
  return name;
}

QualifiedName plain(std::string const& text) {
  return sql::parse_qualified_name(text);
}

struct Kind {
  std::regex pattern;
  void (*add)(Names& names, std::smatch const& found);
};

std::regex made(std::string const& before, std::string const& behind = "") {
  return std::regex("^CREATE " + before + " " + name_pattern + behind);
}

/// "a, left(b, 2)" is two.
std::vector<std::string> split_list(std::string const& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (char const c : text) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else if (c != ' ' || !parts.back().empty()) {
      parts.back() += c;
    }
  }
  return parts;
}

std::vector<Kind> const& kinds() {
  static std::string const on = std::string(" ON ") + name_pattern;
  static std::vector<Kind> const all = {
      {made("SCHEMA"), [](Names& n, auto const& m) { n.schemas.push_back(plain(m[1])); }},
      {made("TYPE", " AS ENUM"),
       [](Names& n, auto const& m) { n.enums.push_back(resolved(m[1])); }},
      {made("TYPE", R"( AS \()"),
       [](Names& n, auto const& m) { n.composites.push_back(resolved(m[1])); }},
      {made("DOMAIN"), [](Names& n, auto const& m) { n.domains.push_back(resolved(m[1])); }},
      {made("SEQUENCE"), [](Names& n, auto const& m) { n.sequences.push_back(resolved(m[1])); }},
      {made("FUNCTION", R"((\([^)]*\)))"),
       [](Names& n, auto const& m) { n.functions.push_back(m[1].str() + m[2].str()); }},
      {made("STATISTICS"), [](Names& n, auto const& m) { n.statistics.push_back(resolved(m[1])); }},
      {made("PUBLICATION"), [](Names& n, auto const& m) { n.publications.push_back(plain(m[1])); }},
      {made("POLICY", on),
       [](Names& n, auto const& m) {
         n.policies.push_back({plain(m[1]).name, resolved(m[2])});
       }},
      {made("RULE", std::string(" AS ON [A-Z]+ TO ") + name_pattern),
       [](Names& n, auto const& m) {
         n.rules.push_back({plain(m[1]).name, resolved(m[2])});
       }},
      {made("VIEW", R"( AS SELECT (.*) (FROM .*)$)"),
       [](Names& n, auto const& m) {
         n.views.push_back({resolved(m[1]), split_list(m[2].str()), m[3].str()});
       }},
  };
  return all;
}

}  // namespace

Names names_of(catalog::Catalog catalog, std::span<std::string const> statements) {
  Names names;
  names.catalog = std::move(catalog);
  names.schemas.push_back({{}, sql::Identifier("public")});
  for (std::string const& statement : statements) {
    for (Kind const& kind : kinds()) {
      std::smatch found;
      if (std::regex_search(statement, found, kind.pattern)) {
        kind.add(names, found);
      }
    }
  }
  for (auto const& [name, table] : names.catalog.tables) {
    for (catalog::Column const& column : table.columns) {
      std::ranges::copy(column.sequences, std::back_inserter(names.sequences));
    }
  }
  return names;
}

}  // namespace bellows::agree
