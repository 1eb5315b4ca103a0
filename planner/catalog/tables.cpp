#include "planner/catalog/tables.hpp"

#include "planner/catalog/model.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace bellows::catalog {

namespace {

using sql::QualifiedName;

bool is_called(Table const& table, std::string_view schema, std::string_view name) {
  return table.name.name.raw() == name && table.name.schema.raw() == schema;
}

/// Names are short, and hashed many times for each statement: eight bytes at once, and no call.
std::size_t mixed(std::size_t hash, std::string_view text) {
  constexpr std::size_t odd = 0x9E3779B97F4A7C15U;  // Knuth's, of 64 bits
  auto const mix = [&](std::size_t bytes) {
    hash = (hash ^ bytes) * odd;
    hash ^= hash >> 32U;
  };
  mix(text.size());
  for (std::size_t bytes = 0; !text.empty();
       text.remove_prefix(std::min(sizeof bytes, text.size()))) {
    bytes = 0;
    std::memcpy(&bytes, text.data(), std::min(sizeof bytes, text.size()));
    mix(bytes);
  }
  return hash;
}

auto place_in(Shards<std::shared_ptr<Table>>::Shard const& shard, std::size_t hash,
              std::string_view schema, std::string_view name) {
  return std::ranges::find_if(shard, [&](auto const& one) {
    return one.hash == hash && is_called(*one.value, schema, name);
  });
}

auto place_of(std::vector<Table const*>& view, QualifiedName const& name) {
  return std::ranges::lower_bound(
      view, name, {}, [](Table const* table) -> auto const& { return table->name; });
}

}  // namespace

std::size_t hash_of(std::string_view schema, std::string_view name) {
  return mixed(mixed(0, schema), name);
}

std::size_t hash_of(QualifiedName const& name) {
  return hash_of(name.schema.raw(), name.name.raw());
}

Tables::Entry Tables::Iterator::operator*() const {
  Table const& table = *(*all_)[at_];
  return {table.name, table};
}

std::shared_ptr<Tables::View> const& Tables::view() const {
  if (view_ == nullptr) {
    auto all = std::make_shared<View>();
    all->reserve(size());
    by_hash_.each([&](auto const& shard) {
      for (auto const& [hash, table] : shard) {
        all->push_back(table.get());
      }
    });
    std::ranges::sort(
        *all, {}, [](Table const* table) -> auto const& { return table->name; });
    view_ = std::move(all);
  }
  return view_;
}

/// There is one. Who goes through the tables at present goes on with those that there were.
Tables::View& Tables::own_view() {
  if (view_.use_count() > 1) {
    view_ = std::make_shared<View>(*view_);
  }
  return *view_;
}

Table const* Tables::find(std::string_view schema, std::string_view name) const {
  if (found_ != nullptr && is_called(*found_, schema, name)) {
    return found_;
  }
  std::size_t const hash = hash_of(schema, name);
  auto const& shard = by_hash_.shard(hash);
  auto const found = place_in(shard, hash, schema, name);
  if (found == shard.end()) {
    return nullptr;
  }
  return found_ = found->value.get();
}

std::vector<Table const*> Tables::of_hash(std::size_t hash) const {
  std::vector<Table const*> found;
  for (auto const& one : by_hash_.shard(hash)) {
    if (one.hash == hash) {
      found.push_back(one.value.get());
    }
  }
  return found;
}

/// Where this copy alone keeps it; nullptr when there is none.
Tables::Shared* Tables::own(QualifiedName const& name) {
  found_ = nullptr;
  std::size_t const hash = hash_of(name);
  auto const& shard = by_hash_.shard(hash);
  auto const found = place_in(shard, hash, name.schema.raw(), name.name.raw());
  if (found == shard.end()) {
    return nullptr;
  }
  auto const at = static_cast<std::size_t>(found - shard.begin());
  return &by_hash_.own(hash)[at].value;
}

Table& Tables::replace(Shared& table, Shared with) {
  if (view_ != nullptr) {
    View& view = own_view();
    *place_of(view, table->name) = with.get();
  }
  table = std::move(with);
  return *table;
}

Table* Tables::edit(QualifiedName const& name) {
  Shared* table = own(name);
  if (table == nullptr) {
    return nullptr;
  }
  return table->use_count() > 1 ? &replace(*table, std::make_shared<Table>(**table)) : table->get();
}

void Tables::edit_where(std::function<bool(Table const&)> const& concerns,
                        std::function<void(Table&)> const& change) {
  auto const all = view();
  for (Table const* table : *all) {
    if (concerns(*table)) {
      change(*edit(table->name));
    }
  }
}

Table& Tables::put(Table table) {
  auto made = std::make_shared<Table>(std::move(table));
  if (Shared* there = own(made->name)) {
    return replace(*there, std::move(made));
  }
  Table& added = *made;
  by_hash_.add(hash_of(added.name), std::move(made));
  if (view_ != nullptr) {
    View& view = own_view();
    view.insert(place_of(view, added.name), &added);
  }
  return added;
}

std::optional<Table> Tables::take(QualifiedName const& name) {
  Shared const* there = own(name);
  if (there == nullptr) {
    return std::nullopt;
  }
  Shared const table = *there;
  erase(name);
  return table.use_count() > 1 ? *table : std::move(*table);
}

void Tables::erase(QualifiedName const& name) {
  Table const* gone = find(name);
  if (gone == nullptr) {
    return;
  }
  if (view_ != nullptr) {
    View& view = own_view();
    view.erase(place_of(view, name));
  }
  found_ = nullptr;
  by_hash_.erase(hash_of(name), [&](Shared const& one) { return one.get() == gone; });
}

void Tables::erase_schema(std::string_view schema) {
  auto const all = view();
  for (Table const* table : *all) {
    if (table->name.schema.raw() == schema) {
      erase(table->name);
    }
  }
}

bool Tables::operator==(Tables const& other) const {
  return std::ranges::equal(*view(), *other.view(),
                            [](Table const* a, Table const* b) { return a == b || *a == *b; });
}

std::vector<QualifiedName> differing(Tables const& a, Tables const& b) {
  std::vector<QualifiedName> names;
  auto const add_those_of = [&](Tables const& one, Tables const& other) {
    one.by_hash_.each([&](auto const& shard) {
      for (auto const& [hash, table] : shard) {
        auto const& others = other.by_hash_.shard(hash);
        if (&others == &shard) {
          return;  // in common
        }
        bool const there =
            std::ranges::any_of(others, [&](auto const& entry) { return entry.value == table; });
        if (!there) {
          names.push_back(table->name);
        }
      }
    });
  };
  add_those_of(a, b);
  add_those_of(b, a);
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

}  // namespace bellows::catalog
