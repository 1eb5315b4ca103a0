#include "planner/rules/review.hpp"

#include "planner/catalog/publications.hpp"
#include "planner/catalog/replay.hpp"
#include "planner/rules/asked_rules.hpp"
#include "planner/rules/brackets.hpp"
#include "planner/rules/company.hpp"
#include "planner/rules/directive_mistakes.hpp"
#include "planner/rules/locate.hpp"
#include "planner/rules/mended.hpp"
#include "planner/rules/other_encoding.hpp"
#include "planner/rules/passed_over.hpp"
#include "planner/rules/preconditions/pending_events.hpp"
#include "planner/rules/rows_elsewhere.hpp"
#include "planner/rules/run.hpp"
#include "planner/rules/sequence/sequence.hpp"
#include "planner/rules/unreadable.hpp"
#include "planner/sql/refused_form.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <span>
#include <utility>

namespace bellows::rules {

namespace {

constexpr std::string_view together_rule = "concurrently-in-file-with-others";
constexpr std::string_view unknown_rule = "unknown-statement";

sql::Allow const* allowed(sql::Directives const& directives, std::string_view rule) {
  for (sql::Directive const& directive : directives.all) {
    auto const* allow = std::get_if<sql::Allow>(&directive);
    if (allow != nullptr && allow->rule == rule) {
      return allow;
    }
  }
  return nullptr;
}

/// By `allow-unsplit RULE`, which `sql::directives` reads as an Allow of "unsplit RULE".
sql::Allow const* allowed_unsplit(sql::Directives const& directives, std::string const& rule) {
  return allowed(directives, "unsplit " + rule);
}

sql::Allow const* allowed_at_all(sql::Directives const& directives, std::string const& rule) {
  sql::Allow const* const allow = allowed(directives, rule);
  return allow != nullptr ? allow : allowed_unsplit(directives, rule);
}

void report(Reviewed& reviewed, Finding finding) {
  if (sql::Allow const* allow = allowed_at_all(reviewed.directives, finding.rule)) {
    reviewed.allowed.emplace_back(std::move(finding), allow->reason);
  } else {
    reviewed.findings.push_back(std::move(finding));
  }
}

void report_mistakes(Reviewed& reviewed) {
  std::ranges::move(directive_mistakes(reviewed.directives, reviewed.statement),
                    std::back_inserter(reviewed.findings));
}

std::vector<std::string_view> phases_of(Split const& split) {
  auto const* fragment = std::get_if<Fragment>(&split);
  std::vector<std::string_view> phases;
  if (fragment == nullptr) {
    return phases;
  }
  if (!fragment->expand.empty()) {
    phases.emplace_back("expand");
  }
  if (!fragment->backfill.empty()) {
    phases.emplace_back("backfill");
  }
  if (!fragment->contract.empty()) {
    phases.emplace_back("contract");
  }
  return phases;
}

/// One for each sub-command of an ALTER TABLE: what each of them does is to be told.
std::vector<Question> questions_of(Reviewed const& reviewed, catalog::Catalog const& catalog,
                                   Conduct const& conduct) {
  auto const& targets = reviewed.effects.targets;
  Question const whole{reviewed.statement,
                       reviewed.effects,
                       reviewed.directives,
                       catalog,
                       nullptr,
                       targets.empty() ? nullptr : catalog.table(targets.front()),
                       {},
                       conduct};
  auto const* alter = std::get_if<sql::AlterTable>(&reviewed.statement.body);
  if (alter == nullptr || alter->commands.size() < 2) {
    return {whole};
  }
  std::vector<Question> each;
  for (sql::AlterTableCommand const& command : alter->commands) {
    each.push_back(whole);
    each.back().command = &command;
  }
  return each;
}

/// In the same words, whatever it points at.
bool is_told(Reviewed const& reviewed, Finding const& finding) {
  auto const same = [&](Finding const& other) {
    return other.rule == finding.rule && other.message == finding.message &&
           other.remedy == finding.remedy;
  };
  return std::ranges::any_of(reviewed.findings, same) ||
         std::ranges::any_of(reviewed.allowed,
                             [&](auto const& allowed) { return same(allowed.first); });
}

/// A refusal's words are a part of one.
std::string sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text.empty() || text.ends_with('.') || text.ends_with("…") ? text : text + '.';
}

/// To accept a hazard is one thing, to give up the way around it another: that wants its own word.
void report_given_up(Reviewed& reviewed, Finding const& finding, sql::Allow const& allow) {
  Finding mistake{
      std::string(directive_rule), Severity::Error,
      "`bellows: allow " + finding.rule +
          "`: this statement can be split, and allowed it would run in one go, as it stands, with "
          "all that [" +
          finding.rule + "] says. Until it is said which is meant, it is neither planned nor run.",
      "Remove the comment, and let `bellows plan` split it; where one go is meant, say so: -- "
      "bellows: allow-unsplit " +
          finding.rule + " because " + allow.reason};
  if (!is_told(reviewed, mistake)) {
    reviewed.findings.push_back(std::move(mistake));
  }
}

/// Whether the rule splits the statement, or says why it cannot here; an `allow` stands where there
/// is no split to give up, or where that is said.
bool is_split(Rule const& rule, Question const& question, Reviewed& reviewed,
              sql::Allow const* allow, Finding& finding) {
  if (rule.split == nullptr || allowed_unsplit(reviewed.directives, std::string(rule.id))) {
    return false;
  }
  auto split = std::make_shared<Split const>(split_by(rule, question));
  auto const* refusal = std::get_if<Refusal>(split.get());
  if (allow != nullptr && refusal != nullptr) {
    return false;
  }
  if (reviewed.splitter == nullptr) {
    reviewed.splitter = &rule;
    reviewed.splits_into = phases_of(*split);
    reviewed.cannot_split = refusal != nullptr ? refusal->reason : "";
    finding.remedy = refusal != nullptr ? sentence(refusal->remedy) : finding.remedy;
    reviewed.split = question.command == nullptr ? std::move(split) : nullptr;
  }
  return true;
}

void ask_rule(Rule const& rule, Question const& question, Reviewed& reviewed) {
  std::optional<Finding> finding = rule.recognise(question);
  if (!finding || is_told(reviewed, *finding)) {
    return;
  }
  finding->at = locate(rule, question, *finding);
  sql::Allow const* const allow = allowed(reviewed.directives, finding->rule);
  if (!is_split(rule, question, reviewed, allow, *finding) || allow == nullptr) {
    return report(reviewed, std::move(*finding));
  }
  report_given_up(reviewed, *finding, *allow);
  reviewed.findings.push_back(std::move(*finding));
}

/// IF EXISTS, and nothing is there.
bool does_nothing(Question const& question) {
  auto const* alter = std::get_if<sql::AlterTable>(&question.statement.body);
  bool const command =
      alter != nullptr && !alter->commands.empty() &&
      finds_nothing(*alter,
                    question.command != nullptr ? *question.command : alter->commands.front(),
                    question.catalog);
  return command || finds_nothing(question.statement, question.catalog);
}

struct Asked {
  Question question;
  sql::Subjects subjects;
  bool idle;  // nobody but passed_over has anything to say
};

void ask_rules(Reviewed& reviewed, catalog::Catalog const& catalog, Conduct const& conduct) {
  std::vector<Asked> all;
  for (Question& question : questions_of(reviewed, catalog, conduct)) {
    auto const subjects = sql::subjects_of(question.statement, question.command);
    bool const idle = does_nothing(question);
    all.push_back({std::move(question), subjects, idle});
  }
  bool const refused = sql::refused_form(reviewed.statement, catalog.server_version) != nullptr;
  for (auto const& [rule, concerned] : asked_rules()) {
    if (refused && rule.id != syntax_error.id) {
      continue;  // it fails before it could do any of that
    }
    for (Asked const& one : all) {
      if (meet(concerned, one.subjects) && (!one.idle || rule.id == passed_over.id)) {
        ask_rule(rule, one.question, reviewed);
      }
    }
  }
}

/// A statement outside of a transaction cannot be undone together with its neighbours.
void warn_of_company(Reviewed& reviewed, std::size_t statements, Conduct const& conduct) {
  if (reviewed.effects.transactional || statements < 2 || !conduct.by_bellows()) {
    return;
  }
  report(reviewed,
         {std::string(together_rule), Severity::Warning,
          "This statement runs outside of a transaction: when a later one fails, what it did "
          "stays.",
          "Put it in a migration of its own."});
}

/// What its statements give, one by one, as findings of the block. Those that it guards may not run
/// at all, so that what only can fail is not told of them.
void look_into_block(Reviewed& reviewed, catalog::Catalog inside) {
  sql::Migration block;
  block.up = reviewed.statement.block;
  std::size_t const start = reviewed.statement.raw.at.offset;
  for (Reviewed& part : review(std::move(block), inside)) {
    std::size_t const offset = part.statement.raw.at.offset - start;
    for (Finding& finding : part.findings) {
      bool const fails = !finding.fails_with.empty() && part.statement.guarded;
      if (fails || finding.rule == together_rule || finding.rule == directive_rule) {
        continue;
      }
      if (part.splitter != nullptr) {
        finding.remedy = "Write the statement by itself, outside of DO. " + finding.remedy;
      }
      std::size_t const length =
          finding.at.length == 0 ? part.statement.raw.text.size() : finding.at.length;
      finding.at = {offset + finding.at.offset, length};
      if (!is_told(reviewed, finding)) {
        report(reviewed, std::move(finding));
      }
    }
    std::ranges::move(part.allowed, std::back_inserter(reviewed.allowed));
  }
}

bool is_held_up(locks::Effect const& effect) {
  return !effect.on_new && locks::blocks_writes(effect.lock);
}

Verdict verdict_of(Reviewed const& reviewed) {
  bool const unknown =
      !reviewed.effects.known || std::holds_alternative<sql::Unparsed>(reviewed.statement.body);
  if (unknown && allowed(reviewed.directives, unknown_rule) == nullptr) {
    return Verdict::Unknown;
  }
  bool const error = std::ranges::any_of(reviewed.findings, [](Finding const& finding) {
    return finding.severity == Severity::Error;
  });
  if (error) {
    return Verdict::Unsafe;
  }
  bool const brief = unknown || std::ranges::any_of(reviewed.effects.relations, is_held_up);
  return brief ? Verdict::Brief : Verdict::Safe;
}

/// What the statements do to each other, once all of them are reviewed one by one. The first ones
/// are of `earlier` files: nothing is reported of them.
void ask_sequence_rules(std::vector<Reviewed>& all, catalog::Catalog const& catalog,
                        Conduct const& conduct, std::span<std::string const> earlier) {
  std::vector<SequenceFinding> found;
  std::span<Reviewed const> const both = all;
  std::span<Reviewed const> const file = both.subspan(earlier.size());
  auto const transactions = transactions_of(both, conduct.sharing);
  for (SequenceRule const& rule : sequence_rules()) {
    for (auto const part : rule.scope == Scope::File ? std::vector{file} : transactions) {
      auto const begin = static_cast<std::size_t>(part.data() - both.data());
      auto const others = earlier.subspan(std::min(begin, earlier.size()));
      auto more = rule.recognise(
          {part, catalog, conduct, others.first(std::min(others.size(), part.size()))});
      for (SequenceFinding& one : more) {
        one.statement += begin;
        found.push_back(std::move(one));
      }
    }
  }
  for (SequenceFinding& one : found) {
    if (one.statement >= earlier.size()) {
      Reviewed& reviewed = all[one.statement];
      report(reviewed, std::move(one.finding));
      reviewed.verdict = verdict_of(reviewed);
    }
  }
}

/// The same, of a file of a run, which is told what the file leaves to later ones.
void ask_with_earlier(std::vector<Reviewed>& file, catalog::Catalog const& catalog,
                      Conduct const& conduct, Run& run) {
  std::vector<Reviewed> both = std::exchange(run.held, {});
  auto const begin = static_cast<std::ptrdiff_t>(both.size());
  std::ranges::move(file, std::back_inserter(both));
  ask_sequence_rules(both, catalog, conduct, run.files);
  std::move(both.begin() + begin, both.end(), file.begin());
  both.erase(both.begin() + begin, both.end());
  run.held = std::move(both);
}

void note_sequence(catalog::Catalog& catalog, sql::Statement const& statement) {
  auto const* made = std::get_if<sql::Other>(&statement.body);
  bool const new_one = made != nullptr && statement.kind == "CREATE SEQUENCE" && !made->if_exists &&
                       !made->relations.empty();
  if (new_one) {
    catalog.new_sequences.insert(catalog.resolve(made->relations.front()));
  }
}

void note_rows(catalog::Catalog& catalog, sql::Statement const& statement) {
  auto const* data = std::get_if<sql::DataStatement>(&statement.body);
  if (data == nullptr) {
    return;
  }
  for (sql::QualifiedName const& name : data->writes) {
    catalog::Table const* table = std::as_const(catalog).table(name);
    if (table != nullptr && table->is_new && !table->filled) {
      catalog.table(name)->filled = true;
    }
  }
}

/// What the statement made has no rows and no readers until the migration is through.
std::vector<sql::QualifiedName> replay_and_mark(catalog::Catalog& catalog,
                                                Reviewed const& reviewed) {
  std::vector<sql::QualifiedName> made;
  for (locks::Effect const& effect : reviewed.effects.relations) {
    bool const here = makes_table(reviewed.statement) && effect.on_new;
    if (here && catalog.table(effect.relation) == nullptr) {
      made.push_back(catalog.resolve(effect.relation));
    }
  }
  catalog::replay(catalog, reviewed.statement);
  note_sequence(catalog, reviewed.statement);
  for (sql::QualifiedName const& name : made) {
    if (catalog::Table* table = catalog.table(name)) {
      table->is_new = true;
      table->filled = reviewed.statement.kind != "CREATE TABLE";
    }
  }
  note_rows(catalog, reviewed.statement);
  return made;
}

/// The server refuses it: it leaves everything as it is.
bool is_refused(Reviewed const& reviewed) {
  return std::ranges::any_of(reviewed.findings,
                             [](Finding const& one) { return !one.fails_with.empty(); });
}

/// The migration is through. All tables are asked only where one that it made has another name now.
void no_longer_new(catalog::Catalog& catalog, std::vector<sql::QualifiedName> const& made) {
  catalog.new_sequences.clear();
  bool found = true;
  for (sql::QualifiedName const& name : made) {
    catalog::Table* table = catalog.table(name);
    found = found && table != nullptr && table->is_new;
    if (table != nullptr) {
      table->is_new = table->filled = false;
    }
  }
  if (!found) {
    catalog.tables.edit_where([](catalog::Table const& table) { return table.is_new; },
                              [](catalog::Table& table) { table.is_new = table.filled = false; });
  }
}

/// Rows, indexes and settings are no matter of it.
bool may_unidentify(sql::Statement const& statement) {
  bool const rows = std::holds_alternative<sql::Update>(statement.body) ||
                    std::holds_alternative<sql::DataStatement>(statement.body) ||
                    std::holds_alternative<sql::CreateIndex>(statement.body);
  return !rows;
}

/// `known`: the published tables without a replica identity, before and after.
void compare(catalog::Catalog const& catalog, Reviewed& reviewed,
             std::vector<sql::QualifiedName>& known) {
  if (!may_unidentify(reviewed.statement)) {
    return;
  }
  auto now = catalog::without_replica_identity(catalog);
  std::ranges::set_difference(now, known, std::back_inserter(reviewed.unidentified));
  known = std::move(now);
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::Safe:
      return "safe";
    case Verdict::Brief:
      return "brief";
    case Verdict::Unsafe:
      return "unsafe";
    case Verdict::Unknown:
      return "unknown";
  }
  return "unknown";
}

