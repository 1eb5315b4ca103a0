#pragma once

#include "planner/sql/parser/parse_parts.hpp"

#include <span>
#include <string_view>
#include <vector>

/// The linked grammar takes what servers of other versions refuse (42601). Which statement has what
/// of that, as data; since 13, the oldest server that bellows knows. tests/runner/forms/ tries each
/// row on servers of all versions.
namespace bellows::sql {

/// A node of a statement that is looked at.
struct Seen {
  Node const& node;
  Node const& statement;
  std::string_view text;  // of the statement
};

struct FormRow {
  NodeTag tag;
  Form form;
  bool (*has)(Seen const&);  // node.type is `tag`
};

/// An option by its name, in lower case, where the statement is of that type.
struct OptionRow {
  NodeTag statement;
  std::string_view name;
  Form form;
};

/// By tag.
std::span<FormRow const> form_rows();
std::span<OptionRow const> option_rows();

/// Those that a statement has, each once. `text` is what it was parsed from.
std::vector<Form> forms_of(Node const& statement, std::string_view text);

}  // namespace bellows::sql
