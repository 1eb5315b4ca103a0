#pragma once

// What session.cpp takes from libpqxx, under one name whichever of its versions is installed:
//
//   Connection      made from a PGconn that is ours, and never made anew behind our back
//   ReadCommitted   a transaction that says so itself
//   Notices         what the server says beside its answers, to the log and to a listener
//   execute()       one statement with its parameters
//
// Debian 12 has 6.4, Debian 13 has 7.10, its testing suite 8.0. Included by session.cpp alone.

#include <pqxx/pqxx>
#include <spdlog/spdlog.h>

#include <functional>
#include <libpq-fe.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::postgres {

using RawConnection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

inline std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
    text.remove_suffix(1);
  }
  return std::string(text);
}

/// Whoever wants to hear what the server says; shared with libpqxx, which may outlive us.
using Listener = std::shared_ptr<std::function<void(std::string const&)>>;

/// Never throws: a log that is full must not end a migration.
inline void tell_notice(std::string_view message, Listener const& listener) noexcept {
  try {
    std::string const text = trimmed(message);
    spdlog::debug("server: {}", text);
    if (*listener) {
      (*listener)(text);
    }
  } catch (...) {
  }
}

}  // namespace bellows::postgres

#if PQXX_VERSION_MAJOR < 7
#include "batcher/postgres/libpqxx_6.hpp"
#else
#include "batcher/postgres/libpqxx_7.hpp"
#endif
