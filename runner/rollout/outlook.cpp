#include "runner/rollout/outlook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>

namespace bellows::runner {
namespace {

using Migration = OutlookFacts::Migration;
using Next = std::optional<std::string>;

bool is_to_begin(Migration const& one) {
  return one.has_file && !one.empty && !one.state;
}

/// So that nobody takes over what goes on by itself.
std::string look_again(std::string const& next) {
  return fmt::format(
      "bellows status again, in a few seconds; if its runner is not back by then: {}", next);
}

/// It was left on its way, forwards or backwards.
bool is_half_done(Migration const& one) {
  return one.state && *one.state != State::Pending && *one.state != State::Backfilled &&
         *one.state != State::Contracted && *one.state != State::Aborted;
}

/// Also what was taken back and is gone from the checkout.
bool is_at_the_end(Migration const& one) {
  return one.state == State::Contracted || (one.state == State::Aborted && !one.has_file);
}

template <typename Which>
Migration const* first(OutlookFacts const& facts, Which const& which) {
  auto const found = std::ranges::find_if(facts.migrations, which);
  return found == facts.migrations.end() ? nullptr : &*found;
}

Next while_at_work(OutlookFacts const& facts) {
  if (!facts.at_work) {
    return std::nullopt;
  }
  if (facts.paused) {
    return "bellows resume";
  }
  return facts.held_next.empty() ? "nothing to type: a runner is at work" : facts.held_next;
}

Next in_another_project(OutlookFacts const& facts) {
  return facts.another_project
             ? Next(
                   "the same in the right directory, or with the right --database-url; where this "
                   "is meant: bellows up --because TEXT")
             : std::nullopt;
}

/// `up` refuses all of it.
Next of_changed_file(OutlookFacts const& facts) {
  auto const* one = first(facts, [](Migration const& each) { return each.changed.has_value(); });
  return one == nullptr ? Next() : fmt::format("{}: {}", one->name, one->changed->next);
}

/// Writes are lost to one side until somebody has typed it.
Next of_sync(OutlookFacts const& facts) {
  auto const* one = first(facts, [](Migration const& each) { return each.sync_off.has_value(); });
  return one == nullptr ? Next() : fmt::format("{}: {}", one->name, one->sync_off->next);
}

/// What can be typed as it stands: an abort that would be refused is no answer.
std::string or_abort(Migration const& one) {
  if (one.phase == Phase::Contract || one.way_back == WayBack::None) {
    return "";
  }
  return one.way_back == WayBack::Free
             ? fmt::format("; or bellows abort {}", one.name)
             : fmt::format("; or, to leave what is done: bellows abort {} --because TEXT",
                           one.name);
}

/// Whoever looks need not be the one who goes on.
std::string with_rights(Migration const& one, std::string text) {
  return one.rights ? fmt::format("{}, as a role that may; where it is this one: {}", text,
                                  one.rights->next)
                    : text;
}

std::string after_failure(Migration const& one) {
  std::string const back = or_abort(one);
  return one.dead_letters ? "mend the data, then bellows resume --retry-dead-letters" + back
                          : "mend the cause, then bellows resume" + back;
}

Next of_half_done(OutlookFacts const& facts) {
  Migration const* one = first(facts, is_half_done);
  if (one == nullptr) {
    return std::nullopt;
  }
  if (one->refused) {
    return fmt::format("{}: {}", one->name, one->refused->next);
  }
  if (one->dead_letters && one->state == State::Backfilling) {
    return "bellows resume --retry-dead-letters" + or_abort(*one);
  }
  switch (*one->state) {
    case State::Failed:
      return with_rights(*one, after_failure(*one));
    case State::Aborting:
      return with_rights(*one, "bellows resume (takes the rest back)");
    default:
      return facts.may_be_back ? look_again("bellows resume") : with_rights(*one, "bellows resume");
  }
}

/// A run would wait for the order before its first batch.
Next while_paused(OutlookFacts const& facts) {
  return facts.paused ? Next("bellows resume") : std::nullopt;
}

/// Nothing can begin on that table, and the triggers go on for ever.
Next of_leftovers(OutlookFacts const& facts) {
  return facts.leftovers.empty() ? Next() : facts.leftovers;
}

/// As a shell takes it for one word.
std::string as_word(std::string const& text) {
  bool const plain = std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("._-+/:@").find(static_cast<char>(c)) != std::string_view::npos;
  });
  std::string quoted;
  for (char const c : text) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return plain ? text : "'" + quoted + "'";
}

