#pragma once

#include "batcher/job/job.hpp"

#include <cstdint>
#include <map>
#include <string>

/// What a run tells Prometheus. Pure. Names and units follow prometheus.io/docs/practices/naming;
/// the text is its exposition format 0.0.4.
namespace bellows::runner::metrics {

struct Snapshot {
  std::string version;                            // of this program
  double started = 0;                             // seconds since the epoch
  std::map<std::string, batcher::Progress> jobs;  // by the job's name
  std::map<std::string, std::int64_t> events;     // how often each has happened: "batch committed"
};

/// One HELP and one TYPE line a metric, then its samples. What is not known has no sample: an
/// unknown time left is none, not 0.
std::string exposition(Snapshot const& snapshot);

constexpr char const* exposition_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace bellows::runner::metrics
