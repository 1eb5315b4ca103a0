#include "planner/plan/make_plan.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/plan/additions.hpp"
#include "planner/plan/mistaken.hpp"
#include "planner/plan/relied_on.hpp"
#include "planner/rules/brackets.hpp"
#include "planner/rules/catalog_query.hpp"
#include "planner/rules/company.hpp"
#include "planner/rules/directive_mistakes.hpp"
#include "planner/rules/other_encoding.hpp"
#include "planner/rules/preconditions/precondition.hpp"
#include "planner/rules/rows_elsewhere.hpp"
#include "planner/rules/sequence/sequence.hpp"
#include "planner/rules/settings.hpp"
#include "planner/rules/split_table.hpp"
#include "planner/rules/subscribers.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace bellows::plan {
namespace {

using rules::Reviewed;
using rules::Verdict;

NoPlan::Reason refusal(Reviewed const& reviewed, std::string rule, std::string reason,
                       std::string remedy) {
  return {reviewed.statement.raw.at, std::move(rule), std::move(reason), std::move(remedy)};
}

/// Where a rule could split it, but not here: why not, rather than what is wrong with it.
NoPlan::Reason cannot_split(Reviewed const& reviewed) {
  auto const& findings = reviewed.findings;
  auto found = std::ranges::find(findings, rules::Severity::Error, &rules::Finding::severity);
  if (!reviewed.cannot_split.empty()) {
    found = std::ranges::find(findings, reviewed.splitter->id, &rules::Finding::rule);
    if (found != findings.end()) {
      return refusal(reviewed, found->rule, reviewed.cannot_split, found->remedy);
    }
  }
  if (found == findings.end()) {  // on a table of the migration's own, nobody is held up by it
    return refusal(reviewed, "unknown-statement", "bellows does not know what this statement does",
                   "put it in a migration of its own: `bellows explain unknown-statement`");
  }
  return refusal(reviewed, found->rule, found->message, found->remedy);
}

/// The relations that others may be waiting for, in the order in which the step locks them. What
/// goes with a table is locked by the body, for as short a time as the table is held already.
std::vector<std::pair<sql::QualifiedName, locks::Mode>> strong_locks(
    locks::Effects const& effects) {
  std::vector<std::pair<sql::QualifiedName, locks::Mode>> strong;
  for (locks::Effect const& effect : effects.relations) {
    bool const waited_for = !effect.on_new && !effect.owned_sequence;
    if (waited_for && locks::blocks_writes(effect.lock)) {
      strong.emplace_back(effect.relation, effect.lock);
    }
  }
  return strong;
}

bool lasts_with_rows(locks::Effects const& effects) {
  return std::ranges::any_of(effects.relations, [](locks::Effect const& effect) {
    return !effect.on_new && (effect.scans || effect.rewrites || !effect.rebuilds_indexes.empty());
  });
}

std::string done_when(sql::Statement const& statement) {
  if (auto const* create = std::get_if<sql::CreateIndex>(&statement.body);
      create != nullptr && !create->name.empty()) {
    return rules::index_is_valid({create->table.schema, create->name});
  }
  if (auto const* drop = std::get_if<sql::Drop>(&statement.body);
      drop != nullptr && drop->kind == sql::ObjectKind::Index && drop->names.size() == 1) {
    return rules::index_is_gone(drop->names.front());
  }
  return "";
}

/// Statements that need no splitting, run as they stand: those that follow each other share a
/// transaction as long as it takes strong locks on one old relation at most. What the file SETs is
/// said again in each further one: a SET LOCAL is over by then, and a run that is resumed there has
/// another session.
class DirectSteps {
 public:
  /// The step that it is in, good until the next one is added; nullptr where it only opens or
  /// closes a transaction.
  Step* add(Reviewed const& reviewed) {
    if (rules::opens(reviewed.statement) || rules::closes(reviewed.statement)) {
      bracket(rules::opens(reviewed.statement));
      return nullptr;
    }
    auto const locks = strong_locks(reviewed.effects);
    bool const alone = !reviewed.effects.transactional;
    bool const apart = !bracketed_ && rules::only_validates(reviewed.statement);
    if (alone) {  // in the file, too, it ends the transaction
      std::erase_if(settings_, [](Setting const& setting) { return setting.local; });
    }
    bool const joins =
        !steps_.empty() && !alone && !apart && !previous_apart_ && (bracketed_ || fits(locks));
    if (!joins) {
      open(alone);
    }
    if (rules::is_setting(reviewed.statement)) {
      settings_.push_back(
          {reviewed.statement.raw.text, rules::is_local_setting(reviewed.statement)});
    }
    Step& step = steps_.back();
    auto& run = std::get<RunSql>(step.action);
    run.statements.push_back(reviewed.statement.raw.text);
    run.alone = alone;
    if (alone) {
      step.done_when = done_when(reviewed.statement);
    }
    if (lasts_with_rows(reviewed.effects)) {
      step.lasts = Lasts::WithRows;
    }
    if (!alone) {
      merge(step, locks);
    }
    previous_apart_ = alone || apart;
    return &step;
  }

