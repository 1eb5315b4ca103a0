#pragma once

#include "batcher/postgres/failure.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::postgres {

/// A value bound to $n; nothing is NULL. Always text: the server casts.
using Parameter = std::optional<std::string>;

/// The rows of one statement, in memory. Cheap to copy.
class Rows {
 public:
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::int64_t affected() const;  // INSERT, UPDATE, DELETE
  std::optional<std::string> value(std::size_t row, std::size_t column) const;
  std::string text(std::size_t row, std::size_t column) const;     // "" for NULL
  std::int64_t number(std::size_t row, std::size_t column) const;  // throws on NULL
  bool truth(std::size_t row, std::size_t column) const;           // false for NULL

 private:
  friend class Session;
  friend class Transaction;
  struct State;
  std::shared_ptr<State const> state_;
};

class Session;

/// Scope is fate: destroyed without commit() it is rolled back. One at a time per Session; must not
/// outlive it.
class Transaction {
 public:
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// One statement (never several: a multi-statement string hides errors). Parameters go through
  /// the extended protocol without a named prepared statement: PgBouncer in transaction mode is
  /// fine.
  Rows run(std::string_view sql, std::vector<Parameter> const& parameters = {});
  /// SET LOCAL name = value, both quoted.
  void set_local(std::string_view name, std::string_view value);
  /// Throws Failure(InDoubt) when the answer was lost: what happened must be read back.
  void commit();

 private:
  friend class Session;
  struct State;
  explicit Transaction(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// One connection. Used by one thread; only cancel() may be called from another. Not reusable after
/// ConnectionLost or InDoubt: make a new one. Throws CannotConnect and Failure.
class Session {
 public:
  /// `conninfo` goes to libpq as it is (URI, keyword=value, service=…). `purpose` ends up in
  /// application_name ("bellows backfill") where the conninfo does not set one.
  static Session connect(std::string const& conninfo, std::string const& purpose);
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  /// READ COMMITTED, READ WRITE, whatever the server's defaults are.
  Transaction begin();
  /// One statement outside any transaction: CREATE INDEX CONCURRENTLY, VACUUM, or a lone SELECT.
  Rows run(std::string_view sql, std::vector<Parameter> const& parameters = {});

  int backend_pid() const;
  int server_version() const;  // 150018
  bool alive() const;          // no round trip: what libpq and the socket know
  /// From now on `notices` gets what the server says beside its answers ("NOTICE:  relation …
  /// already exists, skipping"), trimmed, on the thread that runs the statement; nullptr: nobody
  /// does.
  void hear(std::function<void(std::string const&)> notices);
  /// Asks the server to cancel what this session runs now, for two seconds at most. Thread-safe,
  /// never throws; a statement that just ended is not harmed.
  void cancel() noexcept;

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// host, port, database and user of a conninfo, for messages; never the password.
std::string describe_target(std::string const& conninfo);

}  // namespace bellows::postgres
