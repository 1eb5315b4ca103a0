#include "planner/rules/page.hpp"
#include "runner/cli/json_text.hpp"
#include "runner/cli/report_place.hpp"

#include <algorithm>
#include <optional>

/// SARIF 2.1.0 (OASIS standard, docs.oasis-open.org/sarif/sarif/v2.1.0).
namespace bellows::runner {
namespace {

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

void write_text(JsonText& out, std::string_view name, std::string_view text) {
  out.key(name);
  out.open_object();
  out.member("text", text);
  out.close_object();
}

void write_descriptor(JsonText& out, std::string_view id) {
  rules::Page const* const page = rules::page(id);
  std::string const title(page == nullptr ? id : page->title);
  std::string const help = page == nullptr
                               ? title
                               : std::string(page->effect) + "\n\n" +
                                     std::string(page->application) + "\n\nBad:\n" +
                                     std::string(page->bad) + "\nGood:\n" + std::string(page->good);
  out.open_object();
  out.member("id", id);
  write_text(out, "shortDescription", title);
  write_text(out, "help", help);
  out.close_object();
}

void write_location(JsonText& out, std::string const& file, Place const& place) {
  out.open_object();
  out.key("physicalLocation");
  out.open_object();
  out.key("artifactLocation");
  out.open_object();
  out.member("uri", uri_of(file));
  out.close_object();
  out.key("region");
  out.open_object();
  out.member("startLine", place.begin.line);
  out.member("startColumn", place.begin.column);
  out.member("endLine", place.end.line);
  out.member("endColumn", place.end.column);
  out.close_object();
  out.close_object();
  out.close_object();
}

struct Suppression {
  char const* kind;
  std::string why;
};

void write(JsonText& out, Suppression const& suppression) {
  out.key("suppressions");
  out.open_array();
  out.open_object();
  out.member("kind", suppression.kind);
  out.member("justification", suppression.why);
  out.close_object();
  out.close_array();
}

/// The rules come last: which they are is known at the end.
class CheckSarif : public CheckReport {
 public:
  explicit CheckSarif(std::string_view version) : version_(version) {}

  std::string begin(int /*server_version*/) override {
    out_.open_object();
    out_.member("$schema", schema);
    out_.member("version", "2.1.0");
    out_.key("runs");
    out_.open_array();
    out_.open_object();
    out_.member("columnKind", "unicodeCodePoints");
    out_.key("results");
    out_.open_array();
    return out_.take();
  }

  std::string add(CheckedFile const& file) override {
    for (rules::Reviewed const& reviewed : file.statements) {
      add(file, reviewed);
    }
    return out_.take();
  }

  std::string end(std::vector<JudgedBy> const& /*judged_by*/) override {
    out_.close_array();
    out_.key("tool");
    out_.open_object();
    write_driver();
    out_.close_object();
    out_.close_object();
    out_.close_array();
    out_.close_object();
    return out_.take() + '\n';
  }

 private:
  void add(CheckedFile const& file, rules::Reviewed const& reviewed) {
    std::optional<Suppression> planned;
    if (file.plan) {
      planned = {"external", "split by " + file.plan->path + ", which is current"};
    }
    for (rules::Finding const& finding : reviewed.findings) {
      write_result(file, reviewed, finding,
                   is_settled(file, reviewed, finding) ? planned : std::nullopt);
    }
    for (auto const& [finding, because] : reviewed.allowed) {
      write_result(file, reviewed, finding, Suppression{"inSource", because});
    }
  }

  void write_result(CheckedFile const& file, rules::Reviewed const& reviewed,
                    rules::Finding const& finding, std::optional<Suppression> const& suppression) {
    out_.open_object();
    out_.member("ruleId", finding.rule);
    out_.member("ruleIndex", index_of(finding.rule));
    out_.member("level", rules::to_string(finding.severity));
    write_text(
        out_, "message",
        finding.remedy.empty() ? finding.message : finding.message + " Instead: " + finding.remedy);
    out_.key("locations");
    out_.open_array();
    write_location(out_, file.file, place_of(file, reviewed.statement, finding));
    out_.close_array();
    if (suppression) {
      write(out_, *suppression);
    }
    out_.close_object();
  }

  std::size_t index_of(std::string const& rule) {
    auto const found = std::ranges::find(rules_, rule);
    if (found == rules_.end()) {
      rules_.push_back(rule);
      return rules_.size() - 1;
    }
    return static_cast<std::size_t>(found - rules_.begin());
  }

  void write_driver() {
    out_.key("driver");
    out_.open_object();
    out_.member("name", "bellows");
    out_.member("version", version_);
    out_.key("rules");
    out_.open_array();
    for (std::string const& id : rules_) {
      write_descriptor(out_, id);
    }
    out_.close_array();
    out_.close_object();
  }

  JsonText out_;
  std::string version_;
  std::vector<std::string> rules_;  // reported ones, also where they are allowed: a hundred at most
};

}  // namespace

std::unique_ptr<CheckReport> check_sarif(std::string_view program_version) {
  return std::make_unique<CheckSarif>(program_version);
}

}  // namespace bellows::runner
