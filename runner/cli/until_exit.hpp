#pragma once

#include <memory>
#include <vector>

namespace bellows::runner {

/// What is not taken apart: a catalog of thousands of tables is gone with the process at once, and
/// to give back each of its names first would be a thirtieth of a check.
template <typename Value>
Value& until_exit(std::unique_ptr<Value> value) {
  static auto& kept = *new std::vector<Value*>;  // still referred to, for who looks for leaks
  kept.push_back(value.get());
  return *value.release();
}

}  // namespace bellows::runner
