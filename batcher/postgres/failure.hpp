#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bellows::postgres {

/// What a caller can do about a failure; the SQLSTATE decides (table in failure.cpp).
enum class FailureKind : std::uint8_t {
  LockTimeout,       // 55P03: back off, try again, smaller
  StatementTimeout,  // 57014, by the timeout or by a cancel
  Deadlock,          // 40P01
  Serialization,     // 40001
  ConnectionLost,    // 08xxx, 57P01-57P03, 25P03: a new connection, read the checkpoint
  InDoubt,           // the connection died while COMMIT was on its way: read the checkpoint
  ReadOnly,          // 25006: this is a standby now
  Resources,         // 53xxx: wait, then try again
  BadRow,            // 22xxx, 23xxx, P0001: some row's data; the statement may be right for others
  Permanent,         // everything else: the statement itself, a missing right. Stop.
};
std::string_view to_string(FailureKind kind);

/// The server refused the statement as it stands: the same one would be refused again.
inline bool is_refusal(FailureKind kind) {
  return kind == FailureKind::BadRow || kind == FailureKind::Permanent;
}

/// Unknown states are Permanent: never retried.
FailureKind classify(std::string_view sqlstate);

/// Every error of a server or a connection, made in session.cpp only.
class Failure : public std::runtime_error {
 public:
  Failure(FailureKind failure_kind, std::string state, std::string const& message)
      : std::runtime_error(message), kind(failure_kind), sqlstate(std::move(state)) {}
  FailureKind kind;
  std::string sqlstate;  // empty when the server had no chance to say
};

/// The server could not be reached or refused the login. Its message never holds a password.
class CannotConnect : public Failure {
 public:
  using Failure::Failure;
};

}  // namespace bellows::postgres
