#pragma once

#include "batcher/keys/key.hpp"
#include "batcher/keys/range_sql.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The way through a table that has no key to go by: relation after relation, each by its pages.
///
/// A row has no name then, only a place, and an UPDATE of anybody's gives it another one. So what a
/// walk has seen, is every row version that was there when it began and still is; what has moved
/// meanwhile may have slipped through (also inside one statement: since the minor versions of
/// November 2025 a row that was moved while the statement waited for it no longer matches its old
/// place). One walk is therefore never enough to say that no row is left: that takes a walk, begun
/// after the others, that finds none.
namespace bellows::batcher {

/// The number of the lane that goes by pages, in bellows.lanes; those that go by key count from 0.
inline constexpr int page_lane = -1;

/// A relation that holds rows (the table, its partitions and children), and how many pages of it
/// there were as the walk began: what is added behind them is not the walk's business.
struct Extent {
  std::string relation;  // its oid
  std::int64_t pages = 0;
};
using Extents = std::vector<Extent>;

/// Those that hold anything, by oid. Throws std::invalid_argument where one has no pages of ours (a
/// foreign table).
Extents read_extents(postgres::Transaction& transaction, sql::QualifiedName const& table);

/// Where a walk stands. Walks over a table are numbered from 1.
struct PagePlace {
  int walk = 1;
  std::int64_t found = 0;      // rows that this walk has written
  std::string relation = "0";  // done are those before it, and of it the rows up to `row`
  std::string row = "(0,0)";
};

/// As the ledger keeps them.
KeyValue to_key(Extents const& extents);
Extents extents_in(KeyValue const& key);
KeyValue to_key(PagePlace const& place);
PagePlace place_in(KeyValue const& key);

/// The key of a row within its relation: its place.
Key const& page_key();

/// The share of all pages that lies before the place.
double share_of(Extents const& extents, PagePlace const& place);

/// Rows that lie beside one another in one relation.
struct PageWindow {
  std::string relation;  // oid
  std::string name;      // quoted; empty: the relation is gone, or no longer one of the table's
  Range range;           // by page_key()
  std::int64_t rows = 0;
  bool cut_short = false;  // by the end of the relation
  bool at_row = false;     // it ends at a row, not between two pages
  bool last = false;       // of the walk
};

/// Cuts windows of about so many rows. Learns how many rows a page holds; one walk, one thread.
class Pages {
 public:
  /// `table`: whose relations are walked. `rows_a_page`: an estimate. `version`: the server's
  /// (150018): TID ranges came with 14.
  Pages(sql::QualifiedName table, double rows_a_page, int version);

  /// The next window of at most `rows` rows, behind `place`; nothing at the end of the walk.
  std::optional<PageWindow> next(postgres::Transaction& transaction, Extents const& extents,
                                 PagePlace const& place, std::int64_t rows);

  /// ` AND …`, to read the pages of a range alone on servers that would read them all.
  std::string and_pages(Range const& range) const;

 private:
  std::string name_of(postgres::Transaction& transaction, std::string const& relation) const;
  std::int64_t pages_for(std::int64_t rows) const;

  sql::QualifiedName table_;
  double rows_a_page_;
  bool ranges_;  // the server reads a range of places by itself
};

}  // namespace bellows::batcher
