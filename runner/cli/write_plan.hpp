#pragma once

#include "planner/plan/plan.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bellows::runner {

/// Why the file of a plan was left as it is.
enum class Kept : std::uint8_t {
  No,          // it was written, or says the same
  Differs,     // for the same statements and schema, and has other steps
  Stale,       // for others, and nothing says that nobody has edited it
  Unreadable,  // what stands in it is nobody's but the author's
};

/// What became of the file of a plan.
struct WrittenPlan {
  Kept kept = Kept::No;
  bool same = false;                     // nothing was to be written
  std::vector<std::string> differences;  // between it and what is planned
  std::string unreadable;                // the mistake in it
};

/// `yaml` and a last line that tells whether it is still as bellows wrote it: a comment with the
/// hash of all before it. Pure.
std::string sealed(std::string const& yaml);
/// It has such a line, and it is true. Line ends do not count. Pure.
bool is_as_written(std::string const& text);

/// Writes `yaml`, the text of `plan`, sealed. What somebody has put into the file there is not lost
/// without `overwrite`: one with other steps for the same statements and schema is kept, and so is
/// one that is stale or can't be read, unless its seal is true (one that can't be read: always).
/// Throws ProjectError where the file can't be read or written.
WrittenPlan write_plan(std::filesystem::path const& path, plan::Plan const& plan,
                       std::string const& yaml, bool overwrite);

}  // namespace bellows::runner
