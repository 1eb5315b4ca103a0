#pragma once

#include "runner/cli/report_check.hpp"

#include <string>
#include <string_view>
#include <vector>

/// A report of several files, all of it in one text.
namespace bellows::test {

inline std::string all_of(runner::CheckReport& report,
                          std::vector<runner::CheckedFile> const& files, int server_version = 15,
                          std::vector<runner::JudgedBy> const& judged_by = {}) {
  std::string text = report.begin(server_version);
  for (runner::CheckedFile const& file : files) {
    text += report.add(file);
  }
  return text + report.end(judged_by);
}

inline std::string text_of(std::vector<runner::CheckedFile> const& files, bool colour,
                           std::size_t width = std::string::npos) {
  return all_of(*runner::check_text(colour, width), files);
}

inline std::string json_of(std::vector<runner::CheckedFile> const& files, int server_version = 15,
                           std::vector<runner::JudgedBy> const& judged_by = {}) {
  return all_of(*runner::check_json(), files, server_version, judged_by);
}

inline std::string github_of(std::vector<runner::CheckedFile> const& files) {
  return all_of(*runner::check_github(), files);
}

inline std::string sarif_of(std::vector<runner::CheckedFile> const& files,
                            std::string_view version) {
  return all_of(*runner::check_sarif(version), files);
}

}  // namespace bellows::test
