#include "runner/cli/report_status.hpp"

#include "runner/cli/console.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace bellows::runner {
namespace {

using Json = nlohmann::ordered_json;

/// How a state looks.
struct Look {
  char const* mark;
  char const* colour;
};

Look look_of(State state) {
  static constexpr std::array<Look, 11> looks{{
      {"[ ]", ""},
      {"[~]", "\033[33m"},
      {"[>]", "\033[33m"},
      {"[~]", "\033[33m"},
      {"[>]", "\033[36m"},
      {"[~]", "\033[33m"},
      {"[x]", "\033[32m"},
      {"[~]", "\033[33m"},
      {"[-]", ""},
      {"[!]", "\033[31m"},
      {"[~]", "\033[33m"},
  }};
  return looks.at(static_cast<std::size_t>(state));
}

bool at_work(StatusReport const& report, State state) {
  return !report.running.empty() && (state == State::Expanding || state == State::Backfilling ||
                                     state == State::Contracting || state == State::Aborting);
}

std::string words(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string dead_letters(batcher::DeadLetters const& letters) {
  constexpr std::size_t most = 3;
  std::string text = fmt::format("      {} row{} in the dead letters, not written:\n",
                                 letters.count, letters.count == 1 ? "" : "s");
  for (std::size_t i = 0; i < std::min(most, letters.examples.size()); ++i) {
    batcher::DeadLetter const& letter = letters.examples[i];
    text += fmt::format("        {} (SQLSTATE {}) {}\n", letter.row, letter.sqlstate,
                        letter.message.substr(0, letter.message.find('\n')));
  }
  if (letters.count > static_cast<std::int64_t>(most)) {
    text += "        … and more: SELECT * FROM bellows.dead_letters\n";
  }
  return text;
}

/// The server's CONTEXT and DETAIL stand below what failed, not at the edge.
std::string indented(std::string text) {
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
    text.insert(at + 1, "        ");
  }
  return text;
}

std::string span(std::int64_t seconds) {
  if (seconds < 120) {
    return fmt::format("{} s", seconds);
  }
  return seconds < 7200 ? fmt::format("{} min", seconds / 60) : fmt::format("{} h", seconds / 3600);
}

/// Who holds the run that is at work, and for how long. What ends it is said at the end.
std::string held(HoldSince const& held) {
  return fmt::format("      {} for {}: {}\n", held.hold.slowed ? "slowed" : "held",
                     span(held.seconds), indented(held.hold.why));
}

std::string ended(Ending const& ending) {
  return fmt::format("      the last run {} at {}{}: {}\n",
                     ending.what == "stopped" ? "was stopped" : "failed, and changed nothing,",
                     ending.at, ending.step.empty() ? "" : ", step " + ending.step,
                     indented(ending.detail));
}

std::string line(std::string const& what) {
  return "      " + what + "\n";
}

/// Whether its file is the one that ran.
std::string file_text(MigrationStatus const& each) {
  return (each.file_missing ? line("its file is not in this checkout: the database is ahead of it")
                            : "") +
         (each.file_changed ? line("its file was changed after it ran") : "");
}

/// At which step it is, and what keeps it there.
std::string step_text(MigrationStatus const& each, bool working) {
  std::string text;
  bool const waits = each.state == State::Backfilled || each.state == State::Expanded;
  if (each.state == State::Failed) {
    text += line(fmt::format("failed in {} at {}{}: {}", each.phase, each.step_words,
                             each.sqlstate.empty() ? "" : " (SQLSTATE " + each.sqlstate + ")",
                             indented(each.message)));
  } else if (!each.current_step.empty() && !waits) {
    char const* const how = !working ? ", interrupted" : each.hold ? "" : ", running now";
    text += line(fmt::format("{} at {}{}", each.phase, each.step_words, how));
  }
  if (working && each.hold) {
    text += held(*each.hold);
  }
  if (!working && each.ending) {
    text += ended(*each.ending);
  }
  return text;
}

/// What stands between it and its contract.
std::string contract_text(MigrationStatus const& each) {
  std::string text;
  if (each.differs) {
    text += line(fmt::format(
        "`bellows verify` found at {} that {} of {} rows differ, e.g. {}: contract is refused "
        "until it is clean",
        each.differs->at, each.differs->differing, each.differs->rows, each.differs->example));
  }
  for (std::string const& gate : each.gates) {
    text += line("gate before contract: " + gate);
  }
  if (each.state == State::Backfilled) {
    for (auto const& [when, what] : each.application) {
      text += line(fmt::format("application, {}: {}", words(when), what));
    }
  }
  return text;
}

std::string details(MigrationStatus const& each, bool working) {
  std::string text = file_text(each) + step_text(each, working);
  if (each.progress) {
    text += line(progress_line(*each.progress, true));
  }
  if (each.dead_letters.count > 0) {
    text += dead_letters(each.dead_letters);
  }
  text += contract_text(each);
  if (each.refused && !working) {
    text += line("would be refused now: " + indented(each.refused->why));
  }
  return text;
}

/// The one answer to what is next.
std::string next_text(Outlook const& outlook) {
  return (outlook.next.starts_with("nothing") ? "" : "next: ") + outlook.next + "\n";
}

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

Json json(MigrationStatus const& each) {
  Json one{{"name", each.name},
           {"state", std::string{to_string(each.state)}},
           {"phase", each.phase},
           {"release", each.release},
           {"step", each.current_step},
           {"failed_step", each.failed_step},
           {"sqlstate", each.sqlstate},
           {"message", each.message},
           {"changed_at", each.changed_at},
           {"file_changed", each.file_changed},
           {"file_missing", each.file_missing},
           {"gates", each.gates}};
  if (each.hold) {
    one["held"] = {{"kind", each.hold->hold.kind},
                   {"why", each.hold->hold.why},
                   {"next", each.hold->hold.next},
                   {"slowed", each.hold->hold.slowed},
                   {"seconds", each.hold->seconds}};
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
  if (each.differs) {
    one["differing"] = each.differs->differing;
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

std::string leftovers(StatusReport const& report) {
  std::string text;
  for (Leftover const& left : report.leftovers) {
    text += "  [!] " + in_words(left) + "\n";
  }
  return text;
}

std::string ledger_is_missing(StatusReport const& report) {
  if (!report.never_ran) {
    return "";
  }
  return report.leftovers.empty()
             ? "bellows has never run here\n"
             : "bellows has run here, and its ledger, the schema bellows, is gone\n";
}

}  // namespace

std::string status_text(StatusReport const& report, bool colour) {
  std::string text = report.target + "\n" + ledger_is_missing(report);
  if (report.another_project) {
    text +=
        "none of the migrations that ran here is in this checkout: is it the right directory, or "
        "the right database?\n";
  }
  if (!report.running.empty()) {
    text += "at work: " + report.running + "\n";
  }
  for (batcher::ControlRow const& row : report.controls) {
    std::string const whom = row.scope == batcher::every_job ? "every job" : row.scope;
    if (row.paused) {
      text += fmt::format("paused: {}, by {} since {}\n", whom, row.set_by, row.set_at);
    }
    if (!row.settings.empty()) {
      text += fmt::format("set: {}: {}, by {}\n", whom, row.settings, row.set_by);
    }
  }
  std::size_t finished = 0;
  std::size_t pending = 0;
  std::size_t left_out = 0;  // aborted: neither done nor going to be
  for (MigrationStatus const& each : report.migrations) {
    Look const look = look_of(each.state);
    bool const paint = colour && *look.colour != '\0';
    text += fmt::format("  {}{} {:<48} {}{}{}{}\n", paint ? look.colour : "", look.mark, each.name,
                        each.state_words, paint ? "\033[0m" : "",
                        each.changed_at.empty() ? "" : "  " + each.changed_at,
                        each.release.empty() ? "" : "  release " + each.release);
    text += details(each, at_work(report, each.state));
    finished += each.state == State::Contracted ? 1U : 0U;
    left_out += each.state == State::Aborted ? 1U : 0U;
    pending += each.state == State::Pending ? 1U : 0U;
  }
  text += leftovers(report);
  std::size_t const between = report.migrations.size() - finished - pending - left_out;
  text += fmt::format("{} of {} done, {} under way, {} pending\n", finished,
                      report.migrations.size(), between, pending);
  return text + next_text(report.outlook);
}

std::string status_json(StatusReport const& report) {
  Json document{{"schema_version", 1},
                {"target", report.target},
                {"never_ran", report.never_ran},
                {"another_project", report.another_project},
                {"running", report.running},
                {"next", report.outlook.next},
                {"up_to_date", report.outlook.up_to_date}};
  document["controls"] = Json::array();
  for (batcher::ControlRow const& row : report.controls) {
    document["controls"].push_back({{"job", row.scope},
                                    {"paused", row.paused},
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
