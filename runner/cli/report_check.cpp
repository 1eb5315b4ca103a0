#include "runner/cli/report_check.hpp"

#include "planner/rules/expectation.hpp"
#include "planner/rules/sequence/sequence.hpp"
#include "runner/cli/effect_lines.hpp"
#include "runner/cli/excerpt.hpp"
#include "runner/cli/report_place.hpp"
#include "runner/cli/split_line.hpp"
#include "runner/cli/wrap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace bellows::runner {
namespace {

using rules::Finding;
using rules::Reviewed;
using rules::Severity;
using rules::Verdict;

enum class Tint : std::uint8_t { Plain, Bold, Red, Green, Yellow, Magenta };

std::string_view code_of(Tint tint) {
  switch (tint) {
    case Tint::Plain:
      return "";
    case Tint::Bold:
      return "\x1b[1m";
    case Tint::Red:
      return "\x1b[1;31m";
    case Tint::Green:
      return "\x1b[32m";
    case Tint::Yellow:
      return "\x1b[33m";
    case Tint::Magenta:
      return "\x1b[35m";
  }
  return "";
}

Tint tint_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Safe:
      return Tint::Green;
    case Verdict::Brief:
      return Tint::Yellow;
    case Verdict::Unsafe:
      return Tint::Red;
    case Verdict::Unknown:
      return Tint::Magenta;
  }
  return Tint::Plain;
}

Tint tint_of(Severity severity) {
  switch (severity) {
    case Severity::Note:
      return Tint::Plain;
    case Severity::Warning:
      return Tint::Yellow;
    case Severity::Error:
      return Tint::Red;
  }
  return Tint::Plain;
}

/// The text of one check, line by line.
class Page {
 public:
  Page(bool colour, std::size_t width) : colour_(colour), width_(width) {}

  void add(CheckedFile const& file) {
    ++files_;
    for (Reviewed const& reviewed : file.statements) {
      add(file, reviewed);
      count(reviewed);
      planned_ += is_planned(file, reviewed) ? 1 : 0;
    }
    tell_quiet(file);
    if (std::string const plan = plan_line(file); !plan.empty()) {
      line(2, printable(plan));
    }
    if (file.conduct.runner != nullptr) {
      ++runners_[{file.conduct.runner, file.runner_found}];
    }
  }

  void summary(std::vector<JudgedBy> const& judged_by);
  void tell_runners();
  /// What is new since the last time.
  std::string take() {
    begun_ = begun_ || !text_.empty();
    return std::exchange(text_, {});
  }

 private:
  void add(CheckedFile const& file, Reviewed const& reviewed) {
    Place const place = main_place(file, reviewed);
    if (!worth_details(reviewed)) {
      return add_quiet(file, place.begin, reviewed);
    }
    Excerpt const where = excerpt_of(file, place);
    tell_quiet(file);
    gap();
    line(0, heading(file, where) + verdict_of(reviewed), 4);
    if (!reviewed.statement.raw.text.empty()) {  // else no line of it can be shown
      quote(2, where, tint_of(reviewed.verdict));
    }
    details(file, reviewed, where);
    after_details_ = true;
  }

  /// Whatever a reader may have to do something about.
  static bool worth_details(Reviewed const& reviewed) {
    bool const quiet = reviewed.verdict == Verdict::Safe || reviewed.verdict == Verdict::Brief;
    return !quiet || !reviewed.findings.empty() || !reviewed.allowed.empty() ||
           !reviewed.directives.mistakes.empty() || !reviewed.expected.empty() ||
           !reviewed.effects.depends_on.empty();
  }

  static bool has_finding(Reviewed const& reviewed, std::string_view rule) {
    return std::ranges::find(reviewed.findings, rule, &Finding::rule) != reviewed.findings.end();
  }

  void count(Reviewed const& reviewed);
  void tell_rules(Severity severity);
  void explain_quiet();

