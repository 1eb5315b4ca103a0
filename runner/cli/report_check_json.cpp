#include "runner/cli/json_text.hpp"
#include "runner/cli/report_check.hpp"
#include "runner/cli/report_place.hpp"

namespace bellows::runner {
namespace {

void write_blocks(JsonText& out, locks::Effect const& effect) {
  std::vector<std::string> blocks;
  if (!effect.on_new && locks::blocks_reads(effect.lock)) {
    blocks.emplace_back("reads");
  }
  if (!effect.on_new && locks::blocks_writes(effect.lock)) {
    blocks.emplace_back("writes");
  }
  out.member("blocks", blocks);
}

void write(JsonText& out, locks::Effect const& effect) {
  out.open_object();
  out.member("relation", effect.relation.display());
  out.member("lock", locks::to_string(effect.lock));
  write_blocks(out, effect);
  out.member("rewrites", effect.rewrites);
  out.member("scans", effect.scans);
  out.member("rebuilds_indexes", effect.rebuilds_indexes);
  out.member("new", effect.on_new);
  out.close_object();
}

void write(JsonText& out, rules::Expectation const& expected) {
  out.open_object();
  out.member("relation", expected.relation.display());
  out.member("bytes", expected.bytes);
  out.member("seconds_from", static_cast<double>(expected.from.count()) / 1000);
  out.member("seconds_to", static_cast<double>(expected.to.count()) / 1000);
  out.member("rests_on", rules::in_words(expected));
  out.close_object();
}

/// A SQLSTATE, or null.
void write_fails_with(JsonText& out, rules::Finding const& finding) {
  out.key("fails_with");
  if (finding.fails_with.empty()) {
    out.null();
  } else {
    out.value(finding.fails_with);
  }
}

void write(JsonText& out, rules::Finding const& finding, Place const& place) {
  out.open_object();
  out.member("rule", finding.rule);
  out.member("severity", rules::to_string(finding.severity));
  out.member("message", finding.message);
  out.member("remedy", finding.remedy);
  write_fails_with(out, finding);
  out.member("line", place.begin.line);
  out.member("column", place.begin.column);
  out.member("end_line", place.end.line);
  out.member("end_column", place.end.column);
  out.close_object();
}

void write(JsonText& out, std::pair<rules::Finding, std::string> const& allowed) {
  auto const& [finding, because] = allowed;
  out.open_object();
  out.member("rule", finding.rule);
  out.member("message", finding.message);
  out.member("because", because);
  out.close_object();
}

void write(JsonText& out, Basis::Unfollowed const& one) {
  out.open_object();
  out.member("file", one.file);
  out.member("line", one.line);
  out.member("what", one.what);
  out.close_object();
}

void write(JsonText& out, JudgedBy const& judged);

template <typename Values>
void write_list(JsonText& out, std::string_view name, Values const& values) {
  out.key(name);
  out.open_array();
  for (auto const& value : values) {
    write(out, value);
  }
  out.close_array();
}

void write(JsonText& out, JudgedBy const& judged) {
  Basis const& basis = judged.basis;
  out.open_object();
  out.member("source", to_string(basis.source));
  out.member("name", basis.name);
  out.member("files_checked", judged.files);
  out.member("replayed", basis.replayed);
  out.member("last", basis.last);
  write_list(out, "not_understood", basis.unfollowed);
  out.member("copies_passed_over", basis.copies);
  out.member("remarks", basis.remarks);
  out.close_object();
}

void write_findings(JsonText& out, CheckedFile const& file, rules::Reviewed const& reviewed) {
  out.key("findings");
  out.open_array();
  for (rules::Finding const& finding : reviewed.findings) {
    write(out, finding, place_of(file, reviewed.statement, finding));
  }
  out.close_array();
}

void write_runner(JsonText& out, CheckedFile const& file) {
  out.key("runner");
  out.open_object();
  out.member("name", file.conduct.runner->name);
  out.member("found", file.runner_found);
  out.close_object();
}

void write_plan(JsonText& out, CheckedFile const& file, rules::Reviewed const& reviewed) {
  out.key("plan");
  out.open_object();
  out.member("file", file.plan->path);
  out.member("current", file.plan->current);
  out.member("settles", is_planned(file, reviewed));
  out.close_object();
}

/// Members that most statements do not have.
void write_rare(JsonText& out, CheckedFile const& file, rules::Reviewed const& reviewed) {
  if (file.conduct.runner != nullptr) {
    write_runner(out, file);
  }
  if (file.plan) {
    write_plan(out, file, reviewed);
  }
  if (!reviewed.cannot_split.empty()) {
    out.member("cannot_split", reviewed.cannot_split);
  }
  if (auto const* unparsed = std::get_if<sql::Unparsed>(&reviewed.statement.body)) {
    out.member("syntax_error", unparsed->message);
  }
}

void write(JsonText& out, CheckedFile const& file, rules::Reviewed const& reviewed) {
  sql::Statement const& statement = reviewed.statement;
  out.open_object();
  out.member("file", file.file);
  out.member("line", statement.raw.at.line);
  out.member("column", statement.raw.at.column);
  out.member("sql", statement.raw.text);
  out.member("kind", statement.kind);
  out.member("verdict", rules::to_string(reviewed.verdict));
  out.member("transactional", reviewed.effects.transactional);
  out.member("waits_for_snapshots", reviewed.effects.waits_for_snapshots);
  write_list(out, "effects", reviewed.effects.relations);
  out.member("depends_on", reviewed.effects.depends_on);
  write_list(out, "expected", reviewed.expected);
  write_findings(out, file, reviewed);
  write_list(out, "allowed", reviewed.allowed);
  out.member("mistakes", reviewed.directives.mistakes);
  out.member("splits_into", reviewed.splits_into);
  write_rare(out, file, reviewed);
  out.close_object();
}

void write(JsonText& out, Verdicts const& verdicts) {
  out.open_object();
  out.member("safe", verdicts.safe);
  out.member("brief", verdicts.brief);
  out.member("unsafe", verdicts.is_unsafe);
  out.member("unknown", verdicts.unknown);
  out.close_object();
}

/// What is known at the end only stands there.
class CheckJson : public CheckReport {
 public:
  std::string begin(int server_version) override {
    out_.open_object();
    out_.member("schema_version", 1);
    out_.member("server_version", server_version);
    out_.key("statements");
    out_.open_array();
    return out_.take();
  }

  std::string add(CheckedFile const& file) override {
    for (rules::Reviewed const& reviewed : file.statements) {
      write(out_, file, reviewed);
      ++verdicts_.of(reviewed.verdict);
    }
    return out_.take();
  }

  std::string end(std::vector<JudgedBy> const& judged_by) override {
    out_.close_array();
    if (!judged_by.empty()) {
      write_list(out_, "judged_against", judged_by);
    }
    out_.key("summary");
    write(out_, verdicts_);
    out_.close_object();
    return out_.take() + '\n';
  }

 private:
  JsonText out_;
  Verdicts verdicts_;
};

}  // namespace

std::unique_ptr<CheckReport> check_json() {
  return std::make_unique<CheckJson>();
}

}  // namespace bellows::runner
