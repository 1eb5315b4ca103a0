#include "runner/cli/report_check.hpp"
#include "runner/cli/report_place.hpp"

#include <nlohmann/json.hpp>

namespace bellows::runner {
namespace {

using Json = nlohmann::ordered_json;

Json blocks(locks::Effect const& effect) {
  Json list = Json::array();
  if (effect.on_new) {
    return list;
  }
  if (locks::blocks_reads(effect.lock)) {
    list.push_back("reads");
  }
  if (locks::blocks_writes(effect.lock)) {
    list.push_back("writes");
  }
  return list;
}

Json to_json(locks::Effect const& effect) {
  return {{"relation", effect.relation.display()},
          {"lock", locks::to_string(effect.lock)},
          {"blocks", blocks(effect)},
          {"rewrites", effect.rewrites},
          {"scans", effect.scans},
          {"rebuilds_indexes", effect.rebuilds_indexes},
          {"new", effect.on_new}};
}

Json to_json(rules::Expectation const& expected) {
  return {{"relation", expected.relation.display()},
          {"bytes", expected.bytes},
          {"seconds_from", static_cast<double>(expected.from.count()) / 1000},
          {"seconds_to", static_cast<double>(expected.to.count()) / 1000},
          {"rests_on", rules::in_words(expected)}};
}

/// A SQLSTATE, or null.
Json fails_with(rules::Finding const& finding) {
  return finding.fails_with.empty() ? Json() : Json(finding.fails_with);
}

Json findings(CheckedFile const& file, rules::Reviewed const& reviewed) {
  Json list = Json::array();
  for (rules::Finding const& finding : reviewed.findings) {
    Place const place = place_of(file, reviewed.statement, finding);
    list.push_back({{"rule", finding.rule},
                    {"severity", rules::to_string(finding.severity)},
                    {"message", finding.message},
                    {"remedy", finding.remedy},
                    {"fails_with", fails_with(finding)},
                    {"line", place.begin.line},
                    {"column", place.begin.column},
                    {"end_line", place.end.line},
                    {"end_column", place.end.column}});
  }
  return list;
}

Json to_json(JudgedBy const& judged) {
  Basis const& basis = judged.basis;
  Json unfollowed = Json::array();
  for (Basis::Unfollowed const& one : basis.unfollowed) {
    unfollowed.push_back({{"file", one.file}, {"line", one.line}, {"what", one.what}});
  }
  return {{"source", to_string(basis.source)},
          {"name", basis.name},
          {"files_checked", judged.files},
          {"replayed", basis.replayed},
          {"last", basis.last},
          {"not_understood", unfollowed},
          {"copies_passed_over", basis.copies},
          {"remarks", basis.remarks}};
}

template <typename Values>
Json list_of(Values const& values) {
  Json list = Json::array();
  for (auto const& value : values) {
    list.push_back(to_json(value));
  }
  return list;
}

Json allowed(rules::Reviewed const& reviewed) {
  Json list = Json::array();
  for (auto const& [finding, reason] : reviewed.allowed) {
    list.push_back({{"rule", finding.rule}, {"message", finding.message}, {"because", reason}});
  }
  return list;
}

Json to_json(CheckedFile const& file, rules::Reviewed const& reviewed) {
  sql::Statement const& statement = reviewed.statement;
  Json json{{"file", file.file},
            {"line", statement.raw.at.line},
            {"column", statement.raw.at.column},
            {"sql", statement.raw.text},
            {"kind", statement.kind},
            {"verdict", rules::to_string(reviewed.verdict)},
            {"transactional", reviewed.effects.transactional},
            {"waits_for_snapshots", reviewed.effects.waits_for_snapshots},
            {"effects", list_of(reviewed.effects.relations)},
            {"depends_on", reviewed.effects.depends_on},
            {"expected", list_of(reviewed.expected)},
            {"findings", findings(file, reviewed)},
            {"allowed", allowed(reviewed)},
            {"mistakes", reviewed.directives.mistakes},
            {"splits_into", reviewed.splits_into}};
  if (file.conduct.runner != nullptr) {
    json["runner"] = {{"name", file.conduct.runner->name}, {"found", file.runner_found}};
  }
  if (file.plan) {
    json["plan"] = {{"file", file.plan->path},
                    {"current", file.plan->current},
                    {"settles", is_planned(file, reviewed)}};
  }
  if (!reviewed.cannot_split.empty()) {
    json["cannot_split"] = reviewed.cannot_split;
  }
  if (auto const* unparsed = std::get_if<sql::Unparsed>(&statement.body)) {
    json["syntax_error"] = unparsed->message;
  }
  return json;
}

}  // namespace

std::string check_json(std::vector<CheckedFile> const& files, int server_version,
                       std::vector<JudgedBy> const& judged_by) {
  Json statements = Json::array();
  for (CheckedFile const& file : files) {
    for (rules::Reviewed const& reviewed : file.statements) {
      statements.push_back(to_json(file, reviewed));
    }
  }
  Verdicts const verdicts = count_verdicts(files);
  Json document{{"schema_version", 1}, {"server_version", server_version}};
  if (!judged_by.empty()) {
    document["judged_against"] = list_of(judged_by);
  }
  document["statements"] = std::move(statements);
  document["summary"] = {{"safe", verdicts.safe},
                         {"brief", verdicts.brief},
                         {"unsafe", verdicts.is_unsafe},
                         {"unknown", verdicts.unknown}};
  // A migration need not be UTF-8; JSON must be.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace bellows::runner
