#pragma once

#include "batcher/job/batch_limits.hpp"
#include "batcher/job/batch_sql.hpp"
#include "batcher/job/open_job.hpp"
#include "batcher/letters/breaker.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace bellows::batcher {

/// How a batch's rows are to be written.
struct Writing {
  Part part;
  int lane = 0;
  std::string name;       // of the batch, for events
  bool lone = false;      // without locking first (batch_limits.hpp)
  bool last_try = false;  // the one row has outlived its budget: set aside if it is busy once more
};

struct Written {
  std::int64_t rows = 0;
  std::chrono::microseconds waited{0};  // for a lock
  bool set_aside = false;               // its row went to the dead letters
};

/// Writes a batch's rows, in the caller's transaction. One lane, one thread; the references outlive
/// it.
class Writer {
 public:
  /// Whether a failure of the one row is noted rather than thrown.
  using IsTheRows = std::function<bool(postgres::Failure const&)>;

  Writer(Spec const& spec, OpenJob const& job, Limits const& limits, Breaker& breaker,
         Observer const& observe, IsTheRows is_the_rows);

  /// Throws postgres::Failure; TooManyDeadLetters.
  Written write(postgres::Transaction& transaction, Writing const& writing) const;

 private:
  void lock_and_write(postgres::Transaction& transaction, Writing const& writing,
                      Written& written) const;
  Written write_one(postgres::Transaction& transaction, Writing const& writing) const;
  std::int64_t write_rows(postgres::Transaction& transaction, Part const& part) const;
  void set_aside(postgres::Transaction& transaction, Writing const& writing,
                 postgres::Failure const& failure) const;
  void tell(std::string_view what, std::string detail) const;

  Spec const& spec_;
  OpenJob const& job_;
  Limits limits_;
  Breaker& breaker_;
  Observer const& observe_;
  IsTheRows is_the_rows_;
};

}  // namespace bellows::batcher
