#include "runner/cli/write_plan.hpp"

#include "planner/plan/difference.hpp"
#include "planner/plan/yaml.hpp"
#include "planner/sql/text.hpp"
#include "runner/rollout/project.hpp"

#include <stdexcept>

namespace bellows::runner {
namespace {

constexpr std::string_view seal = "# As bellows wrote it: sha256:";

std::string without_carriage_returns(std::string text) {
  std::erase(text, '\r');
  return text;
}

bool for_the_same(plan::Plan const& one, plan::Plan const& other) {
  return one.migration == other.migration && one.source_meaning == other.source_meaning &&
         one.catalog == other.catalog;
}

Kept why_kept(std::string const& text, plan::Plan const& plan, WrittenPlan& written) {
  try {
    plan::Plan const there = plan::from_yaml(text);
    written.differences = plan::differences(there, plan);
    if (for_the_same(there, plan)) {
      return written.differences.empty() ? Kept::No : Kept::Differs;
    }
    return is_as_written(text) ? Kept::No : Kept::Stale;
  } catch (std::invalid_argument const& error) {
    written.unreadable = error.what();
    return Kept::Unreadable;
  }
}

}  // namespace

std::string sealed(std::string const& yaml) {
  return yaml + std::string(seal) + sql::sha256_hex(yaml) + "\n";
}

bool is_as_written(std::string const& text) {
  std::string const plain = without_carriage_returns(text);
  auto const at = plain.rfind(seal);
  return at != std::string::npos && sealed(plain.substr(0, at)) == plain;
}

WrittenPlan write_plan(std::filesystem::path const& path, plan::Plan const& plan,
                       std::string const& yaml, bool overwrite) {
  WrittenPlan written;
  std::string const wanted = sealed(yaml);
  if (std::filesystem::exists(path)) {
    std::string const text = read_file(path);
    written.same = without_carriage_returns(text) == wanted;
    if (!written.same && !overwrite) {
      written.kept = why_kept(text, plan, written);
    }
  }
  if (!written.same && written.kept == Kept::No) {
    std::filesystem::create_directories(path.parent_path());
    write_file(path, wanted);
  }
  return written;
}

}  // namespace bellows::runner
