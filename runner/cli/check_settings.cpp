#include "runner/cli/check_settings.hpp"

#include "runner/cli/pace_options.hpp"

#include <fmt/core.h>

#include <charconv>
#include <sstream>

namespace bellows::runner {
namespace {

template <typename Number>
void check_number(std::string const& value, char const* what) {
  Number number{};
  auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size()) {
    throw UsageError(fmt::format("'{}' is not {}", value, what));
  }
}

void check_choice(std::string_view choices, std::string const& value) {
  std::istringstream words{std::string(choices)};
  for (std::string word; std::getline(words, word, '|');) {
    if (word == value) {
      return;
    }
  }
  throw UsageError(fmt::format("'{}' is none of {}", value, choices));
}

void check_server_version(Options const& options) {
  auto const version = options.number("server-version");
  if (version < 13 || version > 19) {
    throw UsageError("server_version is 13 to 19");
  }
}

}  // namespace

void check_kind(OptionInfo const& option, std::string const& value) {
  if (value.empty()) {  // as if it were not there
    return;
  }
  if (option.value == "DURATION") {
    parse_duration(value);
  } else if (option.value == "BYTES") {
    parse_bytes(value);
  } else if (option.value == "N") {
    check_number<std::int64_t>(value, "a number");
  } else if (option.value == "SHARE") {
    check_number<double>(value, "a share between 0 and 1");
  } else if (option.value.find('|') != std::string_view::npos) {
    check_choice(option.value, value);
  }
}

void check_settings(Options const& options, std::string const& file) {
  for (OptionInfo const& option : option_table()) {
    if (option.yaml.empty()) {
      continue;
    }
    try {
      check_kind(option, options.text(option.name));
    } catch (UsageError const& error) {
      throw UsageError(fmt::format("{}: {}: {}", file, option.yaml, error.what()));
    }
  }
  try {  // what belongs together, and how large it may be
    run_batches_of(options);
    check_server_version(options);
  } catch (UsageError const& error) {
    throw UsageError(fmt::format("{}: {}", file, error.what()));
  }
}

}  // namespace bellows::runner
