#include "runner/cli/dry_run.hpp"

#include <fmt/core.h>

#include <cmath>

/// What a rolled-back sample of a backfill says, for people.
namespace bellows::runner {
namespace {

using batcher::Preview;
using batcher::Sampled;

std::string grouped(double number) {
  std::string const digits = fmt::format("{:.0f}", number);
  std::string result;
  for (std::size_t left = digits.size(); left > 0; --left) {
    result += left % 3 == 0 && left < digits.size() ? "," : "";
    result += digits[digits.size() - left];
  }
  return result;
}

std::string bytes(double number) {
  constexpr double kilo = 1024;
  for (char const* unit : {"B", "kB", "MB", "GB"}) {
    if (number < kilo) {
      return fmt::format("{:.{}f} {}", number, number < 10 && number != std::floor(number) ? 1 : 0,
                         unit);
    }
    number /= kilo;
  }
  return fmt::format("{:.1f} TB", number);
}

std::string duration(double seconds) {
  if (seconds < 1) {
    return "less than a second";
  }
  if (seconds < 120) {
    return fmt::format("{:.0f} s", seconds);
  }
  return seconds < 7200 ? fmt::format("{:.0f} min", seconds / 60)
                        : fmt::format("{:.1f} h", seconds / 3600);
}

std::string interval(std::string const& low, std::string const& high) {
  return low == high ? low : low + " to " + high;
}

std::string value(std::optional<std::string> const& of) {
  return of ? "'" + *of + "'" : "NULL";
}

std::string change_text(Preview const& preview, batcher::Change const& change) {
  switch (preview.writes) {
    case batcher::Writes::Update:
      return fmt::format("{}: {} {} → {}", change.row, change.column, value(change.before),
                         value(change.after));
    case batcher::Writes::Delete:
      return change.row + ": deleted";
    case batcher::Writes::Copy:
      return fmt::format("{}: {} gets {}", change.row, change.column, value(change.after));
  }
  return "";
}

std::string changes_text(Preview const& preview) {
  std::string text;
  for (batcher::Change const& change : preview.changes) {
    text += "        " + change_text(preview, change) + "\n";
  }
  return text;
}

char const* written_words(batcher::Writes writes) {
  switch (writes) {
    case batcher::Writes::Update:
      return "written";
    case batcher::Writes::Delete:
      return "deleted";
    case batcher::Writes::Copy:
      return "copied";
  }
  return "";
}

/// Only updates can be HOT.
std::string hot_text(Preview const& preview, double share) {
  if (preview.writes != batcher::Writes::Update) {
    return "";
  }
  return fmt::format(
      "; {:.0f} % of the updates HOT{}", 100 * share,
      preview.stripes ? "; ranges would be committed in stripes, which makes most of them so" : "");
}

/// Where no row was written, none had a reason to fire.
std::string triggers_text(Preview const& preview) {
  std::string text;
  std::int64_t written = 0;
  for (Sampled const& sample : preview.samples) {
    written += sample.written;
  }
  for (batcher::Trigger const& trigger : preview.triggers) {
    text += fmt::format("      fires {}: {} times, {:.1f} ms\n", trigger.name, trigger.calls,
                        trigger.milliseconds);
  }
  return text.empty() && written > 0 ? "      fires no trigger\n" : text;
}

std::string samples_text(Preview const& preview) {
  Sampled all;
  for (Sampled const& sample : preview.samples) {
    all.scanned += sample.scanned;
    all.written += sample.written;
    all.wal_bytes += sample.wal_bytes;
    all.hot += sample.hot;
  }
  auto const written = static_cast<double>(std::max<std::int64_t>(all.written, 1));
  return fmt::format(
      "      sample: {} rows read in {} places, {} of them {} and rolled back\n"
      "      {:.0f} bytes of WAL a row, page images apart{}\n",
      all.scanned, preview.samples.size(), all.written, written_words(preview.writes),
      static_cast<double>(all.wal_bytes) / written,
      hot_text(preview, static_cast<double>(all.hot) / written));
}

std::string forecast_text(Preview const& preview) {
  auto const expected = batcher::forecast(preview);
  if (!expected) {
    return "";
  }
  return fmt::format(
      "      expected, one lane and nothing to slow it: about {} rows{}, {}, {} of WAL\n",
      grouped(expected->rows),
      preview.expected_rows.value_or(0) > 0 ? " (by the server's statistics)" : "",
      interval(duration(expected->seconds_low), duration(expected->seconds_high)),
      interval(bytes(expected->wal_bytes_low), bytes(expected->wal_bytes_high)));
}

std::string explain_text(Preview const& preview) {
  if (preview.explain.empty()) {
    return "";
  }
  std::string text = "      how the server would do a range:\n        ";
  for (char const c : preview.explain.substr(0, preview.explain.size() - 1)) {
    text += c;
    if (c == '\n') {
      text += "        ";
    }
  }
  return text + "\n";
}

std::string done_text(Preview const& preview) {
  return preview.done == 0
             ? ""
             : fmt::format(" left ({} are done)", grouped(static_cast<double>(preview.done)));
}

}  // namespace

std::string preview_text(Preview const& preview) {
  std::string text =
      fmt::format("      about {} rows{}, {}\n", grouped(static_cast<double>(preview.rows)),
                  done_text(preview), bytes(static_cast<double>(preview.heap_bytes)));
  if (!preview.not_tried.empty()) {
    text += "      no sample: " + preview.not_tried + "\n";
  } else {
    text += samples_text(preview) + forecast_text(preview) + triggers_text(preview);
  }
  return text + changes_text(preview) + explain_text(preview);
}

}  // namespace bellows::runner
