#pragma once

#include "batcher/postgres/session.hpp"

#include <string>

namespace bellows::test {

/// A database of its own for one test, on the server of BELLOWS_TEST_DSN. Dropped in the destructor
/// with whoever is still connected; kept, and its name printed, where BELLOWS_KEEP_DB is set.
class TempDatabase {
 public:
  TempDatabase();
  /// On another server (an OwnCluster).
  explicit TempDatabase(std::string base_conninfo);
  TempDatabase(TempDatabase const&) = delete;
  TempDatabase& operator=(TempDatabase const&) = delete;
  ~TempDatabase();
  /// Another one with the same contents. Nobody may be connected to this one meanwhile.
  TempDatabase copy() const { return {base_, name_}; }

  std::string const& conninfo() const { return conninfo_; }
  std::string const& name() const { return name_; }
  /// A new connection to it.
  postgres::Session session(std::string const& purpose = "test") const;
  /// One statement or several in a session of its own, for setting a scene.
  void run(std::string const& statements) const;
  /// The first value of an answer; "" for NULL and for no row.
  std::string value(std::string const& sql) const;

 private:
  TempDatabase(std::string base_conninfo, std::string const& model);

  std::string base_;
  std::string name_;
  std::string conninfo_;
};

/// The server that db tests share; throws where the environment does not name one.
std::string test_server();

}  // namespace bellows::test