std::string up(OutlookFacts const& facts) {
  return facts.release.empty()
             ? "bellows up"
             : fmt::format("bellows up --release {}; or with the name of the next release",
                           as_word(facts.release));
}

/// `up` begins one after the other, up to the first that it has to refuse.
Next of_pending(OutlookFacts const& facts) {
  auto const refused = [](Migration const& each) { return is_to_begin(each) && each.refused; };
  if (Migration const* one = first(facts, refused)) {
    return fmt::format("{}: {}", one->name, one->refused->next);
  }
  return first(facts, is_to_begin) == nullptr ? Next() : up(facts);
}

/// `contract` without a name takes all of them.
std::string when_due(std::vector<Migration> const& all, Migration const& first,
                     std::function<bool(Migration const&)> const& due) {
  std::string names;
  for (Migration const& each : all) {
    std::string const old = each.old_names.empty() ? "the old names" : each.old_names;
    names += due(each) ? (names.empty() ? "" : ", ") + old : "";
  }
  return with_rights(first,
                     fmt::format("once no running application uses {}: bellows contract", names));
}

/// Nothing refuses it, but the last release has left it to the next one, for a reason.
std::string when_held_back(Migration const& one) {
  HeldBack const& by = *one.held_back;
  return with_rights(
      one, fmt::format("{0}: the release after {1} contracts it; or, once nothing of {2} runs any "
                       "more: bellows contract {0}",
                       one.name, by.release, by.older.empty() ? "an older one" : by.older));
}

Next of_contract(OutlookFacts const& facts) {
  auto const waits = [](Migration const& each) { return each.state == State::Backfilled; };
  auto const passes = [&](Migration const& each) { return waits(each) && !each.not_contract; };
  auto const held = [&](Migration const& each) { return passes(each) && each.held_back; };
  if (Migration const* one = first(facts, held)) {  // `contract` without a name would mean it, too
    return when_held_back(*one);
  }
  if (Migration const* one = first(facts, passes)) {
    return when_due(facts.migrations, *one, passes);
  }
  Migration const* one = first(facts, waits);
  return one == nullptr ? Next() : fmt::format("{}: {}", one->name, one->not_contract->next);
}

/// What stays as it is until somebody says otherwise.
Next of_what_is_left(OutlookFacts const& facts) {
  auto const empty = [](Migration const& each) { return each.empty && each.has_file; };
  if (Migration const* one = first(facts, empty)) {
    return fmt::format("nothing to do now: {} has no statement yet", one->name);
  }
  auto const aborted = [](Migration const& each) {
    return each.has_file && each.state == State::Aborted;
  };
  if (Migration const* one = first(facts, aborted)) {
    if (one->not_again) {
      return fmt::format("nothing to do now: {} was aborted; {}", one->name, one->not_again->next);
    }
    if (one->to_plan) {
      return fmt::format(
          "nothing to do now: {0} was aborted, and its plan is of another text than its file; "
          "bellows plan {0}, review what it writes, then bellows expand {0} begins it again",
          one->name);
    }
    return fmt::format("nothing to do now: {0} was aborted; bellows expand {0} begins it again",
                       one->name);
  }
  return std::nullopt;
}

/// What was taken back, or is yet to be written, is owed by nobody who deploys.
bool owes(OutlookFacts const& facts) {
  auto const one = [](Migration const& each) {
    return each.changed || is_to_begin(each) || is_half_done(each) ||
           each.state == State::Backfilled;
  };
  return facts.at_work || facts.another_project || !facts.leftovers.empty() ||
         std::ranges::any_of(facts.migrations, one);
}

}  // namespace

Outlook outlook(OutlookFacts const& facts) {
  static constexpr std::array ways{
      while_at_work, of_sync,      in_another_project, of_changed_file, of_half_done,
      while_paused,  of_leftovers, of_pending,         of_contract,     of_what_is_left};
  for (auto const way : ways) {
    if (Next next = way(facts)) {
      return {std::move(*next), false, owes(facts)};
    }
  }
  if (facts.migrations.empty()) {
    return {"bellows new NAME writes the first migration", false, false};
  }
  bool const all = std::ranges::all_of(facts.migrations, is_at_the_end);
  return {facts.missing.empty() ? "nothing to do: the database is up to date" : facts.missing, all,
          false};
}

}  // namespace bellows::runner
