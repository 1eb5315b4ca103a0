#pragma once

#include "planner/sql/parser/postgres.hpp"

#include <utility>

/// Where C++ calls PostgreSQL's code. Its errors are longjmps: they end in here.
namespace bellows::sql {

/// A memory context, in which PostgreSQL's code allocates from its making until rest() or its end;
/// given back as a whole. Several may be alive on one thread and end in any order, once the older
/// ones rest. It ends on the thread that made it: PostgreSQL keeps its contexts by thread.
class Memory {
 public:
  Memory() : context_(pg_query_enter_memory_context()) {}
  Memory(Memory&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}
  Memory& operator=(Memory&& other) noexcept {
    std::swap(context_, other.context_);
    return *this;
  }
  ~Memory() {
    if (context_ != nullptr) {
      pg_query_exit_memory_context(context_);
    }
  }

  /// What is allocated stays; nothing more is.
  static void rest() { MemoryContextSwitchTo(TopMemoryContext); }

 private:
  MemoryContext context_;
};

struct Failure {
  char const* message = nullptr;  // in the memory context; null: none
  int cursor = 0;                 // characters from 1; 0: unknown
};

/// Runs `body`, which may call what longjmps: it owns nothing, and throws nothing.
template <typename Body>
Failure guarded(Body&& body) {
  static_assert(noexcept(body()));
  MemoryContext const context = CurrentMemoryContext;
  Failure volatile failure;
  PG_TRY();
  { body(); }
  PG_CATCH();
  {
    MemoryContextSwitchTo(context);
    ErrorData const* const error = CopyErrorData();
    failure.message = error->message;
    failure.cursor = error->cursorpos;
    FlushErrorState();
  }
  PG_END_TRY();
  return {failure.message, failure.cursor};
}

}  // namespace bellows::sql