  std::vector<Step> take() { return std::move(steps_); }

 private:
  /// BEGIN, COMMIT: what stands between is one transaction, whatever it locks.
  void bracket(bool opens) {
    bracketed_ = opens;
    previous_apart_ = true;
    std::erase_if(settings_, [](Setting const& setting) { return setting.local; });
  }

  struct Setting {
    std::string text;
    bool local;
  };

  void open(bool alone) {
    Step step;
    step.id = steps_.empty() ? "run" : fmt::format("run-{}", steps_.size() + 1);
    step.about = "the migration's own statements";
    RunSql run;
    for (Setting const& setting : settings_) {
      if (!alone) {
        run.statements.push_back(setting.text);
      }
    }
    step.action = std::move(run);
    steps_.push_back(std::move(step));
  }

  bool fits(std::vector<std::pair<sql::QualifiedName, locks::Mode>> const& locks) const {
    return std::ranges::all_of(locks, [&](auto const& lock) {
      auto const& held = steps_.back().locks;
      return held.empty() || std::ranges::any_of(held, [&](auto const& other) {
               return other.first == lock.first;
             });
    });
  }

  // The strictest mode of each relation, so that no statement has to raise a lock that it holds.
  static void merge(Step& step,
                    std::vector<std::pair<sql::QualifiedName, locks::Mode>> const& locks) {
    for (auto const& [relation, mode] : locks) {
      auto const held = std::ranges::find(step.locks, relation,
                                          &std::pair<sql::QualifiedName, locks::Mode>::first);
      if (held == step.locks.end()) {
        step.locks.emplace_back(relation, mode);
      } else {
        held->second = std::max(held->second, mode);
      }
    }
  }

