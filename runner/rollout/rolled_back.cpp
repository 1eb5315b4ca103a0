#include "runner/rollout/rolled_back.hpp"

#include "planner/plan/gone_names.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/journaled.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>

namespace bellows::runner {
namespace {

std::string shown(plan::GoneName const& gone) {
  return gone.relation.display() + (gone.column ? "." + gone.column->quoted() : "");
}

bool is_there(postgres::Session& session, plan::GoneName const& gone) {
  std::string const relation = gone.relation.quoted();
  if (!gone.column) {
    return session.run("SELECT to_regclass($1) IS NOT NULL", {relation}).truth(0, 0);
  }
  return session
      .run(
          "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass($1) AND "
          "attname = $2 AND NOT attisdropped)",
          {relation, gone.column->raw()})
      .truth(0, 0);
}

/// As the next one may name it, too: `users` and `public.users` are one table.
plan::GoneName with_schema(postgres::Session& session, plan::GoneName gone) {
  if (gone.relation.schema.empty()) {
    auto const found = session.run(
        "SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
        "c.relnamespace WHERE c.oid = to_regclass($1)",
        {gone.relation.quoted()});
    if (found.size() != 0) {
      gone.relation.schema = sql::Identifier(found.text(0, 0));
    }
  }
  return gone;
}

std::vector<std::string> still_gone(postgres::Session& session, plan::Plan const& plan) {
  std::vector<std::string> names;
  for (plan::GoneName const& written : plan::gone_names(plan)) {
    plan::GoneName const gone = with_schema(session, written);
    std::string name = shown(gone);
    if (std::ranges::find(names, name) == names.end() && !is_there(session, gone)) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

/// A name that was there again in between is gone since it went the last time.
void keep_last(std::vector<Missing>& all) {
  std::ranges::stable_sort(all, {}, &Missing::since);
  std::set<std::string> told;
  for (Missing& each : std::views::reverse(all)) {
    std::erase_if(each.names, [&](std::string const& name) { return !told.insert(name).second; });
  }
  std::erase_if(all, [](Missing const& each) { return each.names.empty(); });
}

}  // namespace

void check_not_rolled_back(Releases const& known, MigrationRow const& row) {
  Deployment const now{"", known};
  if (!now.rolled_back_behind(row)) {  // that its `up` was cut off is no word against whoever asks
    return;
  }
  Release const last = known.last_before("");
  throw Unconfirmed(
      fmt::format("{}: release {} was deployed last ({}), and release {}, which is later, expanded "
                  "it: the application that runs may be one that uses {}; nothing was changed",
                  row.name, last.name, last.deployed_at, row.release, old_names_of(row)),
      fmt::format(
          "deploy {1} or a later release first; where nothing of {2} runs any more: bellows "
          "contract {0} --because TEXT",
          row.name, row.release, last.name));
}

void check_not_rolled_back(Run& run, Releases const& known, MigrationRow const& row,
                           std::string const& because) {
  try {
    check_not_rolled_back(known, row);
  } catch (Unconfirmed const&) {
    if (because.empty()) {
      throw;
    }
    note_reason(run, row, "contract after a rollback", because);
  }
}

std::vector<Missing> missing_in(postgres::Session& session, LedgerRows const& rows,
                                Releases const& known, std::string const& release) {
  std::vector<Missing> all;
  for (auto const& [name, row] : rows) {
    bool const later = !row.release.empty() && known.earlier(release, row.release);
    if (!later || row.state != State::Contracted) {
      continue;
    }
    auto names = still_gone(session, plan::from_yaml(row.plan));
    if (!names.empty()) {
      all.push_back({std::move(names), name, row.release, row.changed_at});
    }
  }
  keep_last(all);
  return all;
}

std::string in_words(Missing const& missing, std::string const& release) {
  bool const one = missing.names.size() == 1;
  return fmt::format(
      "{} {} gone since {} ({}, release {}): where release {}'s application uses {}, it fails",
      fmt::join(missing.names, ", "), one ? "is" : "are", missing.since, missing.migration,
      missing.release, release, one ? "it" : "them");
}

std::string next_without(std::vector<Missing> const& missing) {
  std::string releases;
  for (Missing const& each : missing) {
    releases = each.release;  // the last one has all the others behind it, or nearly
  }
  return fmt::format(
      "deploy {} or a later release again, whose application does without; or put back what is "
      "gone with a migration of a new release",
      releases);
}

std::string missed_by_last(postgres::Session& session, LedgerRows const& rows,
                           Releases const& known) {
  std::string const last = known.last_before("").name;
  auto const missing = missing_in(session, rows, known, last);
  std::string text;
  for (Missing const& each : missing) {
    text += in_words(each, last) + "; ";
  }
  return missing.empty() ? "" : text + next_without(missing);
}

std::string rollback_words(postgres::Session& session, LedgerRows const& rows,
                           Deployment const& deployment) {
  std::string text = rollback_text(deployment);
  if (text.empty()) {
    return "";
  }
  auto const missing = missing_in(session, rows, deployment.known, deployment.release);
  for (Missing const& each : missing) {
    text += "\n  [!] " + in_words(each, deployment.release);
  }
  return missing.empty() ? text : text + "\n  next: " + next_without(missing);
}

}  // namespace bellows::runner
