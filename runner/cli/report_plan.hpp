#pragma once

#include "planner/plan/make_plan.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/write_plan.hpp"
#include "runner/rollout/project.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What `plan` writes and tells of the migrations that it has planned.
namespace bellows::runner {

/// The file of a plan, written or kept, and what the plan does in short.
struct PlanFile {
  WrittenPlan written;
  std::string in_short;
};

/// Throws as write_plan() does.
PlanFile write_plan_file(std::filesystem::path const& path, plan::Plan const& plan, bool overwrite);

/// What became of one migration.
struct Planned {
  Project::Entry const* entry = nullptr;
  std::string file;                                          // as the migration's places are told
  std::variant<std::string, plan::NoPlan, plan::Plan> made;  // a sentence: why it was left out
  std::vector<std::string> notes;                            // on the plan
  std::optional<PlanFile> settled;  // where there was a file, whose fate others depend on
};

/// One owner, on whatever thread; writes the files that are not settled. `invocation` and `project`
/// must outlive it.
class PlanReport {
 public:
  PlanReport(Invocation& invocation, Project const& project)
      : invocation_(invocation), project_(project) {}

  /// Throws ProjectError where a file can't be written.
  void add(Planned const& planned);
  /// Once all are added: those that are as safe in one go as in phases.
  std::string not_needed_text() const;
  /// Throws Unconfirmed where a file that somebody may have edited was kept.
  void check_kept() const;

 private:
  void tell(std::string const& text);
  void add_plan(Planned const& planned, plan::Plan const& plan);
  void tell_allowed(Project::Entry const& entry, plan::Plan const& plan);
  void tell_file(Project::Entry const& entry, plan::Plan const& plan, PlanFile const& file);

  Invocation& invocation_;
  Project const& project_;
  std::vector<std::string> not_needed_;
  std::vector<std::string> kept_;
  std::vector<std::string> unusable_;  // kept, and stale or not to be read
};

}  // namespace bellows::runner
