#include "runner/cli/event_lines.hpp"

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace bellows::runner {
namespace {

using Json = nlohmann::ordered_json;

std::string instant(Instant at) {
  auto const since = at.time_since_epoch();
  auto const milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(milliseconds / 1000)),
                     milliseconds % 1000);
}

Json begin(Instant at, std::string_view event) {
  return {{"at", instant(at)}, {"event", event}};
}

std::string json_line(Json const& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json signals(batcher::PaceState const& pace) {
  Json all = Json::array();
  for (batcher::SignalState const& signal : pace.signals) {
    if (!signal.off.empty()) {
      continue;
    }
    Json one{{"name", signal.name}, {"holds", signal.holds}};
    if (signal.utilisation) {
      one["utilisation"] = *signal.utilisation;
    }
    if (!signal.why.empty()) {
      one["why"] = signal.why;
    }
    all.push_back(std::move(one));
  }
  return all;
}

// Everything that happens once, or when something changes.
constexpr std::array<std::string_view, 20> told_events{
    "lease taken",    "step begins",     "step ended",          "undo begins",
    "undo ended",     "job created",     "job resumed",         "job finished",
    "verify begins",  "verify finished", "vacuum begins",       "vacuum ended",
    "gate looked at", "bad row ahead",   "row set aside",       "waiting begins",
    "waiting ended",  "checkpoint read", "dead letter settled", "dead letter kept"};

}  // namespace

std::string said_line(Instant at, std::string_view text) {
  Json object = begin(at, "said");
  object["text"] = text;
  return json_line(object);
}

std::string log_line(Instant at, std::string_view level, std::string_view text) {
  Json object = begin(at, "log");
  object["level"] = level;
  object["text"] = text;
  return json_line(object);
}

std::string progress_event(Instant at, batcher::Progress const& progress) {
  Json object = begin(at, "progress");
  object["job"] = progress.job;
  object["share"] = progress.share;
  object["rows_written"] = progress.rows_written;
  object["rows_scanned"] = progress.rows_scanned;
  object["batches"] = progress.batches;
  object["batch_rows"] = progress.batch_rows;
  object["rows_per_second"] = progress.rows_per_second;
  object["mean_rows_per_second"] = progress.mean_rows_per_second;
  if (progress.eta_low && progress.eta_high) {
    object["seconds_left"] = {progress.eta_low->count(), progress.eta_high->count()};
  }
  if (progress.hot) {
    object["hot"] = *progress.hot;
  }
  object["vacuums"] = progress.vacuums;
  object["dead_letters"] = progress.dead_letters;
  object["duty"] = progress.pace.duty;
  object["beside"] = progress.pace.beside;
  object["limited_by"] = progress.pace.limited_by;
  object["waiting_for"] = progress.waiting_for;
  object["signals"] = signals(progress.pace);
  object["finished"] = progress.finished;
  return json_line(object);
}

std::string event_line(Instant at, Event const& event, std::string_view migration) {
  Json object = begin(at, event.what);
  if (!migration.empty()) {
    object["migration"] = migration;
  }
  object["detail"] = event.detail;
  return json_line(object);
}

std::string failed_line(Instant at, int exit_code, std::string_view message,
                        std::string_view next) {
  Json object = begin(at, "failed");
  object["exit_code"] = exit_code;
  object["message"] = message;
  object["next"] = next;
  return json_line(object);
}

bool is_told(std::string_view event) {
  return std::ranges::find(told_events, event) != told_events.end();
}

}  // namespace bellows::runner
