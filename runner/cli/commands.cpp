#include "runner/cli/command.hpp"
#include "runner/cli/wrap.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace bellows::runner {
namespace {

bool applies(OptionInfo const& option, std::string const& command) {
  std::string const all = " " + std::string{option.commands} + " ";
  return option.commands == "*" || all.find(" " + command + " ") != std::string::npos;
}

/// What the option table's options are about, from this one on.
struct Heading {
  std::string_view first;
  std::string_view text;
};
constexpr std::array<Heading, 7> headings{{
    {"help", "options"},
    {"database-url", "what and where"},
    {"lock-wait", "locks and gates"},
    {"batch-target", "batches"},
    {"max-rows-per-second", "limits of your own"},
    {"throttle", "what it looks at, and waits for"},
    {"dry-run", "what it tells"},
}};

std::string option_help(std::string const& command) {
  std::string text;
  std::string_view heading;
  for (OptionInfo const& option : option_table()) {
    if (auto const* const begun = std::ranges::find(headings, option.name, &Heading::first);
        begun != headings.end()) {
      heading = begun->text;
    }
    bool const everywhere = option.commands == "*";
    if (command.empty() ? !everywhere : !applies(option, command)) {
      continue;
    }
    if (!command.empty() && !heading.empty()) {
      text += fmt::format("\n{}:\n", heading);
      heading = {};
    }
    std::string spelled = option.letter != 0 ? fmt::format("-{}, ", option.letter) : "    ";
    spelled += "--" + std::string{option.name};
    if (option.takes_value) {
      spelled += " " + std::string{option.value};
    }
    std::string about{option.help};
    if (option.takes_value && !option.fallback.empty()) {
      about += fmt::format(" (default {})", option.fallback);
    }
    text += in_column(spelled, about, 34);
  }
  return text;
}

}  // namespace

std::vector<Command> const& commands() {
  static std::vector<Command> const all{
      {"init", "", "make the directories and a bellows.yaml", run_init},
      {"new", "NAME", "write an empty migration file, named by the time", run_new},
      {"check", "[FILE…]", "tell what each statement would lock, and what is unsafe", run_check},
      {"plan", "[FILE…]", "split unsafe migrations into phases and write their plans", run_plan},
      {"explain", "[RULE…]", "what a rule is about: effect, examples, versions, source",
       run_explain},
      {"up", "", "expand and backfill what is new; with --release also contract what is due",
       run_up},
      {"expand", "MIGRATION", "run a migration's first phase only", run_expand},
      {"backfill", "MIGRATION", "run a migration up to the end of its backfill", run_backfill},
      {"contract", "[MIGRATION…]", "run the last phase, once its gates are open", run_contract},
      {"resume", "[MIGRATION]",
       "lift the pause of what is at work; else go on with what was interrupted or has failed",
       run_resume},
      {"pause", "[MIGRATION]", "let running backfills, or one, stand still until `resume`",
       run_pause},
      {"set", "[MIGRATION] NAME=VALUE…",
       "steer running backfills: batch, batch-target, lanes, rows-per-second, wal-per-second",
       run_set},
      {"abort", "MIGRATION", "take a migration back that is not contracted", run_abort},
      {"status", "", "where each migration stands and what holds it there", run_status},
      {"verify", "[MIGRATION…]", "compare every row of what is backfilled with its rule, again",
       run_verify},
      {"snapshot", "", "write the database's schema as JSON", run_snapshot},
  };
  return all;
}

std::string help_text(std::string const& command) {
  if (command.empty()) {
    std::string text =
        "bellows: schema changes for PostgreSQL without downtime, in three phases:\n"
        "expand, backfill, contract\n\n"
        "usage: bellows COMMAND [OPTION…] [OPERAND…]\n\ncommands:\n";
    for (Command const& each : commands()) {
      text +=
          in_column(std::string{each.name} + " " + std::string{each.operands}, each.summary, 27);
    }
    return text + "\noptions of every command:\n" + option_help("") +
           "\n`bellows COMMAND --help` tells the rest.\n";
  }
  auto const found = std::ranges::find(commands(), command, &Command::name);
  if (found == commands().end()) {
    return help_text("");
  }
  return fmt::format("usage: bellows {} [OPTION…]{}{}\n\n{}{}", found->name,
                     found->operands.empty() ? "" : " ", found->operands,
                     wrapped(found->summary, 0), option_help(command));
}

}  // namespace bellows::runner