  void gap() {
    if (begun_ || !text_.empty()) {
      text_ += '\n';
    }
    after_details_ = false;
  }

  template <typename Where>
  std::string heading(CheckedFile const& file, Where const& where) const {
    return painted(Tint::Bold,
                   fmt::format("{}:{}:{}:", printable(file.file), where.line, where.column)) +
           ' ';
  }

  std::string verdict_of(Reviewed const& reviewed) const {
    std::string text = painted(tint_of(reviewed.verdict), rules::to_string(reviewed.verdict));
    if (!reviewed.statement.kind.empty() && reviewed.statement.kind != "UNKNOWN") {
      text += ": " + printable(reviewed.statement.kind);
    }
    return text;
  }

  /// Nothing to do about it: one line, and one for all of a long row that are alike.
  void add_quiet(CheckedFile const& file, sql::Position const& where, Reviewed const& reviewed) {
    std::string what = verdict_of(reviewed);
    if (reviewed.verdict == Verdict::Brief) {
      what += fmt::format(" ({})", fmt::join(effect_lines(reviewed), "; "));
    }
    if (what != quiet_) {
      tell_quiet(file);
      quiet_ = std::move(what);
    }
    places_.push_back(where);
  }

  void tell_quiet(CheckedFile const& file) {
    if (after_details_ && !places_.empty()) {
      gap();
    }
    if (places_.size() > most_alike) {
      line(0,
           fmt::format("{}{}, and {} more alike, up to line {}", heading(file, places_.front()),
                       quiet_, places_.size() - 1, places_.back().line),
           4);
    } else {
      for (sql::Position const& where : places_) {
        line(0, heading(file, where) + quiet_, 4);
      }
    }
    places_.clear();
    quiet_.clear();
  }

  void quote(std::size_t indent, Excerpt const& where, Tint tint) {
    std::string const number = std::to_string(where.line);
    std::string const margin(indent, ' ');
    std::size_t const beside = indent + number.size() + 3;
    Excerpt const shown = narrowed(where, width_ - std::min(beside, width_ / 2));
    text_ += fmt::format("{}{} | {}\n", margin, number, shown.source);
    text_ += fmt::format("{}{} | {}\n", margin, std::string(number.size(), ' '),
                         painted(tint, shown.marks));
  }

  void details(CheckedFile const& file, Reviewed const& reviewed, Excerpt const& shown) {
    for (std::string const& effect : effect_lines(reviewed)) {
      line(2, effect);
    }
    if (!reviewed.effects.transactional) {
      line(2, "runs outside a transaction");
    }
    if (reviewed.effects.waits_for_snapshots) {
      line(2, "waits for older transactions to end");
    }
    for (rules::Expectation const& expected : reviewed.expected) {
      line(2, printable(fmt::format("{} takes {}", expected.relation.display(),
                                    rules::in_words(expected))));
    }
    if (!has_finding(reviewed, "depends")) {  // which says the same as a sentence
      for (std::string const& need : reviewed.effects.depends_on) {
        line(2, "depends on " + printable(need));
      }
    }
    for (Finding const& finding : reviewed.findings) {
      add(finding);
      show_place(file, reviewed, finding, shown);
    }
    for (auto const& [finding, reason] : reviewed.allowed) {
      line(2, printable(fmt::format("allowed: {}, because {}", finding.rule, reason)));
    }
    for (std::string const& mistake : reviewed.directives.mistakes) {
      add_mistake(reviewed, mistake);
    }
    if (std::string const split = split_line(file, reviewed); !split.empty()) {
      line(2, printable(split));
    }
  }

  /// Only where it is not the part that the heading shows already.
  void show_place(CheckedFile const& file, Reviewed const& reviewed, Finding const& finding,
                  Excerpt const& shown) {
    Excerpt const where = excerpt_of(file, place_of(file, reviewed.statement, finding));
    bool const same = where.line == shown.line && where.marks == shown.marks;
    if (finding.at.length != 0 && !same) {
      line(4, fmt::format("at {}:{}:{}", printable(file.file), where.line, where.column));
      quote(4, where, tint_of(finding.severity));
    }
  }

