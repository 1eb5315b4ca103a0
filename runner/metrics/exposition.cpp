#include "runner/metrics/exposition.hpp"

#include <fmt/core.h>

#include <array>
#include <optional>
#include <string_view>

namespace bellows::runner::metrics {
namespace {

using batcher::Progress;
using batcher::SignalState;
using Value = std::optional<double>;

template <typename Of>
struct Metric {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  Value (*value)(Of const&);
};

double number(std::int64_t value) {
  return static_cast<double>(value);
}

constexpr std::array<Metric<Progress>, 16> of_jobs{{
    {"bellows_job_rows_written_total", "counter", "Rows that the job has written, over all runs.",
     [](Progress const& now) -> Value { return number(now.rows_written); }},
    {"bellows_job_rows_scanned_total", "counter",
     "Rows of the key space that the job has passed, over all runs.",
     [](Progress const& now) -> Value { return number(now.rows_scanned); }},
    {"bellows_job_batches_total", "counter", "Batches that were committed, over all runs.",
     [](Progress const& now) -> Value { return number(now.batches); }},
    {"bellows_job_vacuums_total", "counter", "VACUUMs between batches, by this run.",
     [](Progress const& now) -> Value { return number(now.vacuums); }},
    {"bellows_job_dead_letters", "gauge",
     "Rows that are set aside because the server refused them.",
     [](Progress const& now) -> Value { return number(now.dead_letters); }},
    {"bellows_job_progress_ratio", "gauge", "Share of the key space that is done, 0 to 1.",
     [](Progress const& now) -> Value { return now.share; }},
    {"bellows_job_rows_per_second", "gauge", "Rows passed a second, over the last ten seconds.",
     [](Progress const& now) -> Value { return now.rows_per_second; }},
    {"bellows_job_remaining_low_seconds", "gauge", "Time left, the lower end of the forecast.",
     [](Progress const& now) -> Value {
       return now.eta_low ? Value(number(now.eta_low->count())) : std::nullopt;
     }},
    {"bellows_job_remaining_high_seconds", "gauge", "Time left, the upper end of the forecast.",
     [](Progress const& now) -> Value {
       return now.eta_high ? Value(number(now.eta_high->count())) : std::nullopt;
     }},
    {"bellows_job_batch_rows", "gauge", "Rows of the key space that the next batch takes.",
     [](Progress const& now) -> Value { return number(now.batch_rows); }},
    {"bellows_job_hot_updates_ratio", "gauge",
     "Share of this run's updates that needed no index entry (HOT).",
     [](Progress const& now) -> Value { return now.hot; }},
    {"bellows_job_duty_ratio", "gauge",
     "Share of the time in which batches may run; 0 while they are held.",
     [](Progress const& now) -> Value { return now.pace.duty; }},
    {"bellows_job_slowed", "gauge", "1 while a signal or a limit slows the job.",
     [](Progress const& now) -> Value { return now.pace.limited_by.empty() ? 0 : 1; }},
    {"bellows_job_beside", "gauge", "1 while batches are small because others write as well.",
     [](Progress const& now) -> Value { return now.pace.beside ? 1 : 0; }},
    {"bellows_job_waiting", "gauge", "1 while no batch runs, for whatever reason.",
     [](Progress const& now) -> Value { return now.waiting_for.empty() ? 0 : 1; }},
    {"bellows_job_finished", "gauge", "1 once the job is at its end.",
     [](Progress const& now) -> Value { return now.finished ? 1 : 0; }},
}};

constexpr std::array<Metric<SignalState>, 2> of_signals{{
    {"bellows_signal_utilisation_ratio", "gauge", "How close a signal is to its limit, which is 1.",
     [](SignalState const& now) { return now.utilisation; }},
    {"bellows_signal_holding", "gauge", "1 while no batch begins because of the signal.",
     [](SignalState const& now) -> Value { return now.holds ? 1 : 0; }},
}};

std::string label_value(std::string_view text) {
  std::string out = "\"";
  for (char const c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out + "\"";
}

template <typename Of>
std::string head(Metric<Of> const& metric) {
  return fmt::format("# HELP {} {}\n# TYPE {} {}\n", metric.name, metric.help, metric.name,
                     metric.type);
}

std::string sample(std::string_view name, std::string const& labels, double value) {
  return fmt::format("{}{{{}}} {}\n", name, labels, value);
}

std::string jobs_text(Snapshot const& snapshot) {
  std::string text;
  for (auto const& metric : of_jobs) {
    text += head(metric);
    for (auto const& [job, progress] : snapshot.jobs) {
      if (Value const value = metric.value(progress)) {
        text += sample(metric.name, "job=" + label_value(job), *value);
      }
    }
  }
  return text;
}

std::string signals_text(Snapshot const& snapshot) {
  std::string text;
  for (auto const& metric : of_signals) {
    text += head(metric);
    for (auto const& [job, progress] : snapshot.jobs) {
      for (SignalState const& signal : progress.pace.signals) {
        Value const value = metric.value(signal);
        if (value && signal.off.empty()) {
          text += sample(
              metric.name,
              fmt::format("job={},signal={}", label_value(job), label_value(signal.name)), *value);
        }
      }
    }
  }
  return text;
}

}  // namespace

std::string exposition(Snapshot const& snapshot) {
  std::string text = fmt::format(
      "# HELP bellows_build_info The program that tells this.\n# TYPE bellows_build_info gauge\n"
      "bellows_build_info{{version={}}} 1\n"
      "# HELP bellows_start_time_seconds When this run began, in seconds since the epoch.\n"
      "# TYPE bellows_start_time_seconds gauge\nbellows_start_time_seconds {:.3f}\n",
      label_value(snapshot.version), snapshot.started);
  text += jobs_text(snapshot) + signals_text(snapshot);
  text +=
      "# HELP bellows_events_total What has happened in this run.\n"
      "# TYPE bellows_events_total counter\n";
  for (auto const& [event, count] : snapshot.events) {
    text += sample("bellows_events_total", "event=" + label_value(event), number(count));
  }
  return text;
}

}  // namespace bellows::runner::metrics
