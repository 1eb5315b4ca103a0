#include "batcher/keys/pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace bellows::batcher {
namespace {

using postgres::Rows;
using postgres::Transaction;

constexpr int first_with_ranges = 140'000;
constexpr std::int64_t most_pages = 4'096;
constexpr std::int64_t most_pages_listed = 64;  // each with every line that it may have
constexpr std::int64_t most_lines = 291;        // of a page of 8 kB (MaxHeapTuplesPerPage)
constexpr double spare = 1.2;                   // pages more than the rows should need

// A partitioned table holds no rows itself. Children by inheritance are the table's rows, too.
constexpr char const* extents_query = R"(
WITH RECURSIVE family AS (
  SELECT $1::regclass::oid AS relid
  UNION
  SELECT i.inhrelid FROM family f JOIN pg_catalog.pg_inherits i ON i.inhparent = f.relid
)
SELECT c.oid, pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::bigint, c.relkind,
       quote_ident(n.nspname) || '.' || quote_ident(c.relname)
FROM family f
JOIN pg_catalog.pg_class c ON c.oid = f.relid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind <> 'p'
ORDER BY c.oid)";

std::int64_t page_of(std::string const& row) {
  return std::stoll(row.substr(1));
}

// Between two pages: no row has the line 0.
std::string before_page(std::int64_t page) {
  return fmt::format("({},0)", page);
}

bool before(std::string const& relation, std::string const& other) {
  return std::stoull(relation) < std::stoull(other);
}

}  // namespace

Extents read_extents(Transaction& transaction, sql::QualifiedName const& table) {
  Rows const rows = transaction.run(extents_query, {table.quoted()});
  Extents extents;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows.text(row, 2) != "r" && rows.text(row, 2) != "m") {
      throw std::invalid_argument(
          fmt::format("{} has no key that every row has, and {} has no pages to go by instead: it "
                      "is no table of this server",
                      table.display(), rows.text(row, 3)));
    }
    if (rows.number(row, 1) > 0) {
      extents.push_back({rows.text(row, 0), rows.number(row, 1)});
    }
  }
  return extents;
}

KeyValue to_key(Extents const& extents) {
  KeyValue key;
  for (Extent const& extent : extents) {
    key.push_back(extent.relation);
    key.push_back(std::to_string(extent.pages));
  }
  return key;
}

Extents extents_in(KeyValue const& key) {
  Extents extents;
  for (std::size_t i = 0; i + 1 < key.size(); i += 2) {
    extents.push_back({key[i], std::stoll(key[i + 1])});
  }
  return extents;
}

KeyValue to_key(PagePlace const& place) {
  return {std::to_string(place.walk), std::to_string(place.found), place.relation, place.row};
}

PagePlace place_in(KeyValue const& key) {
  if (key.size() != 4) {
    throw std::invalid_argument("not a place in a walk over pages: " + to_json(key));
  }
  return {std::stoi(key[0]), std::stoll(key[1]), key[2], key[3]};
}

Key const& page_key() {
  static Key const key{{sql::Identifier("ctid"), "tid", "", false, false}};
  return key;
}

double share_of(Extents const& extents, PagePlace const& place) {
  double done = 0;
  double all = 0;
  for (Extent const& extent : extents) {
    auto const pages = static_cast<double>(extent.pages);
    all += pages;
    if (before(extent.relation, place.relation)) {
      done += pages;
    } else if (extent.relation == place.relation) {
      done += std::min(pages, static_cast<double>(page_of(place.row)));
    }
  }
  return all > 0 ? done / all : 1.0;
}

Pages::Pages(sql::QualifiedName table, double rows_a_page, int version)
    : table_(std::move(table)),
      rows_a_page_(std::max(rows_a_page, 1.0)),
      ranges_(version >= first_with_ranges) {}

std::optional<PageWindow> Pages::next(Transaction& transaction, Extents const& extents,
                                      PagePlace const& place, std::int64_t rows) {
  auto const here = std::find_if(extents.begin(), extents.end(), [&](Extent const& extent) {
    return before(place.relation, extent.relation) ||
           (extent.relation == place.relation && page_of(place.row) < extent.pages);
  });
  if (here == extents.end()) {
    return std::nullopt;
  }
  PageWindow window;
  window.relation = here->relation;
  std::string const from = here->relation == place.relation ? place.row : before_page(0);
  std::int64_t const upto = std::min(page_of(from) + pages_for(rows), here->pages);
  window.range = {KeyValue{from}, {before_page(upto)}};
  window.name = name_of(transaction, here->relation);
  bool const at_end = upto == here->pages;
  if (!window.name.empty()) {
    Statement statement;
    std::string const condition =
        within(statement, page_key(), window.range) + and_pages(window.range);
    std::string const number = statement.bind(std::to_string(rows), "int");
    statement.sql =
        fmt::format("SELECT count(*), (array_agg(ctid ORDER BY ctid))[{}] FROM ONLY {} WHERE {}",
                    number, window.name, condition);
    Rows const found = transaction.run(statement.sql, statement.parameters);
    window.rows = found.number(0, 0);
    double const pages = static_cast<double>(upto - page_of(from));
    rows_a_page_ = std::max(static_cast<double>(window.rows) / pages, 0.01);
    if (window.rows > rows) {
      window.range.upto = {found.text(0, 1)};
      window.rows = rows;
      window.at_row = true;
    } else if (window.rows == rows) {
      window.at_row = rows == 1;
      window.range.upto = {rows == 1 ? found.text(0, 1) : before_page(upto)};
    }
  } else {
    window.range.upto = {before_page(here->pages)};
  }
  bool const ends = page_of(window.range.upto.front()) == here->pages;
  window.cut_short = ends || (at_end && window.rows < rows);
  window.last = ends && std::next(here) == extents.end();
  return window;
}

// Asked each time: a partition may be detached or dropped, or get another name, between two.
std::string Pages::name_of(Transaction& transaction, std::string const& relation) const {
  Rows const rows = transaction.run(
      "WITH RECURSIVE above AS (SELECT $1::oid AS relid UNION"
      " SELECT i.inhparent FROM above a JOIN pg_catalog.pg_inherits i ON i.inhrelid = a.relid)"
      " SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_catalog.pg_class c"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::oid"
      " AND EXISTS (SELECT FROM above WHERE relid = $2::regclass)",
      {relation, table_.quoted()});
  return rows.empty() ? std::string() : rows.text(0, 0);
}

std::int64_t Pages::pages_for(std::int64_t rows) const {
  auto const pages =
      static_cast<std::int64_t>(std::ceil(static_cast<double>(rows) * spare / rows_a_page_));
  return std::clamp<std::int64_t>(pages + 1, 2, ranges_ ? most_pages : most_pages_listed);
}

std::string Pages::and_pages(Range const& range) const {
  if (ranges_) {
    return {};
  }
  return fmt::format(
      " AND ctid = ANY (ARRAY(SELECT format('(%s,%s)', page, line)::tid"
      " FROM generate_series({}, {}) AS page, generate_series(1, {}) AS line))",
      page_of(range.after->front()), page_of(range.upto.front()), most_lines);
}

}  // namespace bellows::batcher
