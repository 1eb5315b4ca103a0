#pragma once

#include "planner/sql/statement.hpp"

namespace bellows::sql {

/// The form for which a server of that major version refuses the statement (42601): the newest one,
/// where there are several; null where there is none.
inline Form const* refused_form(Statement const& statement, int version) {
  Form const* refused = nullptr;
  for (Form const& form : statement.forms) {
    bool const known = form.since <= version && version <= form.until;
    if (!known && (refused == nullptr || form.since > refused->since)) {
      refused = &form;
    }
  }
  return refused;
}

}  // namespace bellows::sql
