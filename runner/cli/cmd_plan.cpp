#include "planner/catalog/replay.hpp"
#include "planner/plan/in_short.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/cli/changed_files.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/plan_check.hpp"
#include "runner/cli/remarks.hpp"
#include "runner/cli/wrap.hpp"
#include "runner/cli/write_plan.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/copies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <variant>

/// plan: migrations in, plan files out. No database unless --database-url is on the command line.
namespace bellows::runner {
namespace {

/// Sentences; a plan itself is told as it is.
void tell(Invocation& invocation, std::string const& text) {
  invocation.console.answer(fitted(text, Console::width()));
}

char const* kind_of(plan::Step const& step) {
  struct Names {
    char const* operator()(plan::RunSql const&) const { return "sql"; }
    char const* operator()(plan::Batch const&) const { return "batches"; }
    char const* operator()(plan::Verify const&) const { return "verify"; }
    char const* operator()(plan::Gate const&) const { return "gate"; }
  };
  return std::visit(Names{}, step.action);
}

std::string phase_text(char const* name, std::vector<plan::Step> const& steps) {
  if (steps.empty()) {
    return "";
  }
  std::string text = fmt::format("  {}\n", name);
  for (plan::Step const& step : steps) {
    std::string notes;
    for (auto const& [table, mode] : step.locks) {
      notes +=
          fmt::format("{}{} {}", notes.empty() ? "locks " : ", ", table.display(), to_string(mode));
    }
    if (step.irreversible) {
      notes += notes.empty() ? "(no way back)" : "  (no way back)";
    }
    auto const* gate = std::get_if<plan::Gate>(&step.action);
    if (gate != nullptr && gate->kind == plan::unnamed_gate) {
      notes = step.about;  // it names what is to be replaced before
    }
    std::string const kind = kind_of(step);
    text += notes.empty() ? fmt::format("    {:<24} {}\n", step.id, kind)
                          : fmt::format("    {:<24} {:<8} {}\n", step.id, kind, notes);
  }
  return text;
}

/// What the phases do beside their statements.
std::string beside_text(plan::Plan const& plan) {
  constexpr std::pair<std::string_view, std::string_view> told[] = {{"for_each_row", "each row"},
                                                                    {"subscribers", "subscribers"}};
  std::string text;
  for (auto const& [when, what] : plan.application) {
    for (auto const& [key, words] : told) {
      if (when == key) {
        text += fmt::format("  {}: {}\n", words, what);
      }
    }
  }
  return text;
}

std::string plan_text(plan::Plan const& plan) {
  return fmt::format("  in short: {}\n", plan::in_short(plan)) + phase_text("expand", plan.expand) +
         phase_text("backfill", plan.backfill) + phase_text("contract", plan.contract) +
         beside_text(plan);
}

std::string refusal_text(sql::Migration const& migration, plan::NoPlan const& no) {
  std::string text;
  for (plan::NoPlan::Reason const& reason : no.reasons) {
    text +=
        fmt::format("{}:{}:{}: no plan [{}]: {}\n  do instead: {}\n", migration.file,
                    reason.at.line, reason.at.column, reason.rule, reason.reason, reason.remedy);
  }
  return text;
}

/// A database tells whether what the migration builds on is a copy still: throws Unconfirmed then.
/// Without one it is a note.
std::vector<std::string> notes_on_copies(Options const& options, CommittedCopies& copies,
                                         Project::Entry const& entry,
                                         sql::Migration const& migration,
                                         catalog::Catalog const& before) {
  if (options.given("catalog") || !options.on_command_line("database-url")) {
    return options.flag("print") ? std::vector<std::string>()
                                 : copies.built_on(entry, migration, before);
  }
  ask_database(options, "bellows plan", nullptr, [&](postgres::Session& session) {
    refuse_building_on_copies(session, migration, before);
  });
  return {};
}

std::string kept_text(std::filesystem::path const& path, WrittenPlan const& written) {
  std::string const file = path.string();
  switch (written.kept) {
    case Kept::Stale:
      return fmt::format(
          "{} is stale, for other statements or another schema, and may have been edited by hand "
          "since it was planned; it was kept: {}\n",
          file, fmt::join(written.differences, "; "));
    case Kept::Unreadable:
      return fmt::format("{} can't be read: {}; it was kept\n", file, written.unreadable);
    default:
      return fmt::format(
          "{} is for these statements and this schema, and says something else than what would be "
          "planned (edited by hand?); it was kept: {}\n",
          file, fmt::join(written.differences, "; "));
  }
}

/// What becomes of the migrations that are asked for, one after the other.
class Planner {
 public:
  Planner(Invocation& invocation, Project const& project, History& history)
      : invocation_(invocation), project_(project), history_(history), copies_(project) {}

