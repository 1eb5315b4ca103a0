#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bellows::agree {

/// The same numbers on every machine for the same seed (splitmix64).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  /// 0 to n - 1; 0 for n = 0.
  std::size_t below(std::size_t n) {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return n == 0 ? 0 : static_cast<std::size_t>((z ^ (z >> 31U)) % n);
  }
  bool percent(std::size_t chance) { return below(100) < chance; }

  template <typename T>
  T const& of(std::vector<T> const& items) {
    return items[below(items.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace bellows::agree
