#include "runner/rollout/sync_off.hpp"

#include "planner/plan/transition.hpp"
#include "planner/plan/yaml.hpp"
#include "planner/rules/sync_leftovers.hpp"
#include "runner/rollout/advance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace bellows::runner {
namespace {

/// By pg_inherits, since pg_partition_tree() waits for whoever has locked the table.
constexpr char const* off_query = R"(
WITH RECURSIVE part AS (
  SELECT to_regclass($1)::oid AS relid, 0 AS depth
  UNION ALL SELECT i.inhrelid, part.depth + 1 FROM part
  JOIN pg_catalog.pg_inherits i ON i.inhparent = part.relid
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid AND c.relispartition)
SELECT format('%I.%I', n.nspname, c.relname), wanted.name, coalesce(t.tgenabled::text, '')
FROM part JOIN pg_catalog.pg_class c ON c.oid = part.relid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN json_array_elements_text($2::json) WITH ORDINALITY AS wanted (name, place)
LEFT JOIN pg_catalog.pg_trigger t ON t.tgrelid = part.relid AND t.tgname::text = wanted.name
WHERE t.tgenabled IS DISTINCT FROM 'A' ORDER BY part.depth, 1, wanted.place)";

struct Off {
  std::string table;
  std::string trigger;
  std::string how;  // pg_trigger.tgenabled; empty: it is gone
};

std::string how_in_words(std::string const& how) {
  if (how.empty()) {
    return "gone";
  }
  if (how == "D") {
    return "disabled";
  }
  return how == "R" ? "ENABLE REPLICA only" : "not ENABLE ALWAYS any more";
}

bool is_in_transition(postgres::Session& session, MigrationRow const& row, plan::Plan const& plan) {
  if (!in_progress(row.state) || row.state == State::Aborting ||
      (row.phase == Phase::Expand && row.state != State::Expanded)) {
    return false;
  }
  auto const steps = read_steps(session, row.name);
  return std::ranges::none_of(plan.contract, [&](plan::Step const& step) {
    auto const found = steps.find(step.id);
    return !std::holds_alternative<plan::Gate>(step.action) && found != steps.end() &&
           found->second == StepState::Done;
  });
}

std::vector<Off> read_off(postgres::Session& session, plan::Transition const& transition) {
  auto const pair = rules::pair_of_names(transition.table, transition.from, transition.to);
  std::string names;
  for (sql::Identifier const& name : rules::sync_names(pair).triggers()) {
    names += (names.empty() ? "" : ",") +
             session.run("SELECT to_json($1::text)::text", {name.raw()}).text(0, 0);
  }
  auto const rows = session.run(off_query, {transition.table.quoted(), "[" + names + "]"});
  std::vector<Off> off;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    off.push_back({rows.text(row, 0), rows.text(row, 1), rows.text(row, 2)});
  }
  return off;
}

/// Once each, with how they are where they are off first: partitions follow their parent.
std::string all_that_are_off(std::vector<Off> const& off) {
  std::map<std::string, std::string> how;
  std::string text;
  for (Off const& each : off) {
    if (how.emplace(each.trigger, each.how).second) {
      text +=
          fmt::format("{}{} on {} is {}", text.empty() ? "" : ", ",
                      sql::Identifier(each.trigger).quoted(), each.table, how_in_words(each.how));
    }
  }
  return text;
}

std::string statements_to_enable(std::vector<Off> const& off) {
  std::vector<std::string> tables;
  std::map<std::string, std::vector<std::string>> actions;
  for (Off const& each : off) {
    if (!actions.contains(each.table)) {
      tables.push_back(each.table);
    }
    actions[each.table].push_back("ENABLE ALWAYS TRIGGER " +
                                  sql::Identifier(each.trigger).quoted());
  }
  std::string text;
  for (std::string const& table : tables) {
    text += fmt::format("{}ALTER TABLE {} {}", text.empty() ? "" : "; ", table,
                        fmt::join(actions[table], ", "));
  }
  return text;
}

/// What is written past them meanwhile is found by whatever compares every row.
std::string then_verify(MigrationRow const& row) {
  return row.state == State::Backfilled || row.phase == Phase::Contract
             ? fmt::format("bellows verify {}, since rows may have been written past them",
                           row.name)
             : "bellows resume, which compares every row at its end";
}

}  // namespace

std::optional<Refusal> sync_off(postgres::Session& session, MigrationRow const& row) {
  plan::Plan const plan = plan::from_yaml(row.plan);
  auto const transition = plan::transition_of(plan);
  if (!transition || !is_in_transition(session, row, plan)) {
    return std::nullopt;
  }
  std::vector<Off> const off = read_off(session, *transition);
  if (off.empty()) {
    return std::nullopt;
  }
  std::string const why = fmt::format(
      "the triggers that keep {} and {} of {} in step do not fire at every write: {}; so rows may "
      "be written past them",
      transition->from.quoted(), transition->to.quoted(), transition->table.display(),
      all_that_are_off(off));
  bool const gone = std::ranges::any_of(off, [](Off const& each) { return each.how.empty(); });
  return Refusal{why, gone ? fmt::format("bellows abort {0}, then bellows expand {0}, which makes "
                                         "them anew",
                                         row.name)
                           : statements_to_enable(off) + "; then " + then_verify(row)};
}

void check_sync(postgres::Session& session, MigrationRow const& row) {
  if (auto const off = sync_off(session, row)) {
    throw Unconfirmed(row.name + ": " + off->why, off->next);
  }
}

}  // namespace bellows::runner