  void add(Finding const& finding) {
    line(2, painted(tint_of(finding.severity), rules::to_string(finding.severity)) +
                printable(fmt::format(": {} [{}]", finding.message, finding.rule)));
    // What many migrations are told alike is told in full once.
    bool const again = finding.severity == Severity::Note && !told_.insert(finding.rule).second;
    if (!finding.remedy.empty() && !again) {
      line(4, "instead: " + printable(finding.remedy));
    }
  }

  /// A directive that was not understood is said once, also where a rule has made a finding of it.
  void add_mistake(Reviewed const& reviewed, std::string const& mistake) {
    bool const said = std::any_of(
        reviewed.findings.begin(), reviewed.findings.end(),
        [&](Finding const& finding) { return finding.message.find(mistake) != std::string::npos; });
    if (!said) {
      line(2, painted(Tint::Red, "directive") + ": " + printable(mistake));
    }
  }

  void line(std::size_t indent, std::string const& content) { line(indent, content, indent + 2); }

  void line(std::size_t indent, std::string const& content, std::size_t hanging) {
    text_ += wrapped(content, indent, width_, hanging);
  }

  std::string painted(Tint tint, std::string_view content) const {
    if (!colour_ || tint == Tint::Plain) {
      return std::string(content);
    }
    return fmt::format("{}{}\x1b[0m", code_of(tint), content);
  }

  static constexpr std::size_t most_alike = 3;  // told one by one

  std::string text_;
  std::string quiet_;                  // what there is to say of each of …
  std::vector<sql::Position> places_;  // … these, which are not told yet
  std::set<std::string> told_;         // rules of notes
  std::size_t files_ = 0;
  Verdicts verdicts_;
  std::map<Severity, std::map<std::string, int>> heard_;  // how often each rule was
  int planned_ = 0;
  int widened_ = 0;  // statements that give SELECT * more columns
  bool colour_ = false;
  std::size_t width_;
  bool begun_ = false;  // something was taken
  bool after_details_ = false;
  std::map<std::pair<rules::Runner const*, bool>, int> runners_;  // whose files; found by them
};

/// Who runs the files, where it is not just bellows.
void Page::tell_runners() {
  for (auto const& [who, files] : runners_) {
    auto const& [runner, found] = who;
    line(2, fmt::format("as {} runs {}: {}{}", runner->title, files == 1 ? "it" : "them",
                        rules::in_words(runner->sharing),
                        found ? ", by the look of it; --for NAME says who runs it, --for bellows "
                                "that `bellows up` does"
                              : ""));
  }
}

void Page::count(Reviewed const& reviewed) {
  ++verdicts_.of(reviewed.verdict);
  widened_ += rules::adds_to_select_star(reviewed) ? 1 : 0;
  for (Finding const& finding : reviewed.findings) {
    ++heard_[finding.severity][finding.rule];
  }
}

void Page::summary(std::vector<JudgedBy> const& judged_by) {
  if (after_details_) {
    gap();
  }
  if (verdicts_.all() == 0) {
    return line(0, "no statements");
  }
  std::vector<std::string> parts;
  auto const part = [&](int count, Verdict verdict) {
    if (count > 0) {
      parts.push_back(
          painted(tint_of(verdict), fmt::format("{} {}", count, rules::to_string(verdict))));
    }
  };
  part(verdicts_.safe, Verdict::Safe);
  part(verdicts_.brief, Verdict::Brief);
  part(verdicts_.is_unsafe, Verdict::Unsafe);
  part(verdicts_.unknown, Verdict::Unknown);
  std::string const in_files = files_ > 1 ? fmt::format("{} files, ", files_) : std::string();
  line(0, fmt::format("{}{} statement{}: {}", in_files, verdicts_.all(),
                      verdicts_.all() == 1 ? "" : "s", fmt::join(parts, ", ")));
  if (files_ > 1) {
    for (Severity const severity : {Severity::Error, Severity::Warning, Severity::Note}) {
      tell_rules(severity);
    }
  }
  explain_quiet();
  for (auto const& [basis, files] : judged_by) {
    for (std::string const& words : in_words(basis, files)) {
      line(2, printable(words));
    }
  }
  tell_runners();
}

