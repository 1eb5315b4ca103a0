#include "runner/cli/report_place.hpp"

#include <fmt/core.h>

namespace bellows::runner {
namespace {

/// Escapes as GitHub's runner takes them back (actions/toolkit, command.ts): in a property, ':' and
/// ',' too.
std::string escaped(std::string_view text, bool property) {
  std::string result;
  for (char const c : text) {
    if (c == '%') {
      result += "%25";
    } else if (c == '\r') {
      result += "%0D";
    } else if (c == '\n') {
      result += "%0A";
    } else if (property && c == ':') {
      result += "%3A";
    } else if (property && c == ',') {
      result += "%2C";
    } else {
      result += c;
    }
  }
  return result;
}

std::string_view command_of(rules::Severity severity) {
  switch (severity) {
    case rules::Severity::Note:
      return "notice";
    case rules::Severity::Warning:
      return "warning";
    case rules::Severity::Error:
      return "error";
  }
  return "error";
}

/// What a committed plan splits is no error of the file any more.
std::string annotation(CheckedFile const& file, rules::Reviewed const& reviewed,
                       rules::Finding const& finding) {
  bool const settled = is_settled(file, reviewed, finding);
  Place const place = place_of(file, reviewed.statement, finding);
  // GitHub ignores columns of what spans several lines.
  std::string const columns =
      place.begin.line == place.end.line
          ? fmt::format(",col={},endColumn={}", place.begin.column, place.end.column)
          : fmt::format(",col={},endLine={}", place.begin.column, place.end.line);
  std::string message = finding.message;
  if (!finding.remedy.empty()) {
    message += "\nInstead: " + finding.remedy;
  }
  if (settled) {
    message += "\nSplit by " + file.plan->path + ", which is current.";
  }
  return fmt::format("::{} file={},line={}{},title={}::{}\n",
                     command_of(settled ? rules::Severity::Note : finding.severity),
                     escaped(file.file, true), place.begin.line, columns,
                     escaped(finding.rule, true), escaped(message, false));
}

class CheckGithub : public CheckReport {
 public:
  std::string begin(int /*server_version*/) override { return ""; }
  std::string add(CheckedFile const& file) override {
    std::string text;
    for (rules::Reviewed const& reviewed : file.statements) {
      for (rules::Finding const& finding : reviewed.findings) {
        text += annotation(file, reviewed, finding);
      }
    }
    return text;
  }
  std::string end(std::vector<JudgedBy> const& /*judged_by*/) override { return ""; }
};

}  // namespace

std::unique_ptr<CheckReport> check_github() {
  return std::make_unique<CheckGithub>();
}

}  // namespace bellows::runner
