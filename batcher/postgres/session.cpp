#include "batcher/postgres/session.hpp"

#include "batcher/postgres/libpqxx.hpp"
#include "batcher/postgres/target.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <future>
#include <poll.h>
#include <stdexcept>
#include <thread>

// The only file that sees libpqxx, through libpqxx.hpp. Its exceptions end here.

namespace bellows::postgres {
namespace {

// libpq tells no SQLSTATE of a failed login; of what may pass by itself it has fixed words
// (src/backend/tcop/postgres.c, src/backend/postmaster/postmaster.c: untranslated as long as
// lc_messages is C, which only makes the kind less exact).
CannotConnect cannot_connect(std::string const& conninfo, std::string const& libpq_message) {
  bool const full = libpq_message.find("too many clients") != std::string::npos ||
                    libpq_message.find("too many connections for") != std::string::npos ||
                    libpq_message.find("connection slots are reserved") != std::string::npos;
  return {full ? FailureKind::Resources : FailureKind::ConnectionLost, full ? "53300" : "",
          fmt::format("cannot connect to {}: {}", describe_target(conninfo),
                      login_message(conninfo, trimmed(libpq_message)))};
}

// Ten seconds for a login, and a minute until a host that is gone without a word is taken for gone
// (Linux itself would wait for two hours), unless the user said otherwise: what comes after them in
// `dbname` wins. Text is UTF-8 on our side, always.
RawConnection open(std::string const& conninfo, std::string const& purpose) {
  std::array<char const*, 9> keywords{
      "connect_timeout",           "keepalives_idle",  "keepalives_interval",
      "keepalives_count",          "tcp_user_timeout", "dbname",
      "fallback_application_name", "client_encoding",  nullptr};
  std::array<char const*, 9> values{std::getenv("PGCONNECT_TIMEOUT") == nullptr ? "10" : nullptr,
                                    "30",
                                    "10",
                                    "3",
                                    "60000",
                                    conninfo.c_str(),
                                    purpose.c_str(),
                                    "UTF8",
                                    nullptr};
  RawConnection raw(PQconnectdbParams(keywords.data(), values.data(), 1), &PQfinish);
  if (raw == nullptr) {
    throw std::bad_alloc();
  }
  if (PQstatus(raw.get()) != CONNECTION_OK) {
    throw cannot_connect(conninfo, PQerrorMessage(raw.get()));
  }
  return raw;
}

Failure lost(Connection const& connection, FailureKind kind, std::string_view otherwise) {
  std::string const words = connection.last_words();
  return {kind, "", words.empty() ? trimmed(otherwise) : words};
}

Failure failure(std::string const& state, char const* what) {
  return {classify(state), state, trimmed(what)};
}

// libpq looks at its socket only when it is used: a session that lay idle while the server was
// restarted would still pass for alive, and fail whoever takes it next. Nothing is read here: that
// is left to libpq.
bool hung_up(int socket) {
  pollfd asked{socket, POLLRDHUP, 0};
  return ::poll(&asked, 1, 0) > 0;
}

// Runs `work`, which uses libpqxx, and turns every exception of it into a Failure. The order of the
// handlers matters: in 6.4 a deadlock and a serialization failure are no sql_error, and too many
// connections is a broken_connection.
template <typename Work>
auto translated(Connection const& connection, Work const& work) -> decltype(work()) {
  try {
    return work();
  } catch (pqxx::in_doubt_error const& error) {
    throw lost(connection, FailureKind::InDoubt, error.what());
  } catch (pqxx::statement_completion_unknown const& error) {
    throw Failure(FailureKind::InDoubt, "40003", trimmed(error.what()));
  } catch (pqxx::deadlock_detected const& error) {
    throw failure("40P01", error.what());
  } catch (pqxx::serialization_failure const& error) {
    throw failure("40001", error.what());
  } catch (pqxx::transaction_rollback const& error) {
    throw failure("40000", error.what());
  } catch (pqxx::too_many_connections const& error) {
    throw failure("53300", error.what());
  } catch (pqxx::broken_connection const& error) {
    throw lost(connection, FailureKind::ConnectionLost, error.what());
  } catch (pqxx::insufficient_privilege const& error) {
    throw failure("42501", error.what());  // which 6.4 does not hand on
  } catch (pqxx::sql_error const& error) {
    // A server's error has a state always; one without is libpq's own: the line is cut, even where
    // PQstatus() has not noticed yet (an immediate stop of the server looks like that).
    if (error.sqlstate().empty()) {
      throw lost(connection, FailureKind::ConnectionLost, error.what());
    }
    throw failure(std::string(error.sqlstate()), error.what());
  } catch (pqxx::failure const& error) {
    throw Failure(connection.is_open() ? FailureKind::Permanent : FailureKind::ConnectionLost, "",
                  trimmed(error.what()));
  }
}

}  // namespace

struct Rows::State {
  pqxx::result result;
};

std::size_t Rows::size() const {
  return state_ ? static_cast<std::size_t>(state_->result.size()) : 0;
}

std::int64_t Rows::affected() const {
  return state_ ? static_cast<std::int64_t>(state_->result.affected_rows()) : 0;
}

std::optional<std::string> Rows::value(std::size_t row, std::size_t column) const {
  if (row >= size() || column >= static_cast<std::size_t>(state_->result.columns())) {
    throw std::out_of_range(fmt::format("no row {}, column {} in the answer", row, column));
  }
  auto const cells = state_->result[static_cast<pqxx::result::size_type>(row)];
  auto const field = cells[static_cast<pqxx::row::size_type>(column)];
  if (field.is_null()) {
    return std::nullopt;
  }
  return std::string(field.c_str(), field.size());
}

std::string Rows::text(std::size_t row, std::size_t column) const {
  return value(row, column).value_or("");
}

std::int64_t Rows::number(std::size_t row, std::size_t column) const {
  std::string const digits = value(row, column).value_or("NULL");
  std::int64_t number = 0;
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    throw std::invalid_argument("not a whole number in the answer: " + digits);
  }
  return number;
}