/// How often each rule was heard, the loudest first.
void Page::tell_rules(Severity severity) {
  std::map<std::string, int> const& counts = heard_[severity];
  std::vector<std::pair<std::string, int>> rules(counts.begin(), counts.end());
  std::ranges::stable_sort(rules, std::greater(), &std::pair<std::string, int>::second);
  std::vector<std::string> parts;
  int all = 0;
  for (auto const& [rule, count] : rules) {
    all += count;
    parts.push_back(fmt::format("{} {}", rule, count));
  }
  if (all > 0) {
    std::string const word = fmt::format("{}{}", rules::to_string(severity), all == 1 ? "" : "s");
    line(2,
         fmt::format("{} {}: {}", all, painted(tint_of(severity), word), fmt::join(parts, ", ")));
  }
}

/// What holds for many statements and is no finding of any is said once.
void Page::explain_quiet() {
  if (verdicts_.brief > 0) {
    line(2,
         "brief: over at once when the lock is there; while it is waited for, everybody queues "
         "behind it, so take it with a short lock_timeout and try again, as `bellows up` does");
  }
  if (planned_ > 0) {
    line(2, fmt::format("{} of them split by a committed plan, which is current", planned_));
  }
  if (widened_ > 0) {
    line(2, fmt::format("more columns for SELECT * from {} statement{}: connections that have "
                        "prepared it fail at its next use (`bellows explain cached-plans`)",
                        widened_, widened_ == 1 ? "" : "s"));
  }
}

class CheckText : public CheckReport {
 public:
  CheckText(bool colour, std::size_t width) : page_(colour, width) {}

  std::string begin(int /*server_version*/) override { return ""; }
  std::string add(CheckedFile const& file) override {
    page_.add(file);
    return page_.take();
  }
  std::string end(std::vector<JudgedBy> const& judged_by) override {
    page_.summary(judged_by);
    return page_.take();
  }

 private:
  Page page_;
};

}  // namespace

int& Verdicts::of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Safe:
      return safe;
    case Verdict::Brief:
      return brief;
    case Verdict::Unsafe:
      return is_unsafe;
    case Verdict::Unknown:
      return unknown;
  }
  return unknown;
}

bool is_planned(CheckedFile const& file, Reviewed const& reviewed) {
  return file.plan && file.plan->current && !reviewed.splits_into.empty() &&
         std::ranges::find(reviewed.findings, "directive", &Finding::rule) ==
             reviewed.findings.end();
}

bool is_settled(CheckedFile const& file, Reviewed const& reviewed, Finding const& finding) {
  return is_planned(file, reviewed) && reviewed.splitter != nullptr &&
         finding.rule == reviewed.splitter->id;
}

std::optional<Severity> worst(CheckedFile const& file) {
  std::optional<Severity> found;
  auto const see = [&](Severity severity) { found = std::max(found, std::optional(severity)); };
  for (Reviewed const& reviewed : file.statements) {
    bool const planned = is_planned(file, reviewed);
    if (!planned && (reviewed.verdict == Verdict::Unknown || reviewed.verdict == Verdict::Unsafe)) {
      see(Severity::Error);
    }
    for (Finding const& finding : reviewed.findings) {
      if (finding.severity != Severity::Error || !is_settled(file, reviewed, finding)) {
        see(finding.severity);
      }
    }
  }
  return found;
}

std::unique_ptr<CheckReport> check_text(bool colour, std::size_t width) {
  return std::make_unique<CheckText>(colour, width);
}

}  // namespace bellows::runner
