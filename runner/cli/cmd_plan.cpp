#include "planner/catalog/replay.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/plan/transition.hpp"
#include "planner/sql/ahead.hpp"
#include "runner/cli/behind.hpp"
#include "runner/cli/changed_files.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/plan_check.hpp"
#include "runner/cli/plan_in_database.hpp"
#include "runner/cli/remarks.hpp"
#include "runner/cli/report_plan.hpp"
#include "runner/cli/wrap.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/agenda.hpp"
#include "runner/rollout/copies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <variant>

/// plan: migrations in, plan files out. No database unless --database-url is on the command line.
namespace bellows::runner {
namespace {

/// Sentences; a plan itself is told as it is.
void tell(Invocation& invocation, std::string const& text) {
  invocation.console.answer(fitted(text, Console::width()));
}

/// Makes the plans of the migrations that are asked for, one after the other.
class Planner {
 public:
  Planner(Options const& options, Project const& project, History& history)
      : options_(options),
        project_(project),
        history_(history),
        copies_(copies_to_come(project, ask(options).rows)) {}

  Planned plan(Project::Entry const& entry, sql::Migration const& migration) {
    Planned planned{&entry, migration.file, {}, {}, {}};
    if (migration.up.empty()) {
      planned.made = fmt::format("{} has no statement yet: nothing to plan\n", entry.label);
      return planned;
    }
    history_.through(entry, [&](catalog::Catalog& catalog) {
      catalog::Catalog const before = catalog;
      auto made = plan::make_plan(migration, before, catalog);
      try {
        refuse_copies(options_, migration, before);
        planned.notes = notes_on_copies(options_, copies_, entry, before, catalog);
      } catch (Unconfirmed const& refused) {  // the others are planned all the same
        refused_ = refused_ ? refused_ : std::optional(refused);
        planned.made = fmt::format("{}: no plan: {}\n", migration.file, refused.what());
        return;
      }
      all_ = all_ && std::holds_alternative<plan::Plan>(made);
      std::visit([&](auto& one) { planned.made = std::move(one); }, made);
    });
    if (auto const* plan = std::get_if<plan::Plan>(&planned.made);
        plan && !options_.flag("print")) {
      settle(planned, *plan);
    }
    return planned;
  }

  /// Whether each of them could be planned.
  bool all() const { return all_ && !refused_; }

  /// Throws Unconfirmed where the database refused one.
  void check_refused() const {
    if (refused_) {
      throw *refused_;
    }
  }

 private:
  /// What the migrations behind it are held against, before it is written: where there is a file,
  /// that may be kept.
  void settle(Planned& planned, plan::Plan const& plan) {
    auto const path = project_.plan_path(planned.entry->name);
    if (!std::filesystem::exists(path)) {
      return copies_.note(*planned.entry, plan.single_phase() ? nullptr : &plan);
    }
    planned.settled = write_plan_file(path, plan, options_.flag("overwrite"));
    if (planned.settled->written.kept == Kept::No) {
      copies_.note(*planned.entry, &plan);
    }
  }

