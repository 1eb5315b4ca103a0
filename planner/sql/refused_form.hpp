#pragma once

#include "planner/sql/statement.hpp"

namespace bellows::sql {

/// A form whose `until` lies before its `since`: servers between the two refuse it, those up to
/// `until` take its words for something else, and say nothing.
inline bool has_another_meaning(Form const& form, int version) {
  return form.until < form.since && version <= form.until;
}

/// The form for which a server of that major version refuses the statement (42601): the newest one,
/// where there are several; null where there is none.
inline Form const* refused_form(Statement const& statement, int version) {
  Form const* refused = nullptr;
  for (Form const& form : statement.forms) {
    bool const between = form.until < version && version < form.since;
    bool const within = form.since <= version && version <= form.until;
    bool const known = form.until < form.since ? !between : within;
    if (!known && (refused == nullptr || form.since > refused->since)) {
      refused = &form;
    }
  }
  return refused;
}

}  // namespace bellows::sql
