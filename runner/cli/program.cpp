#include "runner/cli/command.hpp"
#include "runner/cli/event_lines.hpp"
#include "runner/cli/failure_place.hpp"
#include "runner/cli/last_resort.hpp"
#include "runner/ddl/attended.hpp"
#include "runner/ddl/interrupted.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/rows_elsewhere.hpp"
#include "runner/rollout/step.hpp"

#include <fmt/core.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <unistd.h>

namespace bellows::runner {
namespace {

/// What an error comes to: a code, and what to type next.
struct ExitLine {
  int code = exit_internal;
  std::string next;
};

ExitLine ending_of(StepFailed const& error) {
  if (error.nothing_changed) {
    return {exit_failed_unchanged,
            error.next.empty() ? "mend it, then the same command again" : error.next};
  }
  return {exit_failed_partway,
          error.next.empty()
              ? "mend it, then `bellows resume`; `bellows status` shows where it stands"
              : error.next};
}

ExitLine ending_of(postgres::CannotConnect const&) {
  return {exit_cannot_connect,
          "check --database-url (or DATABASE_URL, bellows.yaml, PG*) and that the server is up"};
}

/// `begun`: a step had begun, so something may be half done.
ExitLine ending_of(postgres::Failure const&, bool begun) {
  if (begun) {
    return {exit_failed_partway, "bellows status, then `bellows resume`"};
  }
  return {exit_failed_unchanged,
          "nothing was changed: mend what the server says, then the same command again"};
}

std::string why_stopped(Stop const& stop, ddl::Interrupted const& error) {
  std::string const time = stop.why_time_is_up();
  return (time.empty() ? "" : time + ": ") + error.what();
}

int signal_code(Stop const& stop) {
  if (stop.signal_number() == 0 && !stop.why_time_is_up().empty()) {
    return exit_paused;
  }
  return stop.signal_number() == SIGTERM ? 143 : 130;
}

int print(Console& console, std::string const& message, ExitLine const& ending) {
  console.failed(ending.code, message, ending.next);
  return ending.code;
}

/// Of the command that was typed, where it is one.
std::string help_on(std::vector<std::string> const& arguments) {
  auto const found = std::ranges::find_first_of(arguments, commands(), {}, {}, &Command::name);
  return found == arguments.end() ? "bellows --help" : fmt::format("bellows {} --help", *found);
}

/// The one place where an exception becomes an exit code.
int report(Stop const& stop, Console& console, std::string const& help, bool begun) {
  try {
    throw;
  } catch (UsageError const& error) {
    return print(console, error.what(), {exit_usage, help});
  } catch (WhichMigration const& error) {
    return print(console, error.what(), {exit_usage, error.next});
  } catch (RowsElsewhere const& error) {
    return print(console, error.what(), {exit_refused, error.next});
  } catch (ProjectError const& error) {
    return print(console, error.what(), {exit_unsafe, error.next});
  } catch (Unconfirmed const& error) {
    return print(console, error.what(), {exit_refused, error.next});
  } catch (GateClosed const& error) {
    return print(console, error.what(), {exit_gate, error.next});
  } catch (StepFailed const& error) {
    std::string const state =
        error.sqlstate.empty() ? "" : fmt::format("\n  SQLSTATE {}", error.sqlstate);
    return print(console, error.place + error.what() + state, ending_of(error));
  } catch (ddl::Interrupted const& error) {
    return print(console, why_stopped(stop, error),
                 {signal_code(stop), begun ? "bellows resume" : "the same command again"});
  } catch (ddl::HeldUp const& error) {
    return print(console, error.what(), {exit_locked, error.next});
  } catch (LockHeld const& error) {
    return print(console, error.what(), {exit_locked, error.next});
  } catch (LeaseLost const& error) {
    return print(console, error.what(), {exit_locked, "bellows status"});
  } catch (batcher::LostLease const& error) {
    return print(console, error.what(), {exit_locked, "bellows status"});
  } catch (postgres::CannotConnect const& error) {
    return print(console, error.what(), ending_of(error));
  } catch (postgres::Failure const& error) {
    return print(console,
                 fmt::format("{}{}", error.what(),
                             error.sqlstate.empty() ? "" : " (SQLSTATE " + error.sqlstate + ")"),
                 ending_of(error, begun));
  } catch (std::exception const& error) {
    return print(console, error.what(),
                 {exit_internal, "this should not happen; the command with -v tells more"});
  }
}

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string const text = *entry;
    auto const equals = text.find('=');
    if (equals != std::string::npos) {
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return all;
}

/// Verbs of other tools, for fingers that know them.
std::string foreign_verb(std::string const& word) {
  static std::map<std::string, std::string> const verbs{
      {"migrate", "up"},      {"deploy", "up"},    {"latest", "up"},  {"migrate:latest", "up"},
      {"db:migrate", "up"},   {"apply", "up"},     {"start", "up"},   {"complete", "contract"},
      {"rollback", "abort"},  {"undo", "abort"},   {"create", "new"}, {"generate", "new"},
      {"list", "status"},     {"info", "status"},  {"ls", "status"},  {"lint", "check"},
      {"continue", "resume"}, {"dump", "snapshot"}};
  auto const found = verbs.find(word);
  return found == verbs.end() ? "" : found->second;
}

Command const& find_command(std::string const& name) {
  auto const found = std::ranges::find(commands(), name, &Command::name);
  if (found != commands().end()) {
    return *found;
  }
  std::vector<std::string> known;
  for (Command const& command : commands()) {
    known.emplace_back(command.name);
  }
  std::string meant = foreign_verb(name);
  if (meant.empty()) {
    meant = nearest(name, known).value_or("");
  }
  throw UsageError(fmt::format("there is no command {}{}", name,
                               meant.empty() ? "" : "; did you mean `bellows " + meant + "`?"));
}

/// What is not heeded must not be typed in vain: `up X` would run more than X.
void refuse_operands(Command const& command, Options const& options) {
  if (!command.operands.empty() || options.operands().empty()) {
    return;
  }
  std::string const& operand = options.operands().front();
  throw UsageError(fmt::format(
      "`bellows {}` is about all migrations and takes none by name, such as {}{}", command.name,
      operand,
      command.name == "up"
          ? fmt::format("; did you mean `bellows backfill {}`, or --to {}?", operand, operand)
          : ""));
}

/// The log as part of the stream of JSON.
class JsonSink : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(spdlog::details::log_msg const& message) override {
    auto const level = spdlog::level::to_string_view(message.level);
    std::cerr << log_line(std::chrono::system_clock::now(), {level.data(), level.size()},
                          {message.payload.data(), message.payload.size()});
  }
  void flush_() override { std::cerr.flush(); }
};

void start_logging(bool verbose, Telling telling) {
  spdlog::sink_ptr sink = std::make_shared<JsonSink>();
  if (telling == Telling::Text) {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sink->set_pattern("%H:%M:%S.%e %l %v");
  }
  auto const logger = std::make_shared<spdlog::logger>("bellows", std::move(sink));
  logger->set_level(verbose ? spdlog::level::debug : spdlog::level::warn);
  spdlog::set_default_logger(logger);
}

Telling telling_of(Options const& options) {
  std::string const& format = options.text("events-format");
  if (format != "text" && format != "json") {
    throw UsageError("--events-format is text or json");
  }
  return format == "json" ? Telling::Json : Telling::Text;
}

int run_parsed(Options const& options, Console& console, Stop& stop, Observer const& observe,
               bool& begun) {
  if (options.flag("version")) {
    console.answer("bellows " BELLOWS_VERSION "\n");
    return exit_done;
  }
  if (options.flag("explain-config")) {
    console.answer(options.explain());
    return exit_done;
  }
  if (options.help() || options.command() == "help" || options.command().empty()) {
    bool const asked = options.help() || options.command() == "help";
    std::string const about = options.command() == "help" && !options.operands().empty()
                                  ? options.operands().front()
                                  : options.command();
    console.answer(help_text(about == "help" ? "" : about));
    return asked ? exit_done : exit_usage;
  }
  start_logging(options.flag("verbose"), console.telling_json() ? Telling::Json : Telling::Text);
  Invocation invocation{options, console, stop, observe, &begun};
  try {
    Command const& command = find_command(options.command());
    refuse_operands(command, options);
    auto const guards = last_resort(options, stop);
    return command.run(invocation);
  } catch (StepFailed& failure) {
    failure.place = place_of_failure(options, failure);
    throw;
  }
}

}  // namespace

int run_program(std::vector<std::string> const& arguments, Stop& stop, Observer const& observe) {
  std::optional<Console> console;
  bool begun = false;
  try {
    Options const options = Options::parse(arguments, environment());
    console.emplace(options.flag("quiet"), !options.flag("no-color"), telling_of(options));
    console->names_database(typed_database(options));
    return run_parsed(options, *console, stop, observe, begun);
  } catch (...) {
    if (!console) {
      console.emplace(false, false);
    }
    return report(stop, *console, help_on(arguments), begun);
  }
}

}  // namespace bellows::runner
