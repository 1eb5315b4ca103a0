#include "batcher/preview/filled.hpp"

#include "batcher/keys/key.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

Filled filled(Spec const& spec, Update const& update) {
  return {Writes::Update, spec.table, update.set};
}

Filled filled(Spec const& spec, Delete const& /*action*/) {
  return {Writes::Delete, spec.table, {}};
}

Filled filled(Spec const& /*spec*/, Copy const& copy) {
  return {Writes::Copy, copy.into, copy.columns};
}

}  // namespace

Filled filled(Spec const& spec) {
  return std::visit([&](auto const& action) { return filled(spec, action); }, spec.action);
}

bool columns_exist(postgres::Transaction& transaction, Filled const& filled) {
  KeyValue names;
  for (auto const& [column, expression] : filled.columns) {
    names.push_back(column.raw());
  }
  return transaction
      .run(
          "SELECT NOT EXISTS (SELECT FROM jsonb_array_elements_text($2::jsonb) AS name WHERE NOT"
          " EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass($1) AND"
          " attname::text = name AND attnum > 0 AND NOT attisdropped))",
          {filled.table.quoted(), to_json(names)})
      .truth(0, 0);
}

std::string matches(Spec const& spec) {
  return spec.where.empty() ? "true" : "(" + spec.where + "\n) IS TRUE";
}

bool is_touch(Spec const& spec) {
  auto const* const update = std::get_if<Update>(&spec.action);
  return update != nullptr && std::ranges::all_of(update->set, [](auto const& each) {
           return each.second == each.first.quoted();
         });
}

bool can_be_asked(postgres::Transaction& transaction, Spec const& spec) {
  try {
    transaction.run(
        fmt::format("EXPLAIN SELECT FROM {} WHERE {}", spec.table.quoted(), matches(spec)));
    return true;
  } catch (postgres::Failure const& failure) {
    constexpr char const* no_such_column = "42703";
    if (failure.sqlstate != no_such_column) {
      throw;
    }
    return false;
  }
}

}  // namespace bellows::batcher
