#pragma once

// libpqxx.hpp for 6.4: a connection is what a policy hands over.

#include "batcher/postgres/libpqxx.hpp"

#ifdef __SANITIZE_ADDRESS__
// libpqxx 6.4 forgets the PGresult of the statement that a lost connection ended: it asks for the
// client's encoding, which fails, before it has wrapped it.
extern "C" char const* __lsan_default_suppressions();
extern "C" char const* __lsan_default_suppressions() {
  return "leak:PQmakeEmptyPGresult\n";
}
#endif

namespace bellows::postgres {

// Hands libpqxx the connection that we made, once: it must never reconnect behind our back, since
// what happened to the transaction has to be found out first.
class GivenConnection : public pqxx::connectionpolicy {
 public:
  explicit GivenConnection(RawConnection raw)
      : pqxx::connectionpolicy(std::string()), raw_(std::move(raw)) {}
  handle do_startconnect(handle given) override {
    if (given != nullptr) {  // asked a second time; a dead one stays dead
      return given;
    }
    if (raw_ == nullptr) {
      throw pqxx::broken_connection("the connection to the server is gone");
    }
    lent_ = raw_.release();
    return lent_;
  }
  handle do_completeconnect(handle connection) override { return connection; }
  handle do_disconnect(handle connection) noexcept override {
    lent_ = nullptr;
    return pqxx::connectionpolicy::do_disconnect(connection);
  }
  std::string last_words() const { return lent_ == nullptr ? "" : trimmed(PQerrorMessage(lent_)); }

 private:
  RawConnection raw_;
  PGconn* lent_ = nullptr;
};

class Connection : public pqxx::connection_base {
 public:
  explicit Connection(RawConnection raw) : pqxx::connection_base(policy_), policy_(std::move(raw)) {
    init();
  }
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;
  ~Connection() { close(); }

  pqxx::connection_base& libpqxx() { return *this; }
  /// What libpq said last; libpqxx drops it where the connection is lost.
  std::string last_words() const { return policy_.last_words(); }

 private:
  GivenConnection policy_;
};

class Notices : public pqxx::errorhandler {
 public:
  using pqxx::errorhandler::errorhandler;
  Listener listener = std::make_shared<std::function<void(std::string const&)>>();

  bool operator()(char const* message) noexcept override {
    tell_notice(message, listener);
    return false;
  }
};

// libpqxx skips the SET TRANSACTION for what it takes for the default, "READ COMMITTED" alone; but
// the server's default may be another one.
class ReadCommitted : public pqxx::internal::basic_transaction {
 public:
  explicit ReadCommitted(Connection& connection)
      : pqxx::internal::namedclass("transaction"),
        pqxx::internal::basic_transaction(connection, "READ COMMITTED READ WRITE",
                                          pqxx::read_write) {
    Begin();
  }
  ReadCommitted(ReadCommitted const&) = delete;
  ReadCommitted& operator=(ReadCommitted const&) = delete;
  ~ReadCommitted() noexcept override { End(); }
};

inline pqxx::result execute(pqxx::transaction_base& transaction, std::string_view sql,
                            std::vector<std::optional<std::string>> const& parameters) {
  std::vector<char const*> values;
  values.reserve(parameters.size());
  for (std::optional<std::string> const& parameter : parameters) {
    values.push_back(parameter ? parameter->c_str() : nullptr);
  }
  return transaction.exec_params(std::string(sql), pqxx::prepare::make_dynamic_params(values));
}

}  // namespace bellows::postgres
