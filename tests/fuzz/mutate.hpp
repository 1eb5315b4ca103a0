#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

/// Makes new inputs from old ones. The same seed gives the same inputs on every machine, so that a
/// failure can be had again.
namespace bellows::fuzz {

class Mutator {
 public:
  Mutator(std::uint64_t seed, std::size_t bytes_max) : random_(seed), bytes_max_(bytes_max) {}

  /// One of `corpus`, changed in one to eight places; now and then bytes of no origin at all.
  std::string next(std::vector<std::string> const& corpus);

  /// Uniform in [0, end); 0 for an empty range. No distribution of <random>: theirs differ between
  /// standard libraries.
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }

 private:
  void change(std::string& text, std::vector<std::string> const& corpus);
  std::string noise();

  std::mt19937_64 random_;
  std::size_t bytes_max_;
};

}  // namespace bellows::fuzz