bool Rows::truth(std::size_t row, std::size_t column) const {
  return text(row, column) == "t";
}

struct Session::State {
  explicit State(RawConnection raw)
      : canceller(PQgetCancel(raw.get()), &PQfreeCancel),
        socket(PQsocket(raw.get())),
        connection(std::move(raw)),
        notices(connection),
        pid(connection.libpqxx().backendpid()),
        version(connection.libpqxx().server_version()) {}

  // Made once, here: PQcancel() reads only this object, so another thread may call it whatever the
  // connection is doing (manual, 34.7).
  std::shared_ptr<PGcancel> canceller;
  int socket;
  Connection connection;
  Notices notices;
  int pid;
  int version;
};

struct Transaction::State {
  explicit State(Connection& to) : connection(to), work(to) {}

  Connection& connection;
  ReadCommitted work;
  bool failed = false;
};

Transaction::Transaction(std::unique_ptr<State> state) : state_(std::move(state)) {}
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction::~Transaction() = default;

Rows Transaction::run(std::string_view sql, std::vector<Parameter> const& parameters) {
  spdlog::trace("[{}] {}", state_->connection.libpqxx().backendpid(), sql);
  state_->failed = true;  // until the answer is here
  Rows rows;
  rows.state_ = translated(state_->connection, [&] {
    pqxx::result const result = execute(state_->work, sql, parameters);
    return std::make_shared<Rows::State const>(Rows::State{result});
  });
  state_->failed = false;
  return rows;
}

void Transaction::set_local(std::string_view name, std::string_view value) {
  run("SELECT pg_catalog.set_config($1, $2, true)", {std::string(name), std::string(value)});
}

void Transaction::commit() {
  if (state_->failed) {  // the server would answer COMMIT with a silent ROLLBACK
    throw Failure(FailureKind::Permanent, "25P02",
                  "a statement of this transaction failed: nothing to commit");
  }
  state_->failed = true;
  translated(state_->connection, [&] { state_->work.commit(); });
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Session Session::connect(std::string const& conninfo, std::string const& purpose) {
  try {
    auto state = std::make_unique<State>(open(conninfo, purpose));
    spdlog::debug("{}: connected to {}, server process {}", purpose, describe_target(conninfo),
                  state->pid);
    return Session(std::move(state));
  } catch (pqxx::failure const& error) {  // lost again before libpqxx had set it up
    throw cannot_connect(conninfo, error.what());
  }
}

Transaction Session::begin() {
  try {
    auto state = translated(state_->connection, [&] {
      return std::make_unique<Transaction::State>(state_->connection);
    });
    return Transaction(std::move(state));
  } catch (Failure const& failure) {
    // A standby refuses READ WRITE already, and calls that "feature not supported".
    if (failure.sqlstate == "0A000") {
      throw Failure(FailureKind::ReadOnly, "25006", failure.what());
    }
    throw;
  }
}

Rows Session::run(std::string_view sql, std::vector<Parameter> const& parameters) {
  spdlog::trace("[{}] {}", state_->pid, sql);
  Rows rows;
  rows.state_ = translated(state_->connection, [&] {
    pqxx::nontransaction alone(state_->connection.libpqxx());
    pqxx::result const result = execute(alone, sql, parameters);
    alone.commit();
    return std::make_shared<Rows::State const>(Rows::State{result});
  });
  return rows;
}

int Session::backend_pid() const {
  return state_->pid;
}
int Session::server_version() const {
  return state_->version;
}
bool Session::alive() const {
  return state_->connection.is_open() && !hung_up(state_->socket);
}

void Session::hear(std::function<void(std::string const&)> notices) {
  *state_->notices.listener = std::move(notices);
}

// PQcancel() waits for an answer for ever, and a server that is frozen has none: whoever asks for a
// stop must not wait with it. The thread that does is left behind then, with what it needs.
void Session::cancel() noexcept try {
  std::packaged_task<void()> asking([canceller = state_->canceller] {
    std::array<char, 256> error{};
    PQcancel(canceller.get(), error.data(), static_cast<int>(error.size()));
  });
  std::future<void> const asked = asking.get_future();
  std::thread(std::move(asking)).detach();
  asked.wait_for(std::chrono::seconds{2});
} catch (std::exception const& failure) {
  spdlog::debug("no cancel request: {}", failure.what());
}

}  // namespace bellows::postgres
