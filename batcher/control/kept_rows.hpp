#pragma once

#include "batcher/signals/sample.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bellows::batcher {

/// Who is to blame where dead rows stay: somebody's old snapshot makes each row that is written
/// take new room in the table and in every index. Told as it happens, not at the end. Pure: what
/// lanes saw and who holds a snapshot in, a sentence out. Not thread-safe.
class KeptRows {
 public:
  /// `waits`: nothing more is written until the one who is to blame has gone.
  explicit KeptRows(bool waits) : waits_(waits) {}

  /// A lane wrote a range in stripes, and hardly any of its rows found room where earlier ones had
  /// died.
  void stayed() { stayed_ = true; }

  /// After a look at those who hold a snapshot. A line for people, once for each of them; nothing
  /// where nothing is new.
  std::optional<std::string> look(std::vector<HolderSample> const& holders);

  /// Why nothing may be written; empty: it may.
  std::string const& holds() const { return holds_; }
  /// How often one who was waited for has gone: rows may find room again.
  int released() const { return released_; }

 private:
  bool waits_;
  bool stayed_ = false;
  std::set<std::string> told_;
  std::string waited_for_, holds_;
  int released_ = 0;
};

}  // namespace bellows::batcher
