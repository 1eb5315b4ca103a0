#pragma once

#include "planner/rules/rule.hpp"

/// What stands in a file and is not SQL that a server takes from bellows.
namespace bellows::rules {

/// The parser refuses it. Where the server is newer than the parser, it may be new syntax: that is
/// the other one, an unknown statement, which can be allowed.
extern Rule const syntax_error;
extern Rule const newer_syntax;

/// `\connect app`: a command of psql.
extern Rule const psql_command;

/// COPY … FROM stdin, COPY … TO stdout.
extern Rule const copy_through_client;

}  // namespace bellows::rules