  /// Whether it could be planned.
  bool plan(Project::Entry const& entry) {
    sql::Migration const migration = Project::read(entry);
    if (migration.up.empty()) {
      tell(invocation_, fmt::format("{} has no statement yet: nothing to plan\n", entry.label));
      return true;
    }
    std::optional<std::variant<plan::Plan, plan::NoPlan>> made;  // nothing: it was refused
    std::vector<std::string> notes;
    history_.through(entry, [&](catalog::Catalog& catalog) {
      try {
        notes = notes_on_copies(invocation_.options, copies_, entry, migration, catalog);
      } catch (Unconfirmed const& refused) {  // the others are planned all the same
        refused_ = refused_ ? refused_ : std::optional(refused);
        tell(invocation_, fmt::format("{}: no plan: {}\n", migration.file, refused.what()));
        return catalog::replay(catalog, migration);
      }
      made = plan::make_plan(migration, catalog);
      catalog::replay(catalog, migration);
    });
    if (!made) {
      return false;
    }
    if (auto const* no = std::get_if<plan::NoPlan>(&*made)) {
      tell(invocation_, refusal_text(migration, *no));
      return false;
    }
    write(entry, std::get<plan::Plan>(*made));
    for (std::string const& note : notes) {
      tell(invocation_, entry.label + ": " + note + "\n");
    }
    return true;
  }

  /// Throws Unconfirmed where one was refused, or somebody's own was kept.
  void check_kept() const {
    if (refused_) {
      throw *refused_;
    }
    if (!unusable_.empty()) {
      throw Unconfirmed(fmt::format("plans that `up` would refuse were kept, since somebody's own "
                                    "words may be in them: {}",
                                    fmt::join(unusable_, ", ")),
                        fmt::format("bellows plan {0} --print shows what would be planned, to take "
                                    "over by hand; to have it made anew, without what was edited: "
                                    "bellows plan {0} --overwrite",
                                    fmt::join(unusable_, " ")));
    }
    if (!kept_.empty()) {
      throw Unconfirmed(fmt::format("plans that say something else than what would be planned were "
                                    "kept: {}",
                                    fmt::join(kept_, ", ")),
                        fmt::format("nothing, where that is meant; to have them made anew: bellows "
                                    "plan {} --overwrite",
                                    fmt::join(kept_, " ")));
    }
  }

  /// Those that are as safe in one go as in phases.
  std::string not_needed_text() const {
    if (not_needed_.empty()) {
      return "";
    }
    bool const one = not_needed_.size() == 1;
    return fmt::format(
        "{} {} no plan: what is safe in one go runs as it stands (plan --print "
        "shows how)\n",
        one ? not_needed_.front() : fmt::format("{} migrations", not_needed_.size()),
        one ? "needs" : "need");
  }

 private:
  /// What runs in one go is not safe for that.
  void tell_allowed(Project::Entry const& entry, plan::Plan const& plan) {
    for (auto const& [rule, because] : plan.allowed) {
      tell(invocation_, fmt::format("{} runs in one go, as it stands: it allows {}, because {}\n",
                                    entry.label, rule, because));
    }
  }

  void write(Project::Entry const& entry, plan::Plan const& plan) {
    if (invocation_.options.flag("print")) {
      invocation_.console.answer(sealed(plan::to_yaml(plan)));
      return;
    }
    auto const path = project_.plan_path(entry.name);
    bool const there = std::filesystem::exists(path);
    if (plan.single_phase() && !there) {  // one that somebody keeps all the same is kept current
      tell_allowed(entry, plan);
      not_needed_.push_back(entry.label);
      copies_.note(entry, nullptr);
      return;
    }
    WrittenPlan const written =
        write_plan(path, plan, plan::to_yaml(plan), invocation_.options.flag("overwrite"));
    if (written.kept != Kept::No) {
      (written.kept == Kept::Differs ? kept_ : unusable_).push_back(entry.name);
      tell(invocation_, kept_text(path, written));
      return;
    }
    copies_.note(entry, &plan);
    tell(invocation_, fmt::format("{}{}\n{}", path.string(), written.same ? " (unchanged)" : "",
                                  plan_text(plan)));
  }

