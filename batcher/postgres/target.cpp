#include "batcher/postgres/target.hpp"

#include "batcher/postgres/session.hpp"

#include <fmt/format.h>

#include <libpq-fe.h>
#include <map>
#include <memory>

namespace bellows::postgres {
namespace {

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;
using Values = std::map<std::string, std::string>;

bool is_uri(std::string const& conninfo) {
  return conninfo.starts_with("postgresql://") || conninfo.starts_with("postgres://");
}

Values values_of(PQconninfoOption const* option) {
  Values values;
  for (; option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val != nullptr) {
      values[option->keyword] = option->val;
    }
  }
  return values;
}

// The values that the string gives itself; `valid` is false where libpq cannot read it.
Values parse(std::string const& conninfo, bool& valid) {
  valid = true;
  if (!is_uri(conninfo) &&
      conninfo.find('=') == std::string::npos) {  // as psql: a bare word is a database's name
    return conninfo.empty() ? Values{} : Values{{"dbname", conninfo}};
  }
  char* error = nullptr;
  Options const options(PQconninfoParse(conninfo.c_str(), &error), &PQconninfoFree);
  PQfreemem(error);
  valid = options != nullptr;
  return values_of(options.get());
}

std::string get(Values const& values, std::string const& name) {
  auto const found = values.find(name);
  return found == values.end() ? std::string() : found->second;
}

// `postgres://user:p@ss@host/db` makes libpq look for the host "ss@host".
bool swallowed_password(std::string const& conninfo, Values const& values) {
  auto const holds_at = [&](char const* name) {
    return get(values, name).find('@') != std::string::npos;
  };
  return is_uri(conninfo) && (holds_at("host") || holds_at("port") ||
                              (get(values, "user").empty() && holds_at("dbname")));
}

std::string with_default(Values const& given, Values const& defaults, std::string const& name) {
  std::string const own = get(given, name);
  return own.empty() ? get(defaults, name) : own;
}

}  // namespace

std::string describe_target(std::string const& conninfo) {
  bool valid = false;
  Values const given = parse(conninfo, valid);
  if (!valid || swallowed_password(conninfo, given)) {
    return "a connection string that cannot be read";
  }
  Options const libpq(PQconndefaults(), &PQconninfoFree);
  Values const defaults = values_of(libpq.get());
  std::string const user = with_default(given, defaults, "user");
  std::string const database = with_default(given, defaults, "dbname");
  std::string host = with_default(given, defaults, "host");
  host = host.empty() ? with_default(given, defaults, "hostaddr") : host;
  std::string const service = with_default(given, defaults, "service");
  return fmt::format("database {} on {}:{} as {}{}", database.empty() ? user : database,
                     host.empty() ? "local socket" : host, with_default(given, defaults, "port"),
                     user, service.empty() ? "" : " (service " + service + ")");
}

std::string login_message(std::string const& conninfo, std::string message) {
  bool valid = false;
  Values const given = parse(conninfo, valid);
  if (swallowed_password(conninfo, given)) {
    return "the connection string cannot be read: in a URI, '@', '/', ':', '?' and '%' within the "
           "password must be percent-encoded";
  }
  if (valid) {
    return message;
  }
  // libpq quotes what it stumbled over, and that may be a part of the password.
  auto const first = message.find('"');
  auto const last = message.rfind('"');
  if (first != std::string::npos) {
    message.replace(first, last - first + 1, "(…)");
  }
  return "the connection string cannot be read: " + message;
}

}  // namespace bellows::postgres
