#pragma once

#include "planner/sql/statement.hpp"

#include <optional>

namespace bellows::sql {

/// What PostgreSQL's parsers say against the quoted body of a function, a procedure or a DO in SQL
/// or PL/pgSQL, as the server does when it makes or runs it (check_function_bodies is on): the
/// words, and the place within the statement's text, whose start (offset 0, where no body is) says
/// that it is not known. Only the grammar is asked: whether names and
/// types are there is the catalog's matter. Nothing where the body is well-formed, or in another
/// language.
std::optional<Unparsed> body_error(Statement const& statement);

}  // namespace bellows::sql
