#include "batcher/postgres/failure.hpp"

#include <array>

namespace bellows::postgres {
namespace {

struct Row {
  std::string_view state;  // a whole SQLSTATE, or its class (two characters)
  FailureKind kind;
};

// PostgreSQL manual, appendix A. A whole state comes before its class.
constexpr std::array rows{
    Row{"55P03", FailureKind::LockTimeout},       // lock_not_available
    Row{"57014", FailureKind::StatementTimeout},  // query_canceled
    Row{"40P01", FailureKind::Deadlock},         Row{"40001", FailureKind::Serialization},
    Row{"08P01", FailureKind::Permanent},       // protocol_violation: a bug, not a bad line
    Row{"08", FailureKind::ConnectionLost},     // connection_exception
    Row{"57P01", FailureKind::ConnectionLost},  // admin_shutdown
    Row{"57P02", FailureKind::ConnectionLost},  // crash_shutdown
    Row{"57P03", FailureKind::ConnectionLost},  // cannot_connect_now
    Row{"57P05", FailureKind::ConnectionLost},  // idle_session_timeout
    Row{"25P03", FailureKind::ConnectionLost},  // idle_in_transaction_session_timeout
    Row{"25P04", FailureKind::ConnectionLost},  // transaction_timeout (17+)
    Row{"25006", FailureKind::ReadOnly},        // read_only_sql_transaction
    Row{"53", FailureKind::Resources},          // disk full, out of memory, too many connections
};

struct Name {
  FailureKind kind;
  std::string_view name;
};

constexpr std::array names{
    Name{FailureKind::LockTimeout, "lock timeout"},
    Name{FailureKind::StatementTimeout, "statement timeout"},
    Name{FailureKind::Deadlock, "deadlock"},
    Name{FailureKind::Serialization, "serialization failure"},
    Name{FailureKind::ConnectionLost, "connection lost"},
    Name{FailureKind::InDoubt, "commit in doubt"},
    Name{FailureKind::ReadOnly, "server is read-only"},
    Name{FailureKind::Resources, "server is out of resources"},
    Name{FailureKind::Permanent, "permanent failure"},
};

}  // namespace

std::string_view to_string(FailureKind kind) {
  for (Name const& row : names) {
    if (row.kind == kind) {
      return row.name;
    }
  }
  return "unknown failure";
}

FailureKind classify(std::string_view sqlstate) {
  for (Row const& row : rows) {
    if (sqlstate.size() == 5 && sqlstate.starts_with(row.state)) {
      return row.kind;
    }
  }
  return FailureKind::Permanent;
}

}  // namespace bellows::postgres
