#include "runner/rollout/other_table.hpp"

#include "runner/ledger/relations.hpp"
#include "runner/rollout/project.hpp"
#include "runner/rollout/step.hpp"

#include <fmt/format.h>

#include <vector>

namespace bellows::runner {
namespace {

using plan::Step;

std::vector<std::string> changed(Run& run, std::string const& migration) {
  std::vector<std::string> all;
  run.surviving([&] {
    auto transaction = run.session().begin();
    all = changed_relations(transaction, migration);
    transaction.commit();
  });
  return all;
}

/// What the steps so far have made, and what contract asks for, by the plan's own questions.
std::vector<std::string> missing(Run& run, plan::Plan const& plan) {
  std::vector<std::string> all;
  run.surviving([&] {
    all.clear();
    postgres::Session& session = run.session();
    for (auto const* steps : {&plan.expand, &plan.backfill}) {
      for (Step const& step : *steps) {
        if (!step.done_when.empty() && !session.run(step.done_when).truth(0, 0)) {
          all.push_back("what step " + step.id + " made is not there");
        }
      }
    }
    for (Step const& step : plan.contract) {
      for (plan::Requirement const& requirement : step.requirements) {
        if (!session.run(requirement.query).truth(0, 0)) {
          all.push_back(requirement.otherwise);
        }
      }
    }
  });
  return all;
}

void verify_again(Run& run, std::string const& migration, plan::Plan const& plan,
                  std::string const& relation) {
  for (Step const& step : plan.backfill) {
    auto const* verify = std::get_if<plan::Verify>(&step.action);
    if (verify != nullptr && verify->table.quoted() == relation) {
      run_step(run, migration, step);
    }
  }
}

}  // namespace

void settle_other_tables(Run& run, std::string const& migration, plan::Plan const& plan) {
  for (std::string const& relation : changed(run, migration)) {
    if (auto const what = missing(run, plan); !what.empty()) {
      throw ProjectError(
          fmt::format("stale plan: {} is not the table that {} expanded, and not all that its plan "
                      "made is there: {}",
                      relation, migration, fmt::join(what, "; ")),
          fmt::format("bring back what is missing and repeat, or bellows abort {}", migration));
    }
    run.voice().say(
        fmt::format("  {} is not the table that was expanded (restored, or rebuilt?); "
                    "all that the plan made is there: it is verified again",
                    relation));
    verify_again(run, migration, plan, relation);
    run.write([&](postgres::Transaction& transaction, Journal& journal) {
      renew_relation(transaction, migration, relation);
      journal.event(migration, "", "table is another one, verified again", relation);
    });
  }
}

}  // namespace bellows::runner