  std::vector<Step> steps_;
  std::vector<Setting> settings_;
  bool previous_apart_ = false;  // what follows begins another transaction
  bool bracketed_ = false;
};

std::vector<ReliedOn> touched(std::vector<Reviewed> const& all, catalog::Catalog const& before) {
  std::vector<ReliedOn> facts;
  for (Reviewed const& reviewed : all) {
    for (locks::Effect const& effect : reviewed.effects.relations) {
      if (effect.on_new || before.table(effect.relation) == nullptr) {
        continue;
      }
      sql::QualifiedName const name = before.resolve(effect.relation);
      if (std::ranges::find(facts, name, &ReliedOn::table) == facts.end()) {
        facts.push_back({name, {}});
      }
    }
  }
  return facts;
}

void add_fragment(Plan& plan, rules::Fragment fragment) {
  auto const move_into = [](auto& to, auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  move_into(plan.expand, fragment.expand);
  move_into(plan.backfill, fragment.backfill);
  move_into(plan.contract, fragment.contract);
  move_into(plan.application, fragment.application);
  plan.relies_on = fragment.relies_on;
}

Plan empty_plan(sql::Migration const& migration, catalog::Catalog const& catalog) {
  Plan plan;
  plan.migration = migration.name;
  plan.source_file = migration.file;
  plan.source_meaning = migration.meaning;
  plan.server_version = catalog.server_version;
  return plan;
}

/// What only the author can answer for is asked when the plan begins.
bool needs_split(Reviewed const& reviewed) {
  return reviewed.verdict == Verdict::Unknown ||
         std::ranges::any_of(reviewed.findings, [](rules::Finding const& finding) {
           return finding.severity == rules::Severity::Error &&
                  finding.rule != rules::published_column.id;
         });
}

/// A hazard that the phases would meet as the statement does.
rules::Finding const* of_phases(Reviewed const& reviewed) {
  auto const meets = [](rules::Finding const& finding) {
    return finding.severity == rules::Severity::Error &&
           std::ranges::any_of(rules::all_rules(), [&](rules::Rule const& rule) {
             return rule.of_phases && rule.id == finding.rule;
           });
  };
  auto const found = std::ranges::find_if(reviewed.findings, meets);
  return found == reviewed.findings.end() ? nullptr : &*found;
}

/// The server refuses the statement whatever rows there are, and so what it is split into.
rules::Finding const* can_only_fail(Reviewed const& reviewed) {
  auto const found = std::ranges::find_if(reviewed.findings, [](rules::Finding const& finding) {
    return finding.rule == rules::statement_fails.id && finding.severity == rules::Severity::Error;
  });
  return found == reviewed.findings.end() ? nullptr : &*found;
}

/// Those of the file that become part of what the statement is split into.
std::vector<sql::Statement const*> taken_along(std::vector<Reviewed> const& all,
                                               Reviewed const& split,
                                               rules::Question const& question) {
  std::vector<sql::Statement const*> along;
  for (Reviewed const& other : all) {
    bool const joins = &other != &split && split.splitter->takes_along != nullptr &&
                       split.splitter->takes_along(question, other.statement);
    if (joins) {
      along.push_back(&other.statement);
    }
  }
  return along;
}

/// What is SET before the statement holds in each transaction that it becomes.
void prefix_settings(std::vector<Step>& steps, std::vector<std::string> const& settings) {
  for (Step& step : steps) {
    auto* run = std::get_if<RunSql>(&step.action);
    if (run != nullptr && !run->alone) {
      run->statements.insert(run->statements.begin(), settings.begin(), settings.end());
    }
  }
}

/// Those before the statement, in the words of one transaction. A RESET before it undoes them.
std::vector<std::string> settings_before(std::vector<Reviewed> const& all, Reviewed const& split) {
  std::vector<std::string> settings;
  for (Reviewed const& reviewed : all) {
    if (&reviewed == &split) {
      break;
    }
    if (reviewed.statement.kind == "RESET") {
      settings.clear();
    } else if (rules::goes_along(reviewed.statement)) {
      settings.push_back(rules::local_form(reviewed.statement));
    }
  }
  return settings;
}

/// Only what has a contract waits for the next release.
NoPlan::Reason company(Reviewed const& reviewed) {
  rules::SplitRow const* row = rules::split_row(reviewed.splitter->id);
  bool const has_contract = row == nullptr || !row->contract.empty();
  return refusal(reviewed, std::string{reviewed.splitter->id},
                 has_contract ? "it is split into phases, over two releases, and the file's other "
                                "statements cannot wait for the last of them"
                              : "it is carried in batches, each a transaction of its own, and the "
                                "file's other statements are one transaction",
                 "give it a migration file of its own");
}

/// The review has split it already; with others in the file there is more to go by.
rules::Split split_of(std::vector<Reviewed> const& all, Reviewed const& reviewed,
                      rules::Question const& question) {
  bool const judged_alone = all.size() == 1 && question.along.empty() && reviewed.split != nullptr;
  return judged_alone ? *reviewed.split : rules::split_by(*reviewed.splitter, question);
}

/// The one statement of a migration that has to be split.
std::variant<Plan, NoPlan> split_plan(Plan plan, std::vector<Reviewed> const& all,
                                      Reviewed const& reviewed, catalog::Catalog const& catalog) {
  if (reviewed.splitter == nullptr) {
    return NoPlan{{cannot_split(reviewed)}};
  }
  if (rules::Finding const* finding = of_phases(reviewed)) {
    return NoPlan{{refusal(reviewed, finding->rule, finding->message, finding->remedy)}};
  }
  rules::Question question{reviewed.statement, reviewed.effects, reviewed.directives, catalog};
  question.along = taken_along(all, reviewed, question);
  auto split = split_of(all, reviewed, question);
  if (auto const* no = std::get_if<rules::Refusal>(&split)) {
    return NoPlan{{refusal(reviewed, std::string{reviewed.splitter->id}, no->reason, no->remedy)}};
  }
  if (rules::Finding const* finding = can_only_fail(reviewed)) {
    return NoPlan{{refusal(reviewed, finding->rule, finding->message, finding->remedy)}};
  }
  add_fragment(plan, std::get<rules::Fragment>(std::move(split)));
  for (Step& step : plan.expand) {
    if (adds_column(step)) {
      note_additions(plan, step, question);
      break;
    }
  }
  note_fired(plan, catalog);
  return plan;
}

std::optional<NoPlan> refuse_other_encodings(sql::Migration const& migration) {
  for (sql::Statement const& statement : migration.up) {
    if (auto const found = rules::other_encoding(statement)) {
      return NoPlan{{{statement.raw.at, found->rule, found->message, found->remedy}}};
    }
  }
  return std::nullopt;
}

/// An `allow` that would give up a split is a mistake everywhere, or check and plan would tell two
/// stories of the file.
std::optional<NoPlan> refuse_mistaken_allows(std::vector<Reviewed> const& all) {
  NoPlan no;
  for (Reviewed const& reviewed : all) {
    for (rules::Finding const& finding : reviewed.findings) {
      if (finding.rule == rules::directive_rule) {
        no.reasons.push_back(refusal(reviewed, finding.rule, finding.message, finding.remedy));
      }
    }
  }
  return no.reasons.empty() ? std::nullopt : std::optional(std::move(no));
}

std::variant<Plan, NoPlan> planned(sql::Migration const& migration, catalog::Catalog const& catalog,
                                   std::vector<Reviewed> const& reviewed) {
  if (auto mistaken = refuse_mistaken_allows(reviewed)) {
    return std::move(*mistaken);
  }
  Plan plan = empty_plan(migration, catalog);
  for (Reviewed const& statement : reviewed) {
    for (auto const& [finding, because] : statement.allowed) {
      plan.allowed.emplace_back(finding.rule, because);
    }
  }

  auto const unsafe = std::ranges::find_if(reviewed, needs_split);
  if (unsafe == reviewed.end()) {
    DirectSteps steps;
    for (Reviewed const& statement : reviewed) {
      if (Step* step = steps.add(statement)) {
        note_additions(plan, *step,
                       {statement.statement, statement.effects, statement.directives, catalog});
      }
    }
    plan.expand = steps.take();
    plan.relies_on = touched(reviewed, catalog);
  } else if (rules::stands_alone(reviewed, *unsafe, catalog)) {
    auto split = split_plan(std::move(plan), reviewed, *unsafe, catalog);
    if (std::holds_alternative<NoPlan>(split)) {
      return split;
    }
    plan = std::get<Plan>(std::move(split));
    auto const settings = settings_before(reviewed, *unsafe);
    for (std::vector<Step>* phase : {&plan.expand, &plan.backfill, &plan.contract}) {
      prefix_settings(*phase, settings);
    }
  } else {
    NoPlan no;
    for (Reviewed const& statement : reviewed) {
      if (!needs_split(statement)) {
        continue;
      }
      bool const splits = statement.splitter != nullptr && statement.cannot_split.empty();
      no.reasons.push_back(splits ? company(statement) : cannot_split(statement));
    }
    return no;
  }
  plan.catalog = relied_on(catalog, plan.relies_on);
  return plan;
}

/// What tells of a mistake before anything is judged.
std::optional<NoPlan> refuse_texts(sql::Migration const& migration) {
  auto no = refuse_other_encodings(migration);
  return no ? no : mistaken_directives(migration);
}

/// A review does not replay what the server would refuse.
bool replays_all(std::vector<Reviewed> const& all) {
  return std::ranges::none_of(all, [](Reviewed const& reviewed) {
    return std::ranges::any_of(reviewed.findings, [](rules::Finding const& finding) {
      return !finding.fails_with.empty();
    });
  });
}

}  // namespace

std::variant<Plan, NoPlan> make_plan(sql::Migration const& migration,
                                     catalog::Catalog const& catalog) {
  if (auto no = refuse_texts(migration)) {
    return std::move(*no);
  }
  catalog::Catalog after = catalog;
  return planned(migration, catalog, rules::review(migration, after));
}

std::variant<Plan, NoPlan> make_plan(sql::Migration const& migration,
                                     catalog::Catalog const& before, catalog::Catalog& after) {
  if (auto no = refuse_texts(migration)) {
    catalog::replay(after, migration);
    return std::move(*no);
  }
  std::vector<Reviewed> const reviewed = rules::review(migration, after);
  if (!replays_all(reviewed)) {
    after = before;
    catalog::replay(after, migration);
  }
  return planned(migration, before, reviewed);
}

}  // namespace bellows::plan
