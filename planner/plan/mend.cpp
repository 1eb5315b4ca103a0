#include "planner/plan/mend.hpp"

#include "planner/rules/settings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace bellows::plan {
namespace {

/// Of the done steps, without the settings that are said again in each of them.
std::vector<std::string> texts_that_ran(std::vector<Step> const& steps) {
  std::vector<std::string> texts;
  for (Step const& step : steps) {
    auto const* run = std::get_if<RunSql>(&step.action);
    for (std::string const& text : run == nullptr ? std::vector<std::string>() : run->statements) {
      if (!rules::is_setting(sql::parse_one(text))) {
        texts.push_back(text);
      }
    }
  }
  return texts;
}

/// What of the file is still to run: the settings that stood before it, and it. Nothing where what
/// ran is not what the file begins with; `changed` is then the line.
std::optional<std::vector<sql::Statement>> rest_of(sql::Migration const& file,
                                                   std::vector<std::string> const& ran,
                                                   int& changed) {
  std::vector<sql::Statement> rest;
  std::size_t met = 0;
  for (sql::Statement const& statement : file.up) {
    if (met == ran.size() || rules::is_setting(statement)) {
      rest.push_back(statement);
    } else if (sql::meaning_hash(statement.raw.text) == sql::meaning_hash(ran[met])) {
      ++met;
    } else {
      changed = statement.raw.at.line;
      return std::nullopt;
    }
  }
  return met == ran.size() ? std::optional(std::move(rest)) : std::nullopt;
}

Plan joined(Plan const& ran, std::vector<Step> done, Plan rest) {
  Plan plan = std::move(rest);
  for (Step& step : plan.expand) {
    step.id = done.empty() ? "run" : fmt::format("run-{}", done.size() + 1);
    done.push_back(std::move(step));
  }
  plan.expand = std::move(done);
  plan.allowed.insert(plan.allowed.begin(), ran.allowed.begin(), ran.allowed.end());
  std::ranges::sort(plan.allowed);
  auto const doubles = std::ranges::unique(plan.allowed);
  plan.allowed.erase(doubles.begin(), doubles.end());
  return plan;
}

}  // namespace

std::variant<Plan, NoPlan, CannotMend> mended_plan(Plan const& ran,
                                                   std::set<std::string> const& done,
                                                   sql::Migration const& file,
                                                   catalog::Catalog const& now) {
  if (!ran.single_phase()) {
    return CannotMend{"it is carried out in phases"};
  }
  std::vector<Step> steps = ran.expand;
  std::erase_if(steps, [&](Step const& step) { return !done.contains(step.id); });
  int changed = 0;
  auto rest = rest_of(file, texts_that_ran(steps), changed);
  if (!rest) {
    return CannotMend{
        changed == 0 ? "a statement that has run is missing from it"
                     : fmt::format("what stands in line {} is not what has run there", changed)};
  }
  sql::Migration left = file;
  left.up = std::move(*rest);
  auto made = make_plan(left, now);
  if (auto* no = std::get_if<NoPlan>(&made)) {
    return std::move(*no);
  }
  auto& plan = std::get<Plan>(made);
  if (!plan.single_phase()) {
    return CannotMend{"what is new in it has to be split: give that a migration of its own"};
  }
  return joined(ran, std::move(steps), std::move(plan));
}

}  // namespace bellows::plan
