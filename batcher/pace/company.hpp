#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace bellows::batcher {

/// Whether others write on the same server, in any database: those who commit feel our WAL.
///
/// A COMMIT waits until all WAL before it is on disk, ours as well. Batches that leave theirs to
/// the server's WAL writer therefore make everybody else's commits slower, and a long one keeps a
/// core busy on which somebody waits. Measured on two cores, 100 writes a second beside a backfill,
/// p99 of such a write against 1.2 ms alone: batches of 25 ms 5.5 to 12 ms; of 2 ms 4.8 ms; of 2
/// ms, each of which flushes its own WAL, 1.7 ms. That costs two thirds of the rate, so it is done
/// where there is somebody to spare, and until it is known that there is nobody.
///
/// Each transaction that writes takes a transaction number, and no other does; ours are counted
/// (PostgreSQL manual, "Transactions and Identifiers"). A savepoint that writes takes one, too: so
/// a trigger with an EXCEPTION block, which our own rows fire, looks like company. What is left
/// fills a bucket that leaks `background` a second: monitoring and autovacuum do not count as
/// company. Pure; the caller tells the time; not thread-safe.
class Company {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr double background = 5;  // writing transactions a second
  static constexpr double enough = 3;      // of them in the bucket: company has come
  static constexpr double most = 10;       // in the bucket: it is gone two seconds after its last

  /// The newest transaction number of the server, as a batch of ours begins, which will take one,
  /// or one more for a savepoint.
  void batch_begins(std::int64_t newest, Clock::time_point now, int takes = 1);
  bool here() const { return here_; }

 private:
  std::optional<std::int64_t> newest_;
  Clock::time_point at_{};
  std::int64_t ours_ = 0;           // numbers taken, or about to be, that have not been seen yet
  double level_ = background / 20;  // gone in a twentieth of a second
  bool here_ = true;
};

}  // namespace bellows::batcher
