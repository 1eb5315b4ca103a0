#include "planner/sql/parser/forms.hpp"

#include <algorithm>
#include <array>

namespace bellows::sql {

namespace {

/// The place of each tag's first row: most nodes have none, and all nodes are looked at.
class Index {
 public:
  Index() {
    auto const rows = form_rows();
    for (std::size_t at = rows.size(); at-- > 0;) {
      first_.at(rows[at].tag) = static_cast<std::uint8_t>(at + 1);
    }
  }

  std::span<FormRow const> rows_of(NodeTag tag) const {
    auto const all = form_rows();
    std::size_t const first = tag < first_.size() ? first_[tag] : 0;
    if (first == 0) {
      return {};
    }
    auto const here = all.subspan(first - 1);
    auto const end = std::ranges::find_if(here, [&](FormRow const& row) { return row.tag != tag; });
    return here.first(static_cast<std::size_t>(end - here.begin()));
  }

 private:
  std::array<std::uint8_t, 512> first_{};  // counted from 1
};

void add_once(std::vector<Form>& forms, Form const& form) {
  if (std::ranges::find(forms, form) == forms.end()) {
    forms.push_back(form);
  }
}

void take_option(std::vector<Form>& forms, DefElem const& option, Node const& statement) {
  for (OptionRow const& row : option_rows()) {
    if (row.statement == statement.type && row.name == tree::text(option.defname)) {
      add_once(forms, row.form);
    }
  }
}

}  // namespace

std::vector<Form> forms_of(Node const& statement, std::string_view text) {
  static Index const index;
  std::vector<Form> forms;
  tree::walk(statement, [&](Node const& node) {
    for (FormRow const& row : index.rows_of(node.type)) {
      if (row.has({node, statement, text})) {
        add_once(forms, row.form);
      }
    }
    if (auto const* option = tree::as<DefElem>(&node)) {
      take_option(forms, *option, statement);
    }
    return true;
  });
  return forms;
}

}  // namespace bellows::sql