std::vector<Reviewed> review(sql::Migration migration, catalog::Catalog& catalog, Conduct conduct,
                             Run* run) {
  conduct.sharing = sharing_of(migration.up, conduct);
  run = conduct.sharing == Sharing::Run ? run : nullptr;
  catalog::SettingsGuard const guard(catalog);
  catalog.file = migration.file.empty() ? catalog.file : migration.file;
  auto unidentified = catalog::without_replica_identity(catalog);
  std::vector<sql::QualifiedName> made;
  preconditions::PendingEvents pending = run != nullptr ? run->pending : decltype(pending)();
  bool open = false;  // between BEGIN and COMMIT
  std::vector<Reviewed> result;
  result.reserve(migration.up.size());
  for (sql::Statement& of_file : migration.up) {
    Reviewed& reviewed = result.emplace_back();
    reviewed.statement = std::move(of_file);
    sql::Statement const& statement = reviewed.statement;
    reviewed.effects = locks::effects_of(statement, catalog);
    if (finds_nothing(statement, catalog)) {
      reviewed.effects.relations.clear();
      reviewed.effects.depends_on.clear();
    }
    if (!reviewed.effects.transactional) {
      catalog::end_transaction(catalog);
    }
    if (conduct.sharing == Sharing::Statement && !open) {
      pending = {};
    }
    open = opens(statement) || (open && !closes(statement));
    reviewed.directives = sql::directives(statement.raw.comments);
    reviewed.expected = expectations(reviewed.effects, catalog);
    report_mistakes(reviewed);
    if (auto finding = other_encoding(statement)) {
      reviewed.findings.push_back(std::move(*finding));
    }
    if (statement.plain_block) {
      look_into_block(reviewed, catalog);
    } else {
      ask_rules(reviewed, catalog, conduct);
    }
    if (auto finding = pending.refusal(statement, catalog, conduct)) {
      report(reviewed, std::move(*finding));
    }
    pending.note(statement, reviewed.effects.transactional, catalog);
    warn_of_company(reviewed, migration.up.size(), conduct);
    reviewed.verdict = verdict_of(reviewed);
    if (!is_refused(reviewed)) {
      std::ranges::move(replay_and_mark(catalog, reviewed), std::back_inserter(made));
      compare(catalog, reviewed, unidentified);
    }
  }
  weigh_company(result, catalog);
  for (std::size_t at = 0; at < result.size(); ++at) {
    forgive_mended(result, at, catalog);
    result[at].verdict = verdict_of(result[at]);
  }
  if (run == nullptr) {
    ask_sequence_rules(result, catalog, conduct, {});
  } else {
    ask_with_earlier(result, catalog, conduct, *run);
    run->pending = std::move(pending);
    keep(*run, result, migration.file.substr(migration.file.rfind('/') + 1), made);
  }
  no_longer_new(catalog, made);
  return result;
}

}  // namespace bellows::rules
