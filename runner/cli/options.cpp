#include "runner/cli/options.hpp"

#include "runner/cli/check_settings.hpp"

#include <boost/program_options.hpp>
#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <sstream>

namespace bellows::runner {
namespace {

namespace po = boost::program_options;

std::string environment_name(std::string_view option) {
  std::string name = "BELLOWS_";
  for (char const c : option) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

bool belongs(OptionInfo const& option, std::string const& command) {
  std::istringstream words{std::string{option.commands}};
  std::string word;
  while (words >> word) {
    if (word == "*" || word == command) {
      return true;
    }
  }
  return false;
}

po::options_description describe_options() {
  po::options_description all;
  for (OptionInfo const& option : option_table()) {
    std::string spelled{option.name};
    if (option.letter != 0) {
      spelled += fmt::format(",{}", option.letter);
    }
    if (option.takes_value) {
      all.add_options()(spelled.c_str(), po::value<std::string>());
    } else {
      all.add_options()(spelled.c_str(), po::bool_switch());
    }
  }
  all.add_options()("operand", po::value<std::vector<std::string>>());
  return all;
}

[[noreturn]] void unknown_option(std::string const& as_typed) {
  std::string const typed = as_typed.substr(0, as_typed.find('='));
  std::vector<std::string> known;
  for (OptionInfo const& option : option_table()) {
    known.push_back("--" + std::string{option.name});
  }
  auto const meant = nearest(typed, known);
  throw UsageError(fmt::format("there is no option {}{}", typed,
                               meant ? fmt::format("; did you mean {}?", *meant) : ""));
}

/// `--release $R --dry-run` without R: the option behind would be the release, and no dry run.
void refuse_options_as_values(po::parsed_options const& parsed) {
  for (auto const& option : parsed.options) {
    std::vector<std::string> const& tokens = option.original_tokens;
    bool const separate = tokens.size() == 2 && tokens[0].starts_with("-") &&
                          tokens[1].size() > 1 && tokens[1][0] == '-' &&
                          std::isdigit(static_cast<unsigned char>(tokens[1][1])) == 0;
    if (separate && !option.string_key.empty()) {
      throw UsageError(
          fmt::format("{0} wants a value, and {1} stands there: is the variable that "
                      "it comes from not set? If {1} is meant: {0}={1}",
                      tokens[0], tokens[1]));
    }
  }
}

// No prefixes: a script that says --lock must not change its meaning when an option is added.
po::variables_map parse_flags(std::vector<std::string> const& arguments) {
  namespace style = po::command_line_style;
  po::positional_options_description positional;
  positional.add("operand", -1);
  po::options_description const all = describe_options();
  po::variables_map found;
  try {
    auto const parsed = po::command_line_parser(arguments)
                            .options(all)
                            .positional(positional)
                            .style(style::unix_style & ~style::allow_guessing)
                            .run();
    refuse_options_as_values(parsed);
    po::store(parsed, found);
  } catch (po::unknown_option const& error) {
    unknown_option(error.get_option_name());
  } catch (po::error const& error) {
    throw UsageError(error.what());
  }
  return found;
}

std::optional<YAML::Node> at_path(YAML::Node node, std::string_view path) {
  std::istringstream parts{std::string{path}};
  std::string part;
  while (std::getline(parts, part, '.')) {
    if (!node.IsMap() || !node[part].IsDefined()) {
      return std::nullopt;
    }
    node.reset(node[part]);
  }
  return node;
}

bool known_key(std::string const& path) {
  return std::ranges::any_of(option_table(), [&](OptionInfo const& option) {
    return option.yaml == path || option.yaml.starts_with(path + ".");
  });
}

[[noreturn]] void unknown_setting(std::string const& file, std::string const& path) {
  std::vector<std::string> known;
  for (OptionInfo const& option : option_table()) {
    if (!option.yaml.empty()) {
      known.emplace_back(option.yaml);
    }
  }
  auto const meant = nearest(path, known);
  throw UsageError(fmt::format("{}: there is no setting {}{}", file, path,
                               meant ? fmt::format("; did you mean {}?", *meant) : ""));
}

// A mistyped key must not be a setting that is silently not set.
void check_keys(YAML::Node const& node, std::string const& prefix, std::string const& file) {
  if (!node.IsMap()) {
    return;
  }
  for (auto const& entry : node) {
    std::string const path = prefix + entry.first.as<std::string>();
    if (!known_key(path)) {
      unknown_setting(file, path);
    }
    check_keys(entry.second, path + ".", file);
  }
}

}  // namespace

std::chrono::milliseconds parse_duration(std::string_view text) {
  std::int64_t number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view const unit{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  static std::map<std::string_view, std::int64_t> const units{
      {"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"min", 60'000}, {"h", 3'600'000}};
  auto const factor = units.find(unit);
  bool const fits = error == std::errc{} && number >= 0 && number <= 1'000'000'000;
  if (!fits || factor == units.end()) {
    throw UsageError(fmt::format("'{}' is not a time; write it like 500ms, 30s, 5m or 1h", text));
  }
  return std::chrono::milliseconds{number * factor->second};
}

void Options::read_config(std::string const& path, bool required) {
  if (!std::filesystem::exists(path)) {
    if (required) {
      throw UsageError(fmt::format("there is no file {}", path));
    }
    return;
  }
  try {
    YAML::Node const root = YAML::LoadFile(path);
    check_keys(root, "", path);
    for (OptionInfo const& option : option_table()) {
      if (option.yaml.empty()) {
        continue;
      }
      if (auto const node = at_path(root, option.yaml)) {
        settings_.insert_or_assign(std::string{option.name},
                                   Setting{node->as<std::string>(), path});
      }
    }
  } catch (YAML::Exception const& error) {
    throw UsageError(fmt::format("{}:{}: {}", path, error.mark.line + 1, error.msg));
  }
  check_settings(*this, path);
  config_directory_ = std::filesystem::path(path).parent_path().string();
  if (config_directory_.empty()) {
    config_directory_ = ".";
  }
}

void Options::read_environment(std::map<std::string, std::string> const& environment) {
  auto const plain = environment.find("DATABASE_URL");
  if (plain != environment.end() && !plain->second.empty()) {
    settings_.insert_or_assign("database-url", Setting{plain->second, "DATABASE_URL"});
  }
  for (OptionInfo const& option : option_table()) {
    auto const found = environment.find(environment_name(option.name));
    if (found == environment.end()) {
      continue;
    }
    settings_.insert_or_assign(std::string{option.name}, Setting{found->second, found->first});
  }
}

Options Options::parse(std::vector<std::string> const& arguments,
                       std::map<std::string, std::string> const& environment) {
  po::variables_map const found = parse_flags(arguments);
  Options options;
  if (found.count("operand") != 0) {
    options.operands_ = found["operand"].as<std::vector<std::string>>();
    options.command_ = options.operands_.front();
    options.operands_.erase(options.operands_.begin());
  }
  for (OptionInfo const& option : option_table()) {
    options.settings_.emplace(std::string{option.name},
                              Setting{std::string{option.fallback}, "default"});
  }
  bool const named = found.count("config") != 0;
  options.read_config(named ? found["config"].as<std::string>() : "bellows.yaml", named);
  options.read_environment(environment);
  for (OptionInfo const& option : option_table()) {
    std::string const name{option.name};
    bool const said = option.takes_value ? found.count(name) != 0 : found[name].as<bool>();
    if (!said) {
      continue;
    }
    if (!options.command_.empty() && !belongs(option, options.command_)) {
      throw UsageError(fmt::format("`bellows {}` has no option --{}", options.command_, name));
    }
    options.settings_.insert_or_assign(
        name, Setting{option.takes_value ? found[name].as<std::string>() : "true", "--" + name});
  }
  return options;
}

bool Options::flag(std::string_view name) const {
  std::string const& value = text(name);
  return value == "true" || value == "1" || value == "yes" || value == "on";
}

std::string const& Options::text(std::string_view name) const {
  return settings_.find(name)->second.value;
}

bool Options::given(std::string_view name) const {
  return settings_.find(name)->second.origin != "default";
}

bool Options::on_command_line(std::string_view name) const {
  return settings_.find(name)->second.origin.starts_with("--");
}

bool Options::from_environment(std::string_view name) const {
  return settings_.find(name)->second.origin.starts_with("BELLOWS_");
}

Options Options::with(std::map<std::string, std::string> const& values) const {
  Options changed = *this;
  for (auto const& [name, value] : values) {
    if (changed.settings_.contains(name) && !on_command_line(name)) {
      changed.settings_[name] = {value, "the run"};
    }
  }
  return changed;
}

std::int64_t Options::number(std::string_view name) const {
  std::string const& value = text(name);
  std::int64_t number = 0;
  auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size()) {
    throw UsageError(fmt::format("--{} wants a number, not '{}'", name, value));
  }
  return number;
}

std::int64_t Options::number(std::string_view name, std::int64_t least, std::int64_t most) const {
  std::int64_t const value = number(name);
  if (value < least || value > most) {
    throw UsageError(fmt::format("--{} is {} to {}, not {}", name, least, most, value));
  }
  return value;
}

double Options::share(std::string_view name) const {
  std::string const& value = text(name);
  double share = -1;
  auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), share);
  bool const whole = error == std::errc{} && end == value.data() + value.size();
  if (!whole || !(share >= 0 && share <= 1)) {
    throw UsageError(fmt::format("--{} is a share between 0 and 1, not '{}'", name, value));
  }
  return share;
}

std::chrono::milliseconds Options::duration(std::string_view name) const {
  return parse_duration(text(name));
}

std::string Options::explain() const {
  std::string out;
  for (OptionInfo const& option : option_table()) {
    if (option.yaml.empty()) {
      continue;
    }
    Setting const& setting = settings_.find(option.name)->second;
    bool const secret = option.name == "database-url" && !setting.value.empty();
    out += fmt::format("{:<16} {:<24} {}\n", option.name, secret ? "(not shown)" : setting.value,
                       setting.origin);
  }
  return out;
}

}  // namespace bellows::runner
