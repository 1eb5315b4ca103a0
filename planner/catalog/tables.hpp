#pragma once

#include "planner/sql/identifier.hpp"

#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>

/// The tables of a catalog, by name. Copies have each table in common until one of them edits it:
/// a plan is made in a world of its own, and of a thousand tables it changes one or two. A table
/// that is handed out to be edited belongs to this copy alone; what was handed out to be read stays
/// as it was, as long as another copy has it. Not for several threads at once, not even copies.
namespace bellows::catalog {

struct Table;

class Tables {
  using Map = std::map<sql::QualifiedName, std::shared_ptr<Table>>;

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
    explicit Iterator(Map::const_iterator at) : at_(at) {}
    Entry operator*() const { return {at_->first, *at_->second}; }
    Entry operator->() const { return **this; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    void operator++(int) { ++at_; }
    bool operator==(Iterator const&) const = default;

   private:
    Map::const_iterator at_;
  };

  Iterator begin() const { return Iterator(by_name_.begin()); }
  Iterator end() const { return Iterator(by_name_.end()); }
  std::size_t size() const { return by_name_.size(); }
  bool empty() const { return by_name_.empty(); }
  bool contains(sql::QualifiedName const& name) const { return by_name_.contains(name); }

  /// nullptr when there is none of that name.
  Table const* find(sql::QualifiedName const& name) const;
  Table* edit(sql::QualifiedName const& name);
  /// Edits those that `concerns` is true of.
  void edit_where(std::function<bool(Table const&)> const& concerns,
                  std::function<void(Table&)> const& change);
  /// Replaces one of the same name.
  Table& put(Table table);
  std::optional<Table> take(sql::QualifiedName const& name);
  void erase(sql::QualifiedName const& name) { by_name_.erase(name); }
  void erase_schema(std::string_view schema);

  bool operator==(Tables const& other) const;

 private:
  Map by_name_;
};

}  // namespace bellows::catalog
