#include "planner/rules/page.hpp"
#include "runner/cli/report_place.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

/// SARIF 2.1.0 (OASIS standard, docs.oasis-open.org/sarif/sarif/v2.1.0).
namespace bellows::runner {
namespace {

using Json = nlohmann::ordered_json;

constexpr char const* schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A URI reference (RFC 3986): what is not plain is percent-encoded; an absolute path is a file:.
std::string uri_of(std::string const& file) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string uri = file.starts_with('/') ? "file://" : "";
  for (char const c : file) {
    if (plain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      auto const byte = static_cast<unsigned char>(c);
      uri += {'%', hex[byte >> 4U], hex[byte & 15U]};
    }
  }
  return uri;
}

Json descriptor(std::string_view id) {
  rules::Page const* const page = rules::page(id);
  std::string const title(page == nullptr ? id : page->title);
  std::string const help = page == nullptr
                               ? title
                               : std::string(page->effect) + "\n\n" +
                                     std::string(page->application) + "\n\nBad:\n" +
                                     std::string(page->bad) + "\nGood:\n" + std::string(page->good);
  return {{"id", id}, {"shortDescription", {{"text", title}}}, {"help", {{"text", help}}}};
}

/// Of every rule that is reported, allowed ones included; by id.
std::vector<std::string> reported_rules(std::vector<CheckedFile> const& files) {
  std::set<std::string> ids;
  for (CheckedFile const& file : files) {
    for (rules::Reviewed const& reviewed : file.statements) {
      for (rules::Finding const& finding : reviewed.findings) {
        ids.insert(finding.rule);
      }
      for (auto const& [finding, because] : reviewed.allowed) {
        ids.insert(finding.rule);
      }
    }
  }
  return {ids.begin(), ids.end()};
}

class Run {
 public:
  explicit Run(std::vector<CheckedFile> const& files) : rules_(reported_rules(files)) {
    for (CheckedFile const& file : files) {
      for (rules::Reviewed const& reviewed : file.statements) {
        add(file, reviewed);
      }
    }
  }

  Json take(std::string_view version) {
    Json descriptors = Json::array();
    for (std::string const& id : rules_) {
      descriptors.push_back(descriptor(id));
    }
    Json const driver{{"name", "bellows"}, {"version", version}, {"rules", descriptors}};
    return {{"tool", {{"driver", driver}}},
            {"columnKind", "unicodeCodePoints"},
            {"results", std::move(results_)}};
  }

 private:
  void add(CheckedFile const& file, rules::Reviewed const& reviewed) {
    for (rules::Finding const& finding : reviewed.findings) {
      results_.push_back(result(file, reviewed, finding));
      if (is_planned(file, reviewed)) {
        results_.back()["suppressions"] =
            suppressed("external", "split by " + file.plan->path + ", which is current");
      }
    }
    for (auto const& [finding, because] : reviewed.allowed) {
      Json silenced = result(file, reviewed, finding);
      silenced["suppressions"] = suppressed("inSource", because);
      results_.push_back(std::move(silenced));
    }
  }

  static Json suppressed(char const* kind, std::string const& why) {
    return Json::array({{{"kind", kind}, {"justification", why}}});
  }

  Json result(CheckedFile const& file, rules::Reviewed const& reviewed,
              rules::Finding const& finding) const {
    Place const place = place_of(file, reviewed.statement, finding);
    Json const region{{"startLine", place.begin.line},
                      {"startColumn", place.begin.column},
                      {"endLine", place.end.line},
                      {"endColumn", place.end.column}};
    Json const location{{"physicalLocation",
                         {{"artifactLocation", {{"uri", uri_of(file.file)}}}, {"region", region}}}};
    auto const rule = std::ranges::lower_bound(rules_, finding.rule);
    std::string const text =
        finding.remedy.empty() ? finding.message : finding.message + " Instead: " + finding.remedy;
    return {{"ruleId", finding.rule},
            {"ruleIndex", rule - rules_.begin()},
            {"level", rules::to_string(finding.severity)},
            {"message", {{"text", text}}},
            {"locations", Json::array({location})}};
  }

  std::vector<std::string> rules_;
  Json results_ = Json::array();
};

}  // namespace

std::string check_sarif(std::vector<CheckedFile> const& files, std::string_view program_version) {
  Json const document{{"$schema", schema},
                      {"version", "2.1.0"},
                      {"runs", Json::array({Run(files).take(program_version)})}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace bellows::runner
