#pragma once

#include "runner/metrics/exposition.hpp"

#include <mutex>
#include <string_view>

namespace bellows::runner::metrics {

/// What has been told of a run so far. Thread-safe.
class Gauges {
 public:
  explicit Gauges(std::string version);

  void progress(batcher::Progress const& progress);
  void happened(std::string_view event);
  Snapshot read() const;

 private:
  mutable std::mutex mutex_;
  Snapshot snapshot_;
};

}  // namespace bellows::runner::metrics