  Options const& options_;
  Project const& project_;
  History& history_;
  CommittedCopies copies_;
  bool all_ = true;
  std::optional<Unconfirmed> refused_;  // the first one
};

using Migrations = sql::Ahead<sql::Migration>;

constexpr std::size_t migrations_ahead = 16;  // that are read and not planned yet
constexpr std::size_t plans_behind = 16;      // that are planned and not written yet

/// Those that were planned are written while the next are. False where there is no plan for one.
bool plan_all(Invocation& invocation, Project const& project,
              std::vector<Project::Entry> const& wanted, Migrations& migrations, History& history) {
  PlanReport report(invocation, project);
  Planner planner(invocation.options, project, history);
  Behind<Planned> writing(wanted.size() > 1 && sql::cores() > 1 ? plans_behind : 0,
                          [&](Planned const& planned) { report.add(planned); });
  for (std::size_t at = 0; at < wanted.size(); ++at) {
    writing.put(planner.plan(wanted[at], migrations.take(at)));
  }
  writing.finish();
  tell(invocation, report.not_needed_text());
  if (!invocation.options.flag("print")) {
    for (std::string const& words : in_words(history.basis(), wanted.size())) {
      tell(invocation, words + '\n');
    }
  }
  planner.check_refused();
  report.check_kept();
  return planner.all();
}

/// What is asked for. Of those `behind` only the plans: what has changed before them may make them
/// stale.
struct Wanted {
  std::vector<Project::Entry> entries;
  std::set<std::string> behind;
};

bool relies_on_any(Project const& project, Project::Entry const& entry,
                   std::set<sql::QualifiedName> const& tables) {
  try {
    auto const plan = project.committed_plan(entry.name);
    return plan && std::ranges::any_of(plan->relies_on, [&](plan::ReliedOn const& fact) {
             return tables.contains(fact.table) ||
                    tables.contains({sql::Identifier(), fact.table.name});
           });
  } catch (ProjectError const&) {  // one that cannot be read is told where it is asked for
    return false;
  }
}

PlanState as_refused(Project::Entry const& entry, WouldRefuse const& no) {
  return {PlanState::Kind::Wrong,
          fmt::format("{}: up would refuse it: {}; {}", entry.label, no.why, no.next), false};
}

/// Whether all of it is as it would be carried out; each mistake is a line. Throws Unconfirmed at
/// the end where the database has a copy that one of them builds on.
bool check_plans(Invocation& invocation, Project const& project, Wanted const& wanted,
                 Migrations& migrations, History& history) {
  std::vector<std::string> mistakes;
  std::set<sql::QualifiedName> touched;
  std::map<PlanState::Kind, int> counts;
  bool by_planning = false;  // whether that mends any of it
  std::vector<std::string> notes;
  std::optional<Unconfirmed> refused;  // the first one
  InDatabase const database = ask(invocation.options);
  auto const refused_by_up = refused_there(invocation.options, project, database);
  CommittedCopies copies = copies_to_come(project, database.rows);
  std::ranges::move(changed_after_they_ran(project, database.rows), std::back_inserter(mistakes));
  for (std::size_t at = 0; at < wanted.entries.size(); ++at) {
    Project::Entry const& entry = wanted.entries[at];
    sql::Migration const migration = migrations.take(at);
    history.through(entry, [&](catalog::Catalog& catalog) {
      catalog::Catalog const before = catalog;
      catalog::replay(catalog, migration);
      if (!wanted.behind.contains(entry.name)) {
        touched.merge(plan::tables_touched(before, catalog));
      } else if (!relies_on_any(project, entry, touched)) {
        return;
      }
      try {
        check_not_run(database, project, entry);
        refuse_copies(invocation.options, migration, before);
        for (std::string const& note :
             notes_on_copies(invocation.options, copies, entry, before, catalog)) {
          notes.push_back(entry.label + ": " + note);
        }
      } catch (Unconfirmed const& wants_more) {
        refused = refused ? refused : std::optional(wants_more);
        notes.push_back(fmt::format("{}: no plan: {}", migration.file, wants_more.what()));
      } catch (ProjectError const&) {  // a plan that cannot be read is a mistake of its own
      }
      PlanState state = plan_state(project, entry, migration, before);
      if (auto const no = refused_by_up.find(entry.name);
          no != refused_by_up.end() && state.mistake.empty() && !refused) {
        state = as_refused(entry, no->second);
        refused = no->second.wants_a_word
                      ? std::optional(Unconfirmed(no->second.why, no->second.next))
                      : refused;
      }
      ++counts[state.kind];
      by_planning = by_planning || state.by_planning;
      if (!state.mistake.empty()) {
        mistakes.push_back(std::move(state.mistake));
      }
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
  changed.merge(changed_since(revision, plans));
  // a relative one stays so where nothing of it is there any more
  auto const has_changed = [&](std::filesystem::path const& file) {
    return changed.contains(std::filesystem::weakly_canonical(std::filesystem::absolute(file)));
  };
  std::erase_if(wanted, [&](Project::Entry const& entry) {
    return !has_changed(entry.file) && !has_changed(project.plan_path(entry.name));
  });
}

/// `all`: of which `changed` are asked for.
Wanted with_plans_behind(std::vector<Project::Entry> changed, std::vector<Project::Entry> all,
                         Project const& project) {
  if (changed.empty()) {
    return {};
  }
  auto const first = std::ranges::find(all, changed.front().name, &Project::Entry::name);
  Wanted wanted;
  for (auto each = first; each != all.end(); ++each) {
    bool const asked =
        std::ranges::find(changed, each->name, &Project::Entry::name) != changed.end();
    if (!asked && !std::filesystem::exists(project.plan_path(each->name))) {
      continue;
    }
    if (!asked) {
      wanted.behind.insert(each->name);
    }
    wanted.entries.push_back(std::move(*each));
  }
  return wanted;
}

/// What is current for another project's database says nothing. Throws Unconfirmed.
void check_database_is_its(Options const& options, Project const& project) {
  if (options.given("catalog") || !options.on_command_line("database-url")) {
    return;
  }
  ask_database(options, "bellows plan", nullptr, [&](postgres::Session& session) {
    if (ledger_exists(session)) {
      check_is_its_project_or(project, read_migrations(session), "");
    }
  });
}

/// All of them; of those that the named database has begun, the plans are history and stay.
std::vector<Project::Entry> to_be_planned(Options const& options, Project const& project) {
  std::vector<Project::Entry> wanted = project.entries();
  if (!asks_database(options)) {
    return wanted;
  }
  LedgerRows const known = ask(options).rows;
  std::erase_if(wanted, [&](Project::Entry const& entry) {
    auto const found = known.find(entry.name);
    return found != known.end() && found->second.state != State::Aborted;
  });
  return wanted;
}

std::string why_nothing_to_plan(Options const& options, Project const& project) {
  if (options.given("changed-since")) {
    return "nothing to plan: no migration and no plan has changed\n";
  }
  return project.entries().empty() ? "no migrations yet; `bellows new NAME` writes the first\n"
                                   : "nothing to plan: the database has begun every migration\n";
}

/// A plan whose migration is gone is told all the same: its deletion may be what has changed.
int say_nothing_to_plan(Invocation& invocation, Project const& project) {
  Options const& options = invocation.options;
  std::string text;
  if (options.flag("check") && options.operands().empty()) {
    for (std::string const& orphan : orphaned_plans(project, options.text("plans"))) {
      text += orphan + '\n';
    }
    text += text.empty() ? "" : "next: delete it, or put its migration back\n";
    for (std::string const& changed : changed_after_they_ran(project, ask(options).rows)) {
      text += changed + '\n';
    }
  }
  int const code = text.empty() ? exit_done : exit_unsafe;
  tell(invocation, text.empty() ? why_nothing_to_plan(options, project) : text);
  return code;
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
  std::vector<Project::Entry> const all = wanted;
  if (invocation.options.given("changed-since")) {
    keep_changed(wanted, project, invocation.options.text("changed-since"),
                 invocation.options.text("plans"));
  }
  if (wanted.empty()) {
    return say_nothing_to_plan(invocation, project);
  }
  bool const check = invocation.options.flag("check");
  std::vector<std::string> asked;
  std::ranges::transform(wanted, std::back_inserter(asked), &Project::Entry::name);
  tell_order(project, asked, invocation.console);
  if (check) {
    check_database_is_its(invocation.options, project);
  }
  History history = judging_history(invocation.options, &project, asked);
  Wanted const asks = check ? with_plans_behind(wanted, all, project) : Wanted{wanted, {}};
  std::size_t const count = asks.entries.size();
  Migrations migrations(
      count, std::min(sql::cores(), count) - 1,
      [&](std::size_t at) { return Project::read(asks.entries[at]); }, migrations_ahead);
  bool const good = check ? check_plans(invocation, project, asks, migrations, history)
                          : plan_all(invocation, project, wanted, migrations, history);
  return good ? exit_done : exit_unsafe;
}

}  // namespace bellows::runner
