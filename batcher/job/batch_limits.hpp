#pragma once

#include "batcher/job/table_facts.hpp"

#include <chrono>
#include <string>

/// How a batch's transaction begins, and whether it may write without locking first.
///
/// Locking each row before it is written costs 56 bytes of WAL and a third of the time, and serves
/// one purpose: a batch never waits for a row while it holds others. Where nobody else writes to
/// the table that cannot happen, so after a few looks that found nobody (no transaction but our
/// lanes' holds a lock on the table that writers and row lockers take), a lone UPDATE does. Should
/// somebody come just then, it waits for a moment (not less: the lock for extending the table is
/// waited for as well), fails, and from there rows are locked first again for a while. Nor can the
/// application be a deadlock's victim in that moment: it would have to have waited for us for its
/// deadlock_timeout, and such an UPDATE is cut after half of that, and not begun where it would
/// take nearly as long. That is the shortest one that the server, this database or any role has
/// set; what a superuser SETs in a session of his own, nobody else can see.
namespace bellows::batcher {

class Quiet {
 public:
  /// A look at the table's locks.
  void looked(bool nobody_writes) {
    streak_ = nobody_writes ? streak_ + 1 : 0;
    locking_for_ = locking_for_ > 0 ? locking_for_ - 1 : 0;
  }
  /// A lone UPDATE failed.
  void disturbed() {
    streak_ = 0;
    locking_for_ = 20;
  }
  bool lasts() const { return streak_ >= 3 && locking_for_ == 0; }

 private:
  int streak_ = 0;       // looks that found nobody
  int locking_for_ = 0;  // batches
};

struct Limits {
  std::chrono::milliseconds statement_timeout;
  std::chrono::milliseconds lock_timeout;
  std::chrono::milliseconds idle_timeout;  // in the transaction
};

/// Times for batches that lock first: the lock_timeout is shorter than the server's
/// deadlock_timeout, so that where a trigger of the user's makes us wait while we hold rows, it is
/// we who give way before the server looks for somebody to kill.
Limits locking_limits(Options const& options, TableFacts const& table);
/// And for a lone UPDATE.
Limits lone_limits(Limits const& locking, TableFacts const& table);
/// A batch that is expected to take so long is short enough for one.
bool may_be_lone(std::chrono::microseconds expected, TableFacts const& table);

/// What a batch's transaction finds as it begins.
struct Begun {
  bool nobody_writes = false;
  Updates before;
  int backend = 0;  // the server process that has the transaction, whatever pooler is in between
  std::int64_t newest = 0;  // transaction number of the server
};

/// The first statement of a batch: settings, all of them local to the transaction, and a look.
Begun begin_batch(postgres::Transaction& transaction, std::string const& job, Limits const& limits,
                  TableFacts const& table);

/// Just before the lone UPDATE.
void set_limits(postgres::Transaction& transaction, Limits const& limits);

/// Who brings a batch's WAL to the disk: the server, when it comes to it, or the batch's COMMIT.
enum class Flush : std::uint8_t { ByServer, ByCommit };

/// After the rows: what was written so far in the transaction, and `limits` for the rest of it.
Updates end_writing(postgres::Transaction& transaction, Limits const& limits,
                    TableFacts const& table, Flush flush);

/// The commit is to be as the session's own setting has it, replicas included.
void commit_on_disk(postgres::Transaction& transaction);

}  // namespace bellows::batcher
