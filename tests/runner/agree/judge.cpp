#include "tests/runner/agree/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bellows::agree {

using locks::Effect;
using locks::Mode;
using rules::Finding;
using rules::Reviewed;
using test::Observed;

namespace {

Finding const* refusal(Reviewed const& said) {
  auto const found = std::ranges::find_if(
      said.findings, [](Finding const& finding) { return !finding.fails_with.empty(); });
  return found == said.findings.end() ? nullptr : &*found;
}

bool has_doubt(Reviewed const& said) {
  return said.verdict == rules::Verdict::Unknown || !said.effects.depends_on.empty() ||
         std::ranges::find(said.findings, "depends", &Finding::rule) != said.findings.end();
}

std::string lock_text(std::optional<Mode> lock) {
  return lock ? std::string(to_string(*lock)) : "none";
}

/// Locks on indexes go with those on their tables, and nextval()'s hurts nobody.
bool is_left_out(Observed const& seen) {
  bool const index = seen.kind == 'i' || seen.kind == 'I';
  bool const row_type = seen.kind == 'c';
  return index || row_type ||
         (seen.kind == 'S' && (!seen.lock || *seen.lock <= Mode::RowExclusive));
}

bool is_row_statement(Reviewed const& said) {
  return std::holds_alternative<sql::Update>(said.statement.body) ||
         said.statement.kind.starts_with("TRUNCATE") || said.statement.kind == "INSERT" ||
         said.statement.kind == "DELETE";
}

/// DETACH of a partition that others point to joins the two: whether by the partition's key or
/// whole, the server's planner decides.
bool may_be_read(Reviewed const& said, Effect const& effect) {
  auto const* alter = std::get_if<sql::AlterTable>(&said.statement.body);
  return alter != nullptr &&
         std::ranges::any_of(alter->commands, [&](sql::AlterTableCommand const& command) {
           return command.action == sql::AlterAction::DetachPartition &&
                  command.other.name == effect.relation.name;
         });
}

void compare(Effect const& effect, Observed const& seen, bool alone, bool may_be_read,
             Judged& judged) {
  std::string const name = effect.relation.display();
  std::optional<Mode> const lock = seen.lock;
  if (lock && *lock > effect.lock) {
    judged.wrong.push_back(
        fmt::format("{} is locked {}, said {}", name, lock_text(lock), to_string(effect.lock)));
  }
  // Locks that an earlier statement took are not taken again.
  if (alone && effect.lock > Mode::RowExclusive && (!lock || *lock < effect.lock)) {
    judged.overstated.push_back(
        fmt::format("{} is locked {}, said {}", name, lock_text(lock), to_string(effect.lock)));
  }
  bool const moved_only = seen.kind == 'S';
  if (!moved_only && effect.rewrites != seen.rewritten) {
    (seen.rewritten ? judged.wrong : judged.overstated)
        .push_back(fmt::format("{} is {}rewritten", name, seen.rewritten ? "" : "not "));
  }
  bool const blocking = effect.lock >= Mode::ShareUpdateExclusive && !effect.rewrites;
  if (blocking && seen.kind == 'r' && !may_be_read) {
    bool const reads = effect.scans || !effect.rebuilds_indexes.empty();
    if (reads != seen.scanned) {
      (seen.scanned ? judged.wrong : judged.overstated)
          .push_back(fmt::format("{} is {}read whole", name, seen.scanned ? "" : "not "));
    }
  }
}

/// What the server did to relations that check does not speak of.
void look_beside(std::string const& name, Observed const& seen, Judged& judged) {
  if (!is_left_out(seen) && seen.lock && *seen.lock > Mode::RowShare) {
    judged.wrong.push_back(fmt::format("{} is locked {}, not said", name, lock_text(seen.lock)));
  }
  bool const heap = seen.kind == 'r' || seen.kind == 'm';
  if (heap && seen.rewritten) {
    judged.wrong.push_back(name + " is rewritten, not said");
  }
}

void compare_effects(Reviewed const& said, test::Observations const& seen, bool alone,
                     Judged& judged) {
  std::vector<std::string> spoken_of;
  for (Effect const& effect : said.effects.relations) {
    spoken_of.push_back(effect.relation.display());
    auto const found = seen.find(effect.relation.display());
    if (found != seen.end() && !effect.on_new && !is_row_statement(said)) {
      compare(effect, found->second, alone, may_be_read(said, effect), judged);
    }
  }
  for (auto const& [name, observed] : seen) {
    if (std::ranges::find(spoken_of, name) == spoken_of.end() && !is_row_statement(said)) {
      look_beside(name, observed, judged);
    }
  }
}

Judged judge_refused(Reviewed const& said, Answer const& answer,
                     std::function<bool()> const& for_rows) {
  Judged judged;
  if (Finding const* finding = refusal(said)) {
    judged.other_state = finding->fails_with != answer.sqlstate;
  } else if (has_doubt(said)) {
    judged.agreement = Agreement::Depends;
  } else if (!is_foreseeable(answer.sqlstate) || for_rows()) {
    judged.agreement = Agreement::Rows;
  } else {
    judged.agreement = Agreement::Wrong;
    judged.wrong.push_back(fmt::format("refused, not said"));
  }
  return judged;
}

}  // namespace

bool is_foreseeable(std::string const& sqlstate) {
  constexpr std::array<std::string_view, 5> classes{"0A", "22", "42", "2B", "55"};
  return std::ranges::find(classes, sqlstate.substr(0, 2)) != classes.end();
}

Judged judge(Reviewed const& said, Answer const& answer, bool alone,
             std::function<bool()> const& for_rows) {
  if (std::holds_alternative<sql::Unparsed>(said.statement.body)) {
    return {.agreement = Agreement::Unparsed, .wrong = {}, .overstated = {}};
  }
  if (!answer.sqlstate.empty()) {
    return judge_refused(said, answer, for_rows);
  }
  Judged judged;
  if (Finding const* finding = refusal(said)) {
    judged.wrong.push_back(fmt::format("taken, said {}", finding->fails_with));
  } else if (has_doubt(said)) {
    judged.agreement = Agreement::Depends;
  }
  if (answer.seen) {
    compare_effects(said, *answer.seen, alone, judged);
  }
  if (!judged.wrong.empty() && judged.agreement != Agreement::Depends) {
    judged.agreement = Agreement::Wrong;
  }
  return judged;
}

std::string in_words(Reviewed const& said) {
  std::string text(to_string(said.verdict));
  for (Finding const& finding : said.findings) {
    text += fmt::format("; {}: {}", finding.rule, finding.message);
  }
  for (std::string const& doubt : said.effects.depends_on) {
    text += "; depends on " + doubt;
  }
  return text;
}

}  // namespace bellows::agree
