#include "batcher/postgres/failure.hpp"

#include <fmt/core.h>

#include <cstddef>
#include <cstdio>
#include <dlfcn.h>
#include <tuple>

// libpq brings twenty libraries (TLS, Kerberos, LDAP): a third of the time and of the memory in
// which `bellows check` judges a file, and it asks no server. So they are loaded when the first of
// libpq's functions is called. These here are the ones that the program is linked with; each has
// the type that libpq's header gives it. What is not among them is linked as ever, and all of libpq
// with it, from the start.
#pragma GCC visibility push(hidden)  // nobody else's calls shall come through here
#include <libpq-fe.h>
#pragma GCC visibility pop

namespace {

using bellows::postgres::CannotConnect;
using bellows::postgres::FailureKind;

void* open_libpq() {
  void* const library = dlopen("libpq.so.5", RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) {
    throw CannotConnect(FailureKind::Permanent, "",
                        fmt::format("libpq, which talks to the server, cannot be loaded: {}; "
                                    "Debian's package of it is libpq5",
                                    dlerror()));
  }
  return library;
}

template <typename Function>
Function* of_libpq(char const* name) {
  static void* const library = open_libpq();
  void* const found = dlsym(library, name);
  if (found == nullptr) {
    throw CannotConnect(
        FailureKind::Permanent, "",
        fmt::format("libpq is older than what bellows was built with: {}", dlerror()));
  }
  return reinterpret_cast<Function*>(found);  // NOLINT: what dlsym() is for
}

template <typename Function>
struct Signature;

template <typename R, typename... Arguments>
struct Signature<R(Arguments...)> {
  using Result = R;
  template <std::size_t at>
  using Argument = std::tuple_element_t<at, std::tuple<Arguments...>>;
};

}  // namespace

// NOLINTBEGIN: one macro for each number of arguments
#define LATE(name, parameters, arguments)                          \
  extern "C" Signature<decltype(name)>::Result name parameters {   \
    static auto* const function = of_libpq<decltype(name)>(#name); \
    return function arguments;                                     \
  }
#define LATE_ARGUMENT(name, at, as) Signature<decltype(name)>::Argument<at> as
#define LATE_ARGUMENTS_3(name) \
  LATE_ARGUMENT(name, 0, a), LATE_ARGUMENT(name, 1, b), LATE_ARGUMENT(name, 2, c)
#define LATE_ARGUMENTS_4(name) LATE_ARGUMENTS_3(name), LATE_ARGUMENT(name, 3, d)
#define LATE_ARGUMENTS_5(name) LATE_ARGUMENTS_4(name), LATE_ARGUMENT(name, 4, e)
#define LATE_ARGUMENTS_7(name) \
  LATE_ARGUMENTS_5(name), LATE_ARGUMENT(name, 5, f), LATE_ARGUMENT(name, 6, g)
#define LATE_ARGUMENTS_8(name) LATE_ARGUMENTS_7(name), LATE_ARGUMENT(name, 7, h)
#define LATE_0(name) LATE(name, (), ())
#define LATE_1(name) LATE(name, (LATE_ARGUMENT(name, 0, a)), (a))
#define LATE_2(name) LATE(name, (LATE_ARGUMENT(name, 0, a), LATE_ARGUMENT(name, 1, b)), (a, b))
#define LATE_3(name) LATE(name, (LATE_ARGUMENTS_3(name)), (a, b, c))
#define LATE_4(name) LATE(name, (LATE_ARGUMENTS_4(name)), (a, b, c, d))
#define LATE_5(name) LATE(name, (LATE_ARGUMENTS_5(name)), (a, b, c, d, e))
#define LATE_7(name) LATE(name, (LATE_ARGUMENTS_7(name)), (a, b, c, d, e, f, g))
#define LATE_8(name) LATE(name, (LATE_ARGUMENTS_8(name)), (a, b, c, d, e, f, g, h))
// NOLINTEND

LATE_0(PQconndefaults)
LATE_0(PQisthreadsafe)

LATE_1(PQbackendPID)
LATE_1(PQclear)
LATE_1(PQclientEncoding)
LATE_1(PQcmdStatus)
LATE_1(PQcmdTuples)
LATE_1(PQconnectPoll)
LATE_1(PQconnectStart)
LATE_1(PQconnectdb)
LATE_1(PQconninfo)
LATE_1(PQconninfoFree)
LATE_1(PQconsumeInput)
LATE_1(PQdb)
LATE_1(PQendcopy)
LATE_1(PQerrorMessage)
LATE_1(PQfinish)
LATE_1(PQfreeCancel)
LATE_1(PQfreemem)
LATE_1(PQgetCancel)
LATE_1(PQgetResult)
LATE_1(PQhost)
LATE_1(PQisBusy)
LATE_1(PQnfields)
LATE_1(PQnotifies)
LATE_1(PQntuples)
LATE_1(PQoidValue)
LATE_1(PQport)
LATE_1(PQprotocolVersion)
LATE_1(PQreset)
LATE_1(PQresultErrorMessage)
LATE_1(PQresultStatus)
LATE_1(PQserverVersion)
LATE_1(PQsocket)
LATE_1(PQstatus)
LATE_1(PQuntrace)
LATE_1(PQuser)
LATE_1(pg_encoding_to_char)

LATE_2(PQconninfoParse)
LATE_2(PQencryptPassword)
LATE_2(PQexec)
LATE_2(PQfmod)
LATE_2(PQfname)
LATE_2(PQfnumber)
LATE_2(PQfsize)
LATE_2(PQftable)
LATE_2(PQftablecol)
LATE_2(PQftype)
LATE_2(PQinitOpenSSL)
LATE_2(PQputCopyEnd)
LATE_2(PQresultErrorField)
LATE_2(PQsendQuery)
LATE_2(PQsetClientEncoding)
LATE_2(PQsetErrorVerbosity)
LATE_2(PQtrace)
LATE_2(PQunescapeBytea)

LATE_3(PQcancel)
LATE_3(PQconnectdbParams)
LATE_3(PQescapeIdentifier)
LATE_3(PQgetCopyData)
LATE_3(PQgetisnull)
LATE_3(PQgetlength)
LATE_3(PQgetvalue)
LATE_3(PQputCopyData)
LATE_3(PQsetNoticeProcessor)

LATE_4(PQencryptPasswordConn)
LATE_4(PQescapeByteaConn)

LATE_5(PQescapeStringConn)
LATE_5(PQprepare)

LATE_7(PQexecPrepared)

LATE_8(PQexecParams)
