#include "runner/cli/report_status.hpp"

#include <nlohmann/json.hpp>

namespace bellows::runner {
namespace {

using Json = nlohmann::ordered_json;

Json json(batcher::DeadLetters const& letters) {
  Json examples = Json::array();
  for (batcher::DeadLetter const& letter : letters.examples) {
    examples.push_back({{"row", letter.row},
                        {"sqlstate", letter.sqlstate},
                        {"message", letter.message},
                        {"tries", letter.tries}});
  }
  return {{"count", letters.count}, {"examples", std::move(examples)}};
}

Json json(Holder const& holder) {
  return {{"pid", holder.pid},
          {"host", holder.host},
          {"command", holder.command},
          {"server_pid", holder.server_pid},
          {"seconds_since_sign_of_life", holder.seconds},
          {"silent", holder.silent}};
}

Json json(LostHolder const& lost) {
  return {{"pid", lost.pid},
          {"host", lost.host},
          {"command", lost.command},
          {"seconds_since_sign_of_life", lost.seconds}};
}

Json json(HoldSince const& held) {
  return {{"kind", held.hold.kind},
          {"why", held.hold.why},
          {"next", held.hold.next},
          {"slowed", held.hold.slowed},
          {"seconds", held.seconds}};
}

Json ids(std::vector<std::pair<std::string, std::string>> const& gates) {
  Json all = Json::array();
  for (auto const& [id, purpose] : gates) {
    all.push_back(id);
  }
  return all;
}

Json json(std::vector<Missing> const& missing) {
  Json all = Json::array();
  for (Missing const& each : missing) {
    all.push_back({{"names", each.names},
                   {"migration", each.migration},
                   {"release", each.release},
                   {"since", each.since}});
  }
  return all;
}

Json json(MigrationStatus const& each) {
  Json one{{"name", each.name},
           {"state", std::string{to_string(each.state)}},
           {"state_in_words", each.state_words},
           {"phase", each.phase},
           {"release", each.release},
           {"step", each.current_step},
           {"step_purpose", each.purpose},
           {"failed_step", each.failed_step},
           {"sqlstate", each.sqlstate},
           {"message", each.message},
           {"changed_at", each.changed_at},
           {"file_changed", each.file_changed},
           {"file_missing", each.file_missing},
           {"gates", ids(each.gates)}};
  if (each.hold) {
    one["held"] = json(*each.hold);
  }
  if (each.ending) {
    one["last_run"] = {{"ended", each.ending->what},
                       {"step", each.ending->step},
                       {"why", each.ending->detail},
                       {"at", each.ending->at}};
  }
  if (each.refused) {
    one["refused"] = {{"why", each.refused->why}, {"next", each.refused->next}};
  }
  if (each.held_back) {
    one["held_back"] = {{"by", each.held_back->release},
                        {"older", each.held_back->older},
                        {"why", each.held_back->why}};
  }
  if (each.differs) {
    one["differing"] = each.differs->differing;
  }
  if (each.verifier) {
    one["verifying"] = {{"done", each.verifier->done},
                        {"user", each.verifier->user},
                        {"server_pid", each.verifier->server_pid}};
  }
  if (each.progress) {
    one["progress"] = {{"share", each.progress->share},
                       {"rows_written", each.progress->rows_written},
                       {"rows_scanned", each.progress->rows_scanned},
                       {"batches", each.progress->batches}};
  }
  if (each.dead_letters.count > 0) {
    one["dead_letters"] = json(each.dead_letters);
  }
  return one;
}

}  // namespace

std::string status_json(StatusReport const& report) {
  Json document{{"schema_version", 1},
                {"target", report.target},
                {"never_ran", report.never_ran},
                {"another_project", report.another_project},
                {"running", report.holder ? in_words(*report.holder) : ""},
                {"next", report.outlook.next},
                {"up_to_date", report.outlook.up_to_date}};
  if (report.holder) {
    document["runner"] = json(*report.holder);
  }
  if (report.lost) {
    document["lost_runner"] = json(*report.lost);
  }
  if (report.held) {
    document["held"] = json(*report.held);
  }
  if (!report.deployed.name.empty()) {
    document["deployed"] = {{"release", report.deployed.name},
                            {"at", report.deployed.deployed_at},
                            {"rollback", report.rollback},
                            {"missing", json(report.missing)}};
  }
  document["controls"] = Json::array();
  for (batcher::ControlRow const& row : report.controls) {
    document["controls"].push_back({{"job", row.scope},
                                    {"paused", row.paused},
                                    {"paused_by", row.paused ? row.paused_by : ""},
                                    {"paused_at", row.paused ? row.paused_at : ""},
                                    {"settings", row.settings},
                                    {"set_by", row.set_by},
                                    {"set_at", row.set_at}});
  }
  document["migrations"] = Json::array();
  for (MigrationStatus const& each : report.migrations) {
    document["migrations"].push_back(json(each));
  }
  document["leftovers"] = Json::array();
  for (Leftover const& left : report.leftovers) {
    document["leftovers"].push_back({{"table", left.table.name.empty() ? "" : left.table.display()},
                                     {"objects", left.objects},
                                     {"remove", left.removal}});
  }
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bellows::runner
