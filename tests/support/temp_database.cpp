#include "tests/support/temp_database.hpp"

#include "planner/sql/identifier.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

namespace bellows::test {
namespace {

std::string next_name() {
  static std::atomic<int> count{0};
  return fmt::format("t_{}_{}", ::getpid(), ++count);
}

}  // namespace

std::string test_server() {
  char const* dsn = std::getenv("BELLOWS_TEST_DSN");
  if (dsn == nullptr) {
    throw std::runtime_error("BELLOWS_TEST_DSN is not set: run the tests with ctest");
  }
  return dsn;
}

TempDatabase::TempDatabase() : TempDatabase(test_server()) {}

TempDatabase::TempDatabase(std::string base_conninfo)
    : TempDatabase(std::move(base_conninfo), "template0") {}

TempDatabase::TempDatabase(std::string base_conninfo, std::string const& model)
    : base_(std::move(base_conninfo)), name_(next_name()), conninfo_(base_ + " dbname=" + name_) {
  postgres::Session session = postgres::Session::connect(base_, "test set-up");
  session.run("CREATE DATABASE " + name_ + " TEMPLATE " + model);
}

TempDatabase::~TempDatabase() {
  if (std::getenv("BELLOWS_KEEP_DB") != nullptr) {
    fmt::print(stderr, "kept: psql \"{}\"\n", conninfo_);
    return;
  }
  try {
    postgres::Session session = postgres::Session::connect(base_, "test tear-down");
    session.run("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  } catch (std::exception const& error) {
    fmt::print(stderr, "{} is left behind: {}\n", name_, error.what());
  }
}

postgres::Session TempDatabase::session(std::string const& purpose) const {
  return postgres::Session::connect(conninfo_, purpose);
}

// A DO block's EXECUTE takes what the extended protocol would not: several statements at once.
void TempDatabase::run(std::string const& statements) const {
  session().run(fmt::format("DO $do$ BEGIN EXECUTE {}; END $do$", sql::quote_literal(statements)));
}

std::string TempDatabase::value(std::string const& sql) const {
  postgres::Rows const rows = session().run(sql);
  return rows.empty() ? std::string() : rows.text(0, 0);
}

}  // namespace bellows::test
