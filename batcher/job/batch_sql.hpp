#pragma once

#include "batcher/job/job.hpp"
#include "batcher/keys/range_sql.hpp"
#include "batcher/keys/stripe.hpp"

/// The two statements that write a batch. Pure.
///
/// They are two, not one, because of what READ COMMITTED does to a row that somebody changed while
/// we waited for it (manual, 13.2.1). The first locks the matching rows in key order, re-reading
/// and re-checking each that has changed since. The second begins after that, with a new snapshot:
/// it sees the locked versions themselves, whatever page they are on and even where their key has
/// changed within the range. One statement with a locking CTE would look for them with the old
/// snapshot and miss such a row.
namespace bellows::batcher {

/// What becomes of a row that somebody else holds.
enum class OnLocked : std::uint8_t {
  GiveUp,  // fail at once: we never wait while we hold rows that the application may want next
  Wait,    // for the lock_timeout; only for a window of one row, when we hold nothing
};

/// One relation of those that hold a table's rows, when they are walked by pages.
struct Leaf {
  std::string name;       // quoted
  std::string and_pages;  // Pages::and_pages() of the range
};

/// The rows that a batch writes: those of some stripes of a range.
struct Part {
  Range range;  // by the job's key; in a leaf by page_key()
  Stripes stripes;
  bool last_only = false;  // of the range just the row at its upper bound
  std::optional<Leaf> leaf = std::nullopt;
};

/// The key that the range is of.
Key const& key_of(Key const& key, Part const& part);
/// The row at the range's upper bound: as its dead letter names it, and for people.
KeyValue row_name(Part const& part);
std::string row_words(Key const& key, Part const& part);

/// `SELECT count(*)` of the rows that match, locked FOR NO KEY UPDATE (which lets foreign keys'
/// checks pass); for a DELETE, which takes no less, FOR UPDATE. A copied row is locked as well:
/// what changes it later sees the copy, and whatever keeps the two in step finds it.
Statement lock_sql(Spec const& spec, Key const& key, Part const& part, OnLocked on_locked);

/// The UPDATE, as a query that answers how many rows it wrote and how many of them the predicate
/// takes still: a walk that comes by again would write those once more.
Statement marked_update_sql(Spec const& spec, Key const& key, Part const& part);

/// The UPDATE, DELETE or INSERT … SELECT. Alone the first two are right as well: they follow a row
/// that has changed to its newest version. But it waits where a row is held, while it holds others
/// (see batch_limits.hpp on when that is safe).
Statement write_sql(Spec const& spec, Key const& key, Part const& part);

}  // namespace bellows::batcher