  Invocation& invocation_;
  Project const& project_;
  History& history_;
  CommittedCopies copies_;
  std::vector<std::string> not_needed_;
  std::vector<std::string> kept_;
  std::optional<Unconfirmed> refused_;  // the first one
  std::vector<std::string> unusable_;   // kept, and stale or not to be read
};

/// Whether all of it is as it would be carried out; each mistake is a line. Throws Unconfirmed at
/// the end where the database has a copy that one of them builds on.
bool check_plans(Invocation& invocation, Project const& project,
                 std::vector<Project::Entry> const& wanted, History& history) {
  std::vector<std::string> mistakes;
  std::map<PlanState::Kind, int> counts;
  bool by_planning = false;  // whether that mends any of it
  std::vector<std::string> notes;
  std::optional<Unconfirmed> refused;  // the first one
  CommittedCopies copies(project);
  for (Project::Entry const& entry : wanted) {
    sql::Migration const migration = Project::read(entry);
    history.through(entry, [&](catalog::Catalog& catalog) {
      try {
        for (std::string const& note :
             notes_on_copies(invocation.options, copies, entry, migration, catalog)) {
          notes.push_back(entry.label + ": " + note);
        }
      } catch (Unconfirmed const& building) {
        refused = refused ? refused : std::optional(building);
        notes.push_back(fmt::format("{}: no plan: {}", migration.file, building.what()));
      } catch (ProjectError const&) {  // a plan that cannot be read is a mistake of its own
      }
      PlanState state = plan_state(project, entry, migration, catalog);
      ++counts[state.kind];
      by_planning = by_planning || state.by_planning;
      if (!state.mistake.empty()) {
        mistakes.push_back(std::move(state.mistake));
      }
      catalog::replay(catalog, migration);
    });
  }
  if (invocation.options.operands().empty()) {
    std::ranges::move(orphaned_plans(project, invocation.options.text("plans")),
                      std::back_inserter(mistakes));
  }
  std::string text;
  for (std::string const& mistake : mistakes) {
    text += mistake + '\n';
  }
  int const current = counts[PlanState::Kind::Current];
  text +=
      fmt::format("plans: {} current, {} not needed", current, counts[PlanState::Kind::NotNeeded]);
  if (int const none = counts[PlanState::Kind::NoPlan]; none > 0) {
    text += fmt::format(", {} cannot be made (`bellows check` says more)", none);
  }
  if (!mistakes.empty()) {
    auto const wrong = mistakes.size() - static_cast<std::size_t>(counts[PlanState::Kind::NoPlan]);
    text += fmt::format(
        "{}{}", wrong > 0 ? fmt::format(", {} wrong", wrong) : "",
        by_planning ? "\nnext: bellows plan, review what it writes, and commit it" : "");
  }
  for (std::string const& remark : history.basis().remarks) {
    text += '\n' + remark;
  }
  for (std::string const& note : notes) {
    text += '\n' + note;
  }
  tell(invocation, text + '\n');
  if (refused) {
    throw *refused;
  }
  return mistakes.empty();
}

/// Whose file, or whose plan, git finds changed.
void keep_changed(std::vector<Project::Entry>& wanted, Project const& project,
                  std::string const& revision, std::filesystem::path const& plans) {
  auto changed = changed_since(revision, project.directory());
  if (std::filesystem::is_directory(plans)) {
    changed.merge(changed_since(revision, plans));
  }
  std::erase_if(wanted, [&](Project::Entry const& entry) {
    return !changed.contains(std::filesystem::weakly_canonical(entry.file)) &&
           !changed.contains(std::filesystem::weakly_canonical(project.plan_path(entry.name)));
  });
}

/// All of them; of those that the named database has begun, the plans are history and stay.
std::vector<Project::Entry> to_be_planned(Options const& options, Project const& project) {
  std::vector<Project::Entry> wanted = project.entries();
  if (options.given("catalog") || !options.on_command_line("database-url")) {
    return wanted;
  }
  std::map<std::string, MigrationRow> known;
  ask_database(options, "bellows plan", nullptr, [&](postgres::Session& session) {
    if (ledger_exists(session)) {
      known = read_migrations(session);
    }
  });
  std::erase_if(wanted, [&](Project::Entry const& entry) {
    auto const found = known.find(entry.name);
    return found != known.end() && found->second.state != State::Aborted;
  });
  return wanted;
}

}  // namespace

int run_plan(Invocation& invocation) {
  Project const project = open_project(invocation.options);
  tell_beside(project, invocation.console);
  std::vector<Project::Entry> wanted;
  for (std::string const& operand : invocation.options.operands()) {
    wanted.push_back(project.find(operand));
  }
  if (wanted.empty()) {
    wanted = to_be_planned(invocation.options, project);
  }
  if (invocation.options.given("changed-since")) {
    keep_changed(wanted, project, invocation.options.text("changed-since"),
                 invocation.options.text("plans"));
    if (wanted.empty()) {
      tell(invocation, "nothing to plan: no migration and no plan has changed\n");
      return exit_done;
    }
  }
  if (wanted.empty() && !project.entries().empty()) {
    tell(invocation, "nothing to plan: the database has begun every migration\n");
  } else if (wanted.empty()) {
    tell(invocation, "no migrations yet; `bellows new NAME` writes the first\n");
  }
  if (wanted.empty()) {
    return exit_done;
  }
  std::vector<std::string> asked;
  std::ranges::transform(wanted, std::back_inserter(asked), &Project::Entry::name);
  tell_same_digits(project, asked, invocation.console);
  History history = judging_history(invocation.options, &project);
  if (invocation.options.flag("check")) {
    return check_plans(invocation, project, wanted, history) ? exit_done : exit_unsafe;
  }
  Planner planner(invocation, project, history);
  bool all = true;
  for (Project::Entry const& entry : wanted) {
    all = planner.plan(entry) && all;
  }
  tell(invocation, planner.not_needed_text());
  if (!invocation.options.flag("print")) {
    for (std::string const& words : in_words(history.basis(), wanted.size())) {
      tell(invocation, words + '\n');
    }
  }
  planner.check_kept();
  return all ? exit_done : exit_unsafe;
}

}  // namespace bellows::runner
