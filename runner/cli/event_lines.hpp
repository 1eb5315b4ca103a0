#pragma once

#include "batcher/job/job.hpp"

#include <chrono>
#include <string>
#include <string_view>

/// A run as a stream of JSON, one object a line: for programs that watch it (--events-format json).
/// Pure. Every line has "at" (UTC, milliseconds) and "event"; unknown figures are left out, and
/// later versions may add members.
namespace bellows::runner {

using Instant = std::chrono::system_clock::time_point;

/// What was said to people, or logged: {"at": …, "event": "said", "text": …}.
std::string said_line(Instant at, std::string_view text);
std::string log_line(Instant at, std::string_view level, std::string_view text);
/// {"at": …, "event": "progress", "job": …, "share": 0.42, …}.
std::string progress_event(Instant at, batcher::Progress const& progress);
/// {"at": …, "event": "step begins", "migration": …, "detail": …}; no migration: none is at hand.
std::string event_line(Instant at, Event const& event, std::string_view migration);
/// The last line of a run that did not end well.
std::string failed_line(Instant at, int exit_code, std::string_view message, std::string_view next);

/// Whether an event of the observer belongs into the stream: not what happens with every batch.
bool is_told(std::string_view event);

}  // namespace bellows::runner
