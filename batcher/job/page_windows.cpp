#include "batcher/job/page_windows.hpp"

#include <algorithm>
#include <cmath>

namespace bellows::batcher {
namespace {

constexpr int most_walks = 8;

// Each walk but the first is expected to find little.
double share(Extents const& extents, PagePlace const& place) {
  double const left = 1 - 0.9 * share_of(extents, place);
  return 1 - std::pow(0.1, place.walk - 1) * left;
}

}  // namespace

PageWindows::PageWindows(Spec const& spec, OpenJob const& job)
    : spec_(spec), pages_(spec.table, job.pages->rows_a_page, job.pages->server_version) {}

Batch PageWindows::next(postgres::Transaction& transaction, Checkpoint const& at,
                        Wanted const& wanted) {
  Extents const extents = extents_in(at.upper.value());
  PagePlace place = at.cursor ? place_in(*at.cursor) : PagePlace{};
  std::int64_t const rows = std::min(wanted.part.value_or(wanted.rows), wanted.rows);
  auto const window = pages_.next(transaction, extents, place, rows);
  ends_walk_ = !window || window->last;
  Batch batch;
  batch.next = at;
  if (!window) {
    batch.cut_short = true;
    batch.part.leaf = Leaf{};
    batch.next.cursor = to_key(place);
    return batch;
  }
  batch.part = {window->range,
                {},
                rows == 1 && window->at_row,
                Leaf{window->name, pages_.and_pages(window->range)}};
  batch.rows = window->rows;
  batch.cut_short = window->cut_short;
  place.relation = window->relation;
  place.row = window->range.upto.front();
  batch.next.cursor = to_key(place);
  batch.next.rows_scanned += window->rows;
  batch.next.share = std::max(at.share, share(extents, place));
  return batch;
}

void PageWindows::wrote(postgres::Transaction& transaction, Batch& batch, std::int64_t rows) {
  PagePlace place = place_in(batch.next.cursor.value());
  place.found += rows;
  if (ends_walk_ && (place.found == 0 || place.walk == most_walks)) {
    batch.next.finished = true;
    batch.next.share = 1.0;
  } else if (ends_walk_) {
    place = {place.walk + 1};
    batch.next.upper = to_key(read_extents(transaction, spec_.table));
  }
  batch.next.cursor = to_key(place);
}

}  // namespace bellows::batcher
