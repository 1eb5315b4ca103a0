#pragma once

#include <string>

/// What a connection string says, for messages. No part of a password leaves these functions.
/// (describe_target() is declared in session.hpp.)
namespace bellows::postgres {

/// Why a login failed, from libpq's message: a text that holds a piece of the password, because the
/// string was malformed, is replaced by one that says so.
std::string login_message(std::string const& conninfo, std::string message);

}  // namespace bellows::postgres
