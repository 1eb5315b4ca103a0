#include "batcher/keys/stripe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace bellows::batcher {
namespace {

struct Hash {
  std::string_view type;  // as format_type() prints it, without a length
  std::string_view function;
};

// The server's own hash functions, those with an argument of exactly this type (pg_proc). They
// depend on no setting, as a text of the value would.
constexpr std::array hashes{
    Hash{"smallint", "hashint2"},
    Hash{"integer", "hashint4"},
    Hash{"bigint", "hashint8"},
    Hash{"oid", "hashoid"},
    Hash{"uuid", "uuid_hash"},
    Hash{"text", "hashtext"},
    Hash{"character varying", "hashtext"},
    Hash{"character", "hashbpchar"},
    Hash{"numeric", "hash_numeric"},
    Hash{"real", "hashfloat4"},
    Hash{"double precision", "hashfloat8"},
    Hash{"timestamp without time zone", "timestamp_hash"},
};

}  // namespace

std::string key_hash(Key const& key) {
  std::string hash;
  for (KeyType const& column : key) {
    std::string_view const type = std::string_view(column.type).substr(0, column.type.find('('));
    auto const* const row =
        std::find_if(hashes.begin(), hashes.end(), [&](Hash const& of) { return of.type == type; });
    if (row != hashes.end()) {
      hash += fmt::format("{}pg_catalog.{}({})", hash.empty() ? "" : " # ", row->function,
                          column.name.quoted());
    }
  }
  return hash;
}

std::string and_stripes(std::string const& hash, Stripes const& stripes) {
  if (stripes.all()) {
    return {};
  }
  // Widened first: abs() of the smallest integer does not exist.
  std::string const number = fmt::format("abs(({})::bigint) % {}", hash, stripes.of);
  return stripes.first == stripes.last
             ? fmt::format(" AND {} = {}", number, stripes.first)
             : fmt::format(" AND {} BETWEEN {} AND {}", number, stripes.first, stripes.last);
}

}  // namespace bellows::batcher
