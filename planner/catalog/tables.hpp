#pragma once

#include "planner/catalog/shards.hpp"
#include "planner/sql/identifier.hpp"

#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

/// The tables of a catalog, by name; who goes through all of them does so in the order of their
/// names. Copies have each table in common until one of them edits it, and cost nothing: a plan is
/// made in a world of its own, and of a thousand tables it changes one or two. A table that is
/// handed out to be edited belongs to this copy alone, and keeps its name; what was handed out to
/// be read stays as it was, as long as another copy has it. Not for several threads at once, not
/// even copies.
namespace bellows::catalog {

struct Table;

class Tables {
  using View = std::vector<Table const*>;

 public:
  struct Entry {
    sql::QualifiedName const& first;
    Table const& second;
    Entry const* operator->() const { return this; }
  };

  class Iterator {
   public:
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    Iterator() = default;
    Iterator(std::shared_ptr<View const> all, std::size_t at) : all_(std::move(all)), at_(at) {}
    Entry operator*() const;
    Entry operator->() const { return **this; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    void operator++(int) { ++at_; }
    bool operator==(Iterator const& other) const { return at_ == other.at_; }

   private:
    std::shared_ptr<View const> all_;
    std::size_t at_ = 0;
  };

  Iterator begin() const { return {view(), 0}; }
  Iterator end() const { return {nullptr, size()}; }
  std::size_t size() const { return by_hash_.size(); }
  bool empty() const { return size() == 0; }
  bool contains(sql::QualifiedName const& name) const { return find(name) != nullptr; }

  /// nullptr when there is none of that name.
  Table const* find(sql::QualifiedName const& name) const {
    return find(name.schema.raw(), name.name.raw());
  }
  Table const* find(std::string_view schema, std::string_view name) const;
  /// Those whose name has this hash: at most one, but for chance.
  std::vector<Table const*> of_hash(std::size_t hash) const;
  Table* edit(sql::QualifiedName const& name);
  /// Edits those that `concerns` is true of.
  void edit_where(std::function<bool(Table const&)> const& concerns,
                  std::function<void(Table&)> const& change);
  /// Replaces one of the same name.
  Table& put(Table table);
  std::optional<Table> take(sql::QualifiedName const& name);
  void erase(sql::QualifiedName const& name);
  void erase_schema(std::string_view schema);

  bool operator==(Tables const& other) const;
  /// The names of those that are made, changed or gone between two, of which one was copied from
  /// the other. Sorted.
  friend std::vector<sql::QualifiedName> differing(Tables const& a, Tables const& b);

 private:
  using Shared = std::shared_ptr<Table>;

  std::shared_ptr<View> const& view() const;
  View& own_view();
  Shared* own(sql::QualifiedName const& name);
  Table& replace(Shared& table, Shared with);

  Shards<Shared> by_hash_;
  mutable std::shared_ptr<View> view_;  // by name; nullptr until somebody goes through them
  /// The last one found: a statement asks for its table a dozen times. Until the next edit.
  mutable Table const* found_ = nullptr;
};

std::vector<sql::QualifiedName> differing(Tables const& a, Tables const& b);

/// Of a table's name.
std::size_t hash_of(std::string_view schema, std::string_view name);
std::size_t hash_of(sql::QualifiedName const& name);

}  // namespace bellows::catalog
