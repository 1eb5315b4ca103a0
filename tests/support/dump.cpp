#include "tests/support/dump.hpp"

#include <cstdio>
#include <stdexcept>

namespace bellows::test {

namespace {

std::string output_of(std::string const& command) {
  std::string text;
  FILE* const pipe = popen(command.c_str(), "r");
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    text.append(buffer, got);
  }
  if (pclose(pipe) != 0) {
    throw std::runtime_error(command + ": " + text);
  }
  return text;
}

}  // namespace

std::string dump(std::string const& conninfo) {
  return output_of("pg_dump --schema-only '" + conninfo + "' 2>&1");
}

bool can_dump(postgres::Session const& session) {
  std::string const version = output_of("pg_dump --version");  // pg_dump (PostgreSQL) 15.20 …
  return std::stoi(version.substr(version.find(") ") + 2)) >= session.server_version() / 10'000;
}

}  // namespace bellows::test
