#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// What people are shown of a job's pace. Values only.
namespace bellows::batcher {

/// A signal as it was last read.
struct SignalState {
  std::string name;                   // "replica lag"
  std::optional<double> utilisation;  // 1: at its limit; nothing: unknown
  bool holds = false;                 // no batch begins because of it
  std::string why;                    // "replica r1 is 12.3 s behind, limit 10 s"
  std::string off;                    // not watched, and why; empty: it is
};

struct PaceState {
  double duty = 1;         // share of the time in which batches may run; 0: they wait
  bool beside = false;     // small batches, for others write as well
  std::string limited_by;  // the signal or limit that counts most; empty: nothing slows the job
  std::string why;         // in a sentence
  std::optional<std::chrono::system_clock::time_point> since;  // it is that one
  std::vector<SignalState> signals;
};

}  // namespace bellows::batcher
