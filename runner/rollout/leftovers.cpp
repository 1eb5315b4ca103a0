#include "runner/rollout/leftovers.hpp"

#include "planner/plan/transition.hpp"
#include "planner/plan/yaml.hpp"
#include "planner/rules/sync_leftovers.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/ledger/store.hpp"
#include "runner/rollout/advance.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <set>

namespace bellows::runner {
namespace {

using rules::SyncPair;
using sql::Identifier;
using sql::QualifiedName;

/// Of a partition the parent's triggers tell. The last column: a trigger of the user's goes by a
/// column that a trigger of ours is about, or is a twin of such a one.
constexpr char const* triggers_query = R"(
SELECT n.nspname, c.relname, json_agg(t.tgname ORDER BY t.tgname)::text,
  (SELECT json_agg(a.attname ORDER BY a.attnum)::text FROM pg_catalog.pg_attribute a
   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  EXISTS (SELECT FROM pg_catalog.pg_trigger o WHERE o.tgrelid = c.oid AND NOT o.tgisinternal
    AND o.tgname !~ '^[!~]bellows_sync_' AND (o.tgattr <> '' OR o.tgname ~ '![0-9a-f]{8}!?$'))
FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE t.tgname ~ '^[!~]bellows_sync_' AND NOT t.tgisinternal AND t.tgparentid = 0
GROUP BY n.nspname, c.oid, c.relname ORDER BY 1, 2)";

constexpr char const* objects_query = R"(
SELECT n.nspname, p.proname, 'function' FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.proname ~ '^bellows_sync_' AND p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype
UNION ALL
SELECT n.nspname, c.relname, 'sequence' FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.relname ~ '^bellows_old_writes_' ORDER BY 1, 2)";

std::vector<Identifier> names_in(std::string const& json) {
  std::vector<Identifier> names;
  for (auto const& name : nlohmann::json::parse(json)) {
    names.emplace_back(name.get<std::string>());
  }
  return names;
}

/// What a rename keeps in step; with `using` the swap drops the original, and not the copy.
std::optional<SyncPair> pair_of(plan::Plan const& plan) {
  if (auto const transition = plan::transition_of(plan)) {
    return rules::pair_of_names(transition->table, transition->from, transition->to);
  }
  bool const names_both = !plan.relies_on.empty() && plan.relies_on.front().columns.size() > 1;
  if (!names_both || plan.contract.empty()) {
    return std::nullopt;
  }
  plan::ReliedOn const& fact = plan.relies_on.front();
  SyncPair pair = rules::pair_of_names(fact.table, fact.columns[0], fact.columns[1]);
  QualifiedName const counter = rules::sync_names(pair).old_writes;
  bool const counts = std::ranges::any_of(plan.contract, [&](plan::Step const& step) {
    auto const* gate = std::get_if<plan::Gate>(&step.action);
    return gate != nullptr && gate->sequence == counter;
  });
  return counts ? std::optional(std::move(pair)) : std::nullopt;
}

/// The names that the migrations under way account for.
class Known {
 public:
  explicit Known(postgres::Session& session) {
    if (!ledger_exists(session)) {
      return;
    }
    for (auto const& [name, row] : read_migrations(session)) {
      if (!in_progress(row.state)) {
        continue;
      }
      plan::Plan const plan = plan::from_yaml(row.plan);
      if (auto const pair = pair_of(plan)) {
        add(*pair);
      }
    }
  }

  void add(SyncPair const& pair) {
    rules::SyncNames const names = rules::sync_names(pair);
    for (Identifier const& trigger : names.triggers()) {
      triggers_.insert(pair.table.quoted() + " " + trigger.raw());
      names_.insert(trigger.raw());
    }
    for (QualifiedName const& object :
         {names.first_function, names.last_function, names.old_writes}) {
      objects_.insert(object.quoted());
    }
  }
  bool has_trigger(QualifiedName const& table, Identifier const& trigger) const {
    return triggers_.contains(table.quoted() + " " + trigger.raw());
  }
  /// On whatever table: one that was renamed, and replaced by another, has them still.
  bool has_trigger(Identifier const& trigger) const { return names_.contains(trigger.raw()); }
  bool has_object(QualifiedName const& name) const { return objects_.contains(name.quoted()); }

 private:
  std::set<std::string> triggers_;
  std::set<std::string> names_;
  std::set<std::string> objects_;
};

class Finder {
 public:
  explicit Finder(postgres::Session& session) : session_(session), known_(session) {}

  std::vector<Leftover> find() {
    auto const tables = session_.run(triggers_query);
    for (std::size_t row = 0; row < tables.size(); ++row) {
      QualifiedName const table{Identifier{tables.text(row, 0)}, Identifier{tables.text(row, 1)}};
      for (Identifier const& trigger : names_in(tables.text(row, 2))) {
        if (!known_.has_trigger(table, trigger)) {
          add(table, trigger, names_in(tables.text(row, 3)), tables.truth(row, 4));
        }
      }
    }
    auto const objects = session_.run(objects_query);
    for (std::size_t row = 0; row < objects.size(); ++row) {
      add_object({Identifier{objects.text(row, 0)}, Identifier{objects.text(row, 1)}},
                 objects.text(row, 2));
    }
    return std::move(found_);
  }

