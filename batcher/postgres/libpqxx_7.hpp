#pragma once

// libpqxx.hpp for 7 and 8, which never reconnect: a connection is made of a PGconn.

#include "batcher/postgres/libpqxx.hpp"

namespace bellows::postgres {

class Connection {
 public:
  explicit Connection(RawConnection raw)
      : raw_(raw.get()), connection_(pqxx::connection::seize_raw_connection(raw.get())) {
    static_cast<void>(raw.release());  // it is libpqxx's now
  }

  pqxx::connection& libpqxx() { return connection_; }
  bool is_open() const { return connection_.is_open(); }
  /// What libpq said last; libpqxx keeps only its own words where the connection is lost.
  std::string last_words() const { return trimmed(PQerrorMessage(raw_)); }

 private:
  PGconn* raw_;
  pqxx::connection connection_;
};

#if PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR < 10
class Notices : public pqxx::errorhandler {
 public:
  explicit Notices(Connection& connection) : pqxx::errorhandler(connection.libpqxx()) {}
  Listener listener = std::make_shared<std::function<void(std::string const&)>>();

  bool operator()(char const* message) noexcept override {
    tell_notice(message, listener);
    return false;
  }
};
#else
class Notices {
 public:
  explicit Notices(Connection& connection) {
    connection.libpqxx().set_notice_handler(
        [to = listener](pqxx::zview message) noexcept { tell_notice(message, to); });
  }
  Listener listener = std::make_shared<std::function<void(std::string const&)>>();
};
#endif

// libpqxx says only BEGIN for what it takes for the default, "READ COMMITTED"; but the server's
// default may be another one.
class ReadCommitted : public pqxx::internal::basic_transaction {
 public:
  explicit ReadCommitted(Connection& connection)
      : pqxx::internal::basic_transaction(connection.libpqxx(),
                                          "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE") {}
  ReadCommitted(ReadCommitted const&) = delete;
  ReadCommitted& operator=(ReadCommitted const&) = delete;
  ~ReadCommitted() noexcept override {
#if PQXX_VERSION_MAJOR == 7
    close();
#else
    close(pqxx::sl::current());
#endif
  }
};

inline pqxx::result execute(pqxx::transaction_base& transaction, std::string_view sql,
                            std::vector<std::optional<std::string>> const& parameters) {
  pqxx::params values;
  values.append_multi(parameters);
#if PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR < 10
  return transaction.exec_params(std::string(sql), values);
#else
  return transaction.exec(std::string(sql), values);
#endif
}

}  // namespace bellows::postgres
