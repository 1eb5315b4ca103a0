#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

/// Values by hash, in a table whose copies have in common what neither has changed since: a copy
/// costs nothing, and a change copies the few values beside it. Not for several threads at once,
/// not even copies.
namespace bellows::catalog {

template <typename Value>
class Shards {
 public:
  struct Entry {
    std::size_t hash;
    Value value;
  };
  using Shard = std::vector<Entry>;

  std::size_t size() const { return size_; }

  /// Where values of this hash are, with a few others. Until the next change.
  Shard const& shard(std::size_t hash) const {
    return shards_ == nullptr ? none_ : seen((*shards_)[place_of(hash, *shards_)]);
  }

  /// The same, to change values in: no longer in common.
  Shard& own(std::size_t hash) {
    auto& shards = own_pointer(shards_);
    return own_pointer(shards[place_of(hash, shards)]);
  }

  void add(std::size_t hash, Value value) {
    constexpr std::size_t many = 8;  // in one, on average
    if (shards_ == nullptr || size_ >= shards_->size() * many) {
      grow();
    }
    own(hash).push_back({hash, std::move(value)});
    ++size_;
  }

  /// Those of this hash that `concerns` is true of.
  template <typename Predicate>
  void erase(std::size_t hash, Predicate concerns) {
    size_ -= std::erase_if(
        own(hash), [&](Entry const& entry) { return entry.hash == hash && concerns(entry.value); });
  }

  /// Each shard, also empty ones.
  template <typename Use>
  void each(Use use) const {
    for (std::size_t at = 0; shards_ != nullptr && at < shards_->size(); ++at) {
      use(seen((*shards_)[at]));
    }
  }

 private:
  using All = std::vector<std::shared_ptr<Shard>>;

  /// There are a power of two of them.
  static std::size_t place_of(std::size_t hash, All const& shards) {
    return hash & (shards.size() - 1);
  }

  template <typename Shared>
  static Shared& own_pointer(std::shared_ptr<Shared>& shared) {
    if (shared == nullptr) {
      shared = std::make_shared<Shared>();
    } else if (shared.use_count() > 1) {
      shared = std::make_shared<Shared>(*shared);
    }
    return *shared;
  }

  static Shard const& seen(std::shared_ptr<Shard> const& shard) {
    return shard == nullptr ? none_ : *shard;
  }

  void grow() {
    constexpr std::size_t first = 16;
    auto more = std::make_shared<All>(shards_ == nullptr ? first : shards_->size() * 2);
    each([&](Shard const& shard) {
      for (Entry const& entry : shard) {
        own_pointer((*more)[place_of(entry.hash, *more)]).push_back(entry);
      }
    });
    shards_ = std::move(more);
  }

  static inline Shard const none_;
  std::shared_ptr<All> shards_;
  std::size_t size_ = 0;
};

}  // namespace bellows::catalog
