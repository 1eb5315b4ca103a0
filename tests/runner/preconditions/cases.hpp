#pragma once

/// Statements that are tried on a real server, each in a transaction of its own.
namespace bellows::rules::cases {

struct Line {
  char const* sql;  // several, separated by semicolons: the last one is meant
  int since = 0;    // the first server version that knows it
};

}  // namespace bellows::rules::cases
