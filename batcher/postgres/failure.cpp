#include "batcher/postgres/failure.hpp"

#include <algorithm>
#include <array>

namespace bellows::postgres {
namespace {

struct Row {
  std::string_view state;  // a whole SQLSTATE, or its class (two characters)
  FailureKind kind;
};

// PostgreSQL manual, appendix A. A whole state comes before its class. What is not here is
// Permanent: 57P04 (the database was dropped), 58 and XX (a broken disk or table), 42 (the
// statement itself), 28 (no access).
constexpr std::array rows{
    Row{"55P03", FailureKind::LockTimeout},       // lock_not_available
    Row{"57014", FailureKind::StatementTimeout},  // query_canceled
    Row{"40P01", FailureKind::Deadlock}, Row{"40001", FailureKind::Serialization},
    Row{"40000", FailureKind::Serialization},  // transaction_rollback, of no special cause
    Row{"72000", FailureKind::Serialization},  // snapshot_too_old (up to 16)
    Row{"40003", FailureKind::InDoubt},        // statement_completion_unknown
    // connection_exception. PgBouncer says 08P01 for all that is wrong between it and the server;
    // so one of the server itself, a bug, ends with the retry budget and not at once.
    Row{"08", FailureKind::ConnectionLost},
    Row{"57P01", FailureKind::ConnectionLost},  // admin_shutdown
    Row{"57P02", FailureKind::ConnectionLost},  // crash_shutdown
    Row{"57P03", FailureKind::ConnectionLost},  // cannot_connect_now
    Row{"57P05", FailureKind::ConnectionLost},  // idle_session_timeout
    Row{"25P03", FailureKind::ConnectionLost},  // idle_in_transaction_session_timeout
    Row{"25P04", FailureKind::ConnectionLost},  // transaction_timeout (17+)
    Row{"25006", FailureKind::ReadOnly},        // read_only_sql_transaction
    Row{"53", FailureKind::Resources},          // disk full, out of memory, too many connections
    Row{"09000", FailureKind::BadRow},          // triggered_action_exception
    Row{"21000", FailureKind::BadRow},          // cardinality_violation: a subquery with two rows
    Row{"22", FailureKind::BadRow},             // data_exception
    Row{"23", FailureKind::BadRow},             // integrity_constraint_violation
    Row{"27000", FailureKind::BadRow},          // triggered_data_change_violation
    Row{"38", FailureKind::BadRow},             // external_routine_exception: a PL's function
    Row{"39", FailureKind::BadRow},             // external_routine_invocation_exception
    Row{"44000", FailureKind::BadRow},          // with_check_option_violation
    Row{"54000", FailureKind::BadRow},  // program_limit_exceeded: a value too long for its index
    Row{"P0001", FailureKind::BadRow},  // raise_exception, as a trigger says no
    Row{"P0002", FailureKind::BadRow},  // no_data_found
    Row{"P0003", FailureKind::BadRow},  // too_many_rows
    Row{"P0004", FailureKind::BadRow},  // assert_failure
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
    Name{FailureKind::BadRow, "a row's data"},
    Name{FailureKind::Permanent, "permanent failure"},
};

// The standard leaves classes that begin with 5 to 9 or I to Z to whoever implements something
// (ISO 9075-2, 24.1). PostgreSQL has taken these; of the others it raises none itself, so it was a
// trigger's or a function's author who chose that state to refuse a row.
bool chosen_by_an_author(std::string_view sqlstate) {
  constexpr std::array<std::string_view, 8> taken{"53", "54", "55", "57", "58", "72", "P0", "XX"};
  char const first = sqlstate.front();
  return ((first >= '5' && first <= '9') || (first >= 'I' && first <= 'Z')) &&
         std::find(taken.begin(), taken.end(), sqlstate.substr(0, 2)) == taken.end();
}

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
  return sqlstate.size() == 5 && chosen_by_an_author(sqlstate) ? FailureKind::BadRow
                                                               : FailureKind::Permanent;
}

}  // namespace bellows::postgres
