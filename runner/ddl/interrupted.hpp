#pragma once

#include <stdexcept>

namespace bellows::ddl {

/// A stop was requested and what was under way has been taken back or left resumable; the message
/// says which. Not an error of the server.
class Interrupted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace bellows::ddl
