#include "runner/cli/report_status.hpp"

#include "runner/cli/console.hpp"
#include "runner/cli/wrap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bellows::runner {
namespace {

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

enum class Working : std::uint8_t { No, Yes, Silent, Lost };

Working working_on(StatusReport const& report, State state) {
  bool const may_be = state == State::Expanding || state == State::Backfilling ||
                      state == State::Contracting || state == State::Aborting;
  if (!report.holder || !may_be) {
    return report.lost && may_be ? Working::Lost : Working::No;
  }
  return report.holder->silent ? Working::Silent : Working::Yes;
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
  return fmt::format("      the last run {} at {}: {}\n",
                     ending.what == "stopped" ? "was stopped" : "failed, and left nothing of it,",
                     ending.at, indented(ending.detail));
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

std::string step_of(MigrationStatus const& each) {
  return each.purpose.empty() ? "step " + each.failed_step : each.purpose;
}

/// What its runner does about it right now, as far as that is known.
std::string pace_of(MigrationStatus const& each, Working working) {
  switch (working) {
    case Working::No:
      return ", interrupted";
    case Working::Silent:
      return ", and its runner gives no sign of life";
    case Working::Lost:
      return ", and its runner may be reconnecting";
    case Working::Yes:
      break;
  }
  return each.hold ? "" : ", running now";
}

/// At which step it is, and what keeps it there.
std::string step_text(MigrationStatus const& each, Working working) {
  std::string text;
  bool const waits = each.state == State::Backfilled || each.state == State::Expanded;
  if (each.state == State::Failed) {
    text += line(fmt::format("failed in {}{}: {}", each.phase,
                             each.sqlstate.empty() ? "" : " (SQLSTATE " + each.sqlstate + ")",
                             step_of(each)));
    text += line("  " + indented(each.message));
  } else if (!each.current_step.empty() && !waits) {
    text += line(fmt::format("{}{}: {}", each.phase, pace_of(each, working), each.purpose));
  }
  if (working != Working::No && each.hold) {
    text += held(*each.hold);
  }
  if (working == Working::No && each.ending) {
    text += ended(*each.ending);
  }
  if (each.verifier) {
    text += line(in_words(*each.verifier));
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
  if (each.held_back) {
    text += line(each.held_back->why);
  }
  for (auto const& [id, purpose] : each.gates) {
    text += line("before contract: " + purpose);
  }
  if (each.state == State::Backfilled) {
    for (auto const& [when, what] : each.application) {
      text += line(fmt::format("application, {}: {}", words(when), what));
    }
  }
  return text;
}

std::string details(MigrationStatus const& each, Working working) {
  std::string text = file_text(each) + step_text(each, working);
  if (each.progress) {
    text += line(progress_line(*each.progress, true));
  }
  if (each.dead_letters.count > 0) {
    text += dead_letters(each.dead_letters);
  }
  text += contract_text(each);
  if (each.refused && working == Working::No) {
    text += line("would be refused now: " + indented(each.refused->why));
  }
  return text;
}

/// The one answer to what is next.
std::string next_text(Outlook const& outlook) {
  return (outlook.next.starts_with("nothing") ? "" : "next: ") + outlook.next + "\n";
}

/// Orders in force.
std::string controls_text(std::vector<batcher::ControlRow> const& controls) {
  std::string text;
  for (batcher::ControlRow const& row : controls) {
    std::string const whom = row.scope == batcher::every_job ? "every job" : row.scope;
    if (row.paused) {
      text += fmt::format("paused: {}, by {} since {}\n", whom, row.paused_by, row.paused_at);
    }
    if (!row.settings.empty()) {
      text += fmt::format("set: {}: {}, by {} at {}\n", whom, row.settings, row.set_by, row.set_at);
    }
  }
  return text;
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

/// Of the application that runs, as far as deployments tell.
std::string rolled_back(StatusReport const& report) {
  std::string text;
  if (report.rollback) {
    text = fmt::format("release {} was deployed last ({}), which is older than {}: a rollback\n",
                       report.deployed.name, report.deployed.deployed_at, report.newest);
  }
  for (Missing const& missing : report.missing) {
    text += "  [!] " + in_words(missing, report.deployed.name) + "\n";
  }
  return text;
}

/// What is said before any migration.
std::string opening(StatusReport const& report) {
  std::string text = report.target + "\n" + ledger_is_missing(report);
  if (report.another_project) {
    text +=
        "none of the migrations that ran here is in this checkout: is it the right directory, or "
        "the right database?\n";
  }
  if (report.holder) {
    text += (report.holder->silent ? "" : "at work: ") + in_words(*report.holder) + "\n";
  }
  if (report.lost) {
    text += "was at work: " + in_words(*report.lost) + "\n";
  }
  if (report.held) {
    text += held(*report.held);
  }
  return text + rolled_back(report) + controls_text(report.controls);
}

/// Its place, and since when; the latter in a line of its own where one is too short for both.
std::string headline(MigrationStatus const& each, bool colour, std::optional<std::size_t> width) {
  Look const look = look_of(each.state);
  bool const paint = colour && *look.colour != '\0';
  std::string const place = fmt::format("{} {:<48} {}", look.mark, each.name, each.state_words);
  std::vector<std::string> when;
  if (!each.changed_at.empty()) {
    when.push_back(each.changed_at);
  }
  if (!each.release.empty()) {
    when.push_back("release " + each.release);
  }
  std::string text =
      fmt::format("  {}{}{}", paint ? look.colour : "", place, paint ? "\033[0m" : "");
  std::string const since = fmt::format("{}", fmt::join(when, "  "));
  if (since.empty()) {
    return text + '\n';
  }
  bool const fits = !width || 2 + place.size() + 2 + since.size() <= *width;
  return text + (fits ? "  " : "\n      since ") + since + '\n';
}

/// How many stand where; nobody is counted twice, or left out.
std::string counts(std::vector<MigrationStatus> const& migrations) {
  auto const in = [&](auto... states) {
    return std::ranges::count_if(
        migrations, [&](MigrationStatus const& each) { return ((each.state == states) || ...); });
  };
  auto const done = in(State::Contracted);
  auto const pending = in(State::Pending);
  auto const aborted = in(State::Aborted);
  auto const all = static_cast<std::ptrdiff_t>(migrations.size());
  return fmt::format("{} of {} done, {} under way, {} pending{}\n", done, all,
                     all - done - pending - aborted, pending,
                     aborted == 0 ? "" : fmt::format(", {} aborted", aborted));
}

}  // namespace

std::string status_text(StatusReport const& report, bool colour, std::optional<std::size_t> width) {
  std::string text = opening(report);
  for (MigrationStatus const& each : report.migrations) {
    text += headline(each, colour, width) + details(each, working_on(report, each.state));
  }
  text += leftovers(report) + counts(report.migrations) + next_text(report.outlook);
  return width ? fitted(text, *width) : text;
}

}  // namespace bellows::runner
