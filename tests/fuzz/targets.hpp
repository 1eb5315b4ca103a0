#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::fuzz {

/// Something that reads what people write. `run` must come back, whatever the bytes; it throws
/// Broken where an answer contradicts another.
struct Target {
  std::string_view name;
  std::vector<std::string> (*corpus)();
  void (*run)(std::string_view input);
};

struct Broken {
  std::string what;
};

std::span<Target const> targets();

}  // namespace bellows::fuzz