 private:
  void add(QualifiedName const& table, Identifier const& trigger,
           std::vector<Identifier> const& columns, bool touched) {
    auto const pair = rules::pair_of_trigger(table, columns, trigger);
    if (!pair && known_.has_trigger(trigger)) {
      return;
    }
    Leftover left;
    left.table = table;
    if (!pair) {  // the table or a column was renamed meanwhile
      left.objects = {"trigger " + trigger.quoted()};
      left.removal = {fmt::format("DROP TRIGGER {} ON {}", trigger.quoted(), table.quoted())};
      found_.push_back(std::move(left));
      return;
    }
    known_.add(*pair);
    rules::SyncNames const names = rules::sync_names(*pair);
    left.copy = pair->new_column.quoted();
    left.objects = {fmt::format("column {}, a copy of {}", pair->new_column.quoted(),
                                pair->old_column.quoted())};
    for (Identifier const& each : names.triggers()) {
      left.objects.push_back("trigger " + each.quoted());
    }
    for (QualifiedName const& each : {names.first_function, names.last_function}) {
      left.objects.push_back("function " + each.display());
      left.names.push_back(each.name.raw());
    }
    left.objects.push_back("sequence " + names.old_writes.display());
    left.names.push_back(names.old_writes.name.raw());
    left.removal = rules::drop_leftovers(*pair, touched);
    found_.push_back(std::move(left));
  }

  void add_object(QualifiedName const& name, std::string const& kind) {
    if (known_.has_object(name)) {
      return;
    }
    if (found_.empty() || !found_.back().table.name.empty()) {
      found_.emplace_back();
    }
    Leftover& left = found_.back();
    left.objects.push_back(kind + " " + name.display());
    left.names.push_back(name.name.raw());
    left.removal.push_back(kind == "function" ? fmt::format("DROP FUNCTION {}()", name.quoted())
                                              : fmt::format("DROP SEQUENCE {}", name.quoted()));
  }

  postgres::Session& session_;
  Known known_;
  std::vector<Leftover> found_;
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// As a word, whatever its case: rather once too often.
bool says(std::string const& text, std::string const& name) {
  auto const same = [](char one, char other) {
    return std::tolower(static_cast<unsigned char>(one)) ==
           std::tolower(static_cast<unsigned char>(other));
  };
  for (auto from = text.begin(); !name.empty();) {
    auto const at = std::search(from, text.end(), name.begin(), name.end(), same);
    if (at == text.end()) {
      return false;
    }
    auto const end = at + static_cast<std::ptrdiff_t>(name.size());
    if ((at == text.begin() || !is_word(*(at - 1))) && (end == text.end() || !is_word(*end))) {
      return true;
    }
    from = at + 1;
  }
  return false;
}

bool makes(plan::Plan const* plan, Leftover const& leftover) {
  return plan != nullptr && std::ranges::any_of(plan->expand, [&](plan::Step const& step) {
           auto const* run = std::get_if<plan::RunSql>(&step.action);
           return run != nullptr && std::ranges::any_of(run->statements, [&](auto const& text) {
                    return std::ranges::any_of(
                        leftover.names, [&](std::string const& name) { return says(text, name); });
                  });
         });
}

bool is_in_the_way(Leftover const& leftover, sql::Migration const& migration,
                   plan::Plan const* plan) {
  bool const named = std::ranges::any_of(migration.up, [&](sql::Statement const& statement) {
    return says(statement.raw.text, leftover.table.name.raw());
  });
  return named || makes(plan, leftover);
}

}  // namespace

std::vector<Leftover> read_leftovers(postgres::Session& session) {
  return Finder(session).find();
}

std::string in_words(Leftover const& leftover) {
  return fmt::format("{} left of a rename, and no migration of the ledger accounts for it{}: {}",
                     leftover.table.name.empty() ? "there is something"
                                                 : leftover.table.display() + " has what is",
                     leftover.copy.empty() ? "" : ", though the triggers are at work",
                     fmt::join(leftover.objects, ", "));
}

std::string how_to_remove(Leftover const& leftover) {
  return fmt::format(
      "if the schema bellows was saved with this database, restore it, then bellows resume; "
      "else{}: {}",
      leftover.copy.empty() ? ""
                            : fmt::format(", once no running application uses {}", leftover.copy),
      fmt::join(leftover.removal, "; "));
}

void refuse_lost_ledger(postgres::Session& session) {
  auto const leftovers = read_leftovers(session);
  if (leftovers.empty()) {
    return;
  }
  std::string told = "the ledger, the schema bellows, is gone; nothing was changed";
  for (Leftover const& left : leftovers) {
    told += "\n  " + in_words(left);
  }
  std::string next;
  for (Leftover const& left : leftovers) {
    next += (next.empty() ? "" : "; ") + how_to_remove(left);
  }
  throw Unconfirmed(told, next);
}

void refuse_over_leftovers(postgres::Session& session, sql::Migration const& migration,
                           plan::Plan const* plan) {
  for (Leftover const& leftover : read_leftovers(session)) {
    if (is_in_the_way(leftover, migration, plan)) {
      throw Unconfirmed(fmt::format("{} can't begin: {}; nothing of it was begun", migration.name,
                                    in_words(leftover)),
                        how_to_remove(leftover) + "; then the same command again");
    }
  }
}

}  // namespace bellows::runner
