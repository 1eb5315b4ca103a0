#pragma once

#include "planner/rules/nearest.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// What the user said, by flag, environment, bellows.yaml or default; in this order of precedence.
namespace bellows::runner {

/// Something was typed or configured that makes no sense. Exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One setting, and every way to say it. The table in options.cpp is all there is: --help,
/// --explain-config and the parser are made from it.
struct OptionInfo {
  std::string_view name;  // --name
  char letter;            // -n, or 0
  bool takes_value;
  std::string_view fallback;  // the default
  std::string_view yaml;      // key in bellows.yaml, dots between levels; empty: not there
  std::string_view commands;  // "up contract"; "*": all
  std::string_view value;     // what the value is, for --help: "URL", "DURATION"
  std::string_view help;
};

struct Setting {
  std::string value;
  std::string origin;  // "--lock-wait", "BELLOWS_LOCK_WAIT", "bellows.yaml", "default"
};

class Options {
 public:
  /// `environment` by name; the real one in main, a made-up one in tests. Throws UsageError.
  static Options parse(std::vector<std::string> const& arguments,
                       std::map<std::string, std::string> const& environment);

  std::string const& command() const { return command_; }
  std::vector<std::string> const& operands() const { return operands_; }
  bool help() const { return flag("help"); }

  bool flag(std::string_view name) const;
  std::string const& text(std::string_view name) const;
  /// Was it said at all (not just a default)?
  bool given(std::string_view name) const;
  /// By a flag on the command line?
  bool on_command_line(std::string_view name) const;
  /// By a BELLOWS_… variable?
  bool from_environment(std::string_view name) const;
  /// The same, but what no flag says is as in `values`.
  Options with(std::map<std::string, std::string> const& values) const;
  std::int64_t number(std::string_view name) const;
  /// A number between `least` and `most`. Throws UsageError, like the others.
  std::int64_t number(std::string_view name, std::int64_t least, std::int64_t most) const;
  /// 0 … 1.
  double share(std::string_view name) const;
  std::chrono::milliseconds duration(std::string_view name) const;

  std::string explain() const;  // --explain-config
  std::string const& config_directory() const { return config_directory_; }

 private:
  void read_config(std::string const& path, bool required);
  void read_environment(std::map<std::string, std::string> const& environment);

  std::string command_;
  std::vector<std::string> operands_;
  std::map<std::string, Setting, std::less<>> settings_;
  std::string config_directory_ = ".";
};

std::vector<OptionInfo> const& option_table();

/// "500ms", "2s", "5m", "1h", "0"; a bare number is seconds. Throws UsageError.
std::chrono::milliseconds parse_duration(std::string_view text);

}  // namespace bellows::runner
