#include "runner/metrics/exposition.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

namespace bellows::runner::metrics::exposition_test {
namespace {

Snapshot one_job() {
  Snapshot snapshot;
  snapshot.version = "1.2.3";
  snapshot.started = 1795380000.25;
  batcher::Progress progress;
  progress.job = "m/copy";
  progress.rows_written = 1'234'567'890;
  progress.share = 0.25;
  progress.eta_low = std::chrono::seconds(7);
  progress.eta_high = std::chrono::seconds(9);
  batcher::SignalState lag;
  lag.name = "replica lag";
  lag.utilisation = 0.5;
  batcher::SignalState hidden;
  hidden.name = "archiving";
  hidden.off = "not allowed";
  progress.pace.signals = {lag, hidden};
  snapshot.jobs["m/copy"] = progress;
  snapshot.events["batch committed"] = 3;
  return snapshot;
}

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  return lines;
}

bool has(std::string const& text, std::string const& line) {
  auto const lines = lines_of(text);
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

TEST(Exposition, TellsWhatIsKnown) {
  std::string const text = exposition(one_job());
  EXPECT_TRUE(has(text, R"(bellows_build_info{version="1.2.3"} 1)"));
  EXPECT_TRUE(has(text, "bellows_start_time_seconds 1795380000.250"));
  EXPECT_TRUE(has(text, R"(bellows_job_rows_written_total{job="m/copy"} 1234567890)"));
  EXPECT_TRUE(has(text, R"(bellows_job_progress_ratio{job="m/copy"} 0.25)"));
  EXPECT_TRUE(has(text, R"(bellows_job_remaining_low_seconds{job="m/copy"} 7)"));
  EXPECT_TRUE(
      has(text, R"(bellows_signal_utilisation_ratio{job="m/copy",signal="replica lag"} 0.5)"));
  EXPECT_TRUE(has(text, R"(bellows_events_total{event="batch committed"} 3)"));
}

TEST(Exposition, WhatIsUnknownHasNoSample) {
  Snapshot snapshot = one_job();
  snapshot.jobs["m/copy"].eta_low.reset();
  snapshot.jobs["m/copy"].pace.signals[0].utilisation.reset();
  std::string const text = exposition(snapshot);
  EXPECT_EQ(text.find("bellows_job_remaining_low_seconds{"), std::string::npos);
  EXPECT_EQ(text.find("bellows_signal_utilisation_ratio{"), std::string::npos);
  EXPECT_EQ(text.find("bellows_job_hot_updates_ratio{"), std::string::npos);
  EXPECT_EQ(text.find("archiving"), std::string::npos) << "a signal that is off";
}

TEST(Exposition, LabelsAreEscaped) {
  Snapshot snapshot;
  snapshot.jobs["a\"b\\c\nd"].rows_written = 1;
  EXPECT_TRUE(has(exposition(snapshot), R"(bellows_job_rows_written_total{job="a\"b\\c\nd"} 1)"));
}

// prometheus.io/docs/instrumenting/exposition_formats, and the naming conventions.
TEST(Exposition, EveryLineHasItsForm) {
  Snapshot snapshot = one_job();
  snapshot.jobs["other"] = {};
  std::regex const sample(
      R"(([a-z_]+)(\{[a-z]+="([^"\\]|\\.)*"(,[a-z]+="([^"\\]|\\.)*")*\})? -?[0-9.e+-]+)");
  std::set<std::string> helped;
  std::map<std::string, std::string> types;
  std::string current;
  for (std::string const& line : lines_of(exposition(snapshot))) {
    std::istringstream words(line);
    std::string hash;
    std::string keyword;
    std::string name;
    if (line.starts_with("#")) {
      words >> hash >> keyword >> name;
      if (keyword == "HELP") {
        EXPECT_TRUE(helped.insert(name).second) << "twice: " << name;
        current = name;
      } else {
        EXPECT_EQ(name, current);
        words >> types[name];
      }
      continue;
    }
    std::smatch found;
    ASSERT_TRUE(std::regex_match(line, found, sample)) << line;
    EXPECT_EQ(found[1], current) << "samples stand under their own metric";
    EXPECT_EQ(types[current] == "counter", current.ends_with("_total")) << current;
    EXPECT_TRUE(current.starts_with("bellows_")) << current;
  }
  EXPECT_EQ(helped.size(), types.size());
}

}  // namespace
}  // namespace bellows::runner::metrics::exposition_test
