#include "planner/locks/effects.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/catalog/sequences.hpp"
#include "planner/locks/conditions.hpp"
#include "planner/locks/doubts.hpp"
#include "planner/locks/related.hpp"
#include "planner/locks/table.hpp"
#include "planner/sql/refused_form.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bellows::locks {

namespace {

using catalog::Catalog;
using catalog::Index;
using catalog::Table;
using sql::QualifiedName;

/// "ALTER FOREIGN TABLE ADD COLUMN" has the rows of ALTER TABLE unless it has some of its own.
std::string table_kind(std::string const& kind) {
  for (std::string_view const prefix : {"ALTER FOREIGN TABLE ", "ALTER MATERIALIZED VIEW "}) {
    if (kind.starts_with(prefix)) {
      return "ALTER TABLE " + kind.substr(prefix.size());
    }
  }
  return kind;
}

bool is_of(Row const& row, int version) {
  return row.since <= version && version <= row.until;
}

/// The indexes that the work on `table` makes anew.
std::vector<std::string> rebuilt(Table const& table, Work work, Facts const& facts) {
  std::vector<std::string> names;
  bool const all = has(work, Work::Rewrites) || has(work, Work::RebuildsAll);
  for (Index const& index : table.indexes) {
    bool const of_column =
        has(work, Work::RebuildsIndexes) && facts.command != nullptr &&
        std::ranges::find(index.columns, facts.command->name) != index.columns.end() &&
        conditions::type_rebuilds(facts, index);
    if (all || of_column) {
      names.push_back(QualifiedName{table.name.schema, index.name}.display());
    }
  }
  return names;
}

/// What is no table: the one that has the index or sequence of this name came with this migration.
bool is_of_new(Catalog const& catalog, QualifiedName const& relation) {
  Table const* owner = catalog.table_of_index(relation);
  owner = owner == nullptr ? catalog::owner_of_sequence(catalog, relation) : owner;
  bool const with_owner = owner != nullptr && owner->is_new;
  return with_owner || catalog.new_sequences.contains(catalog.resolve(relation));
}

/// A partitioned table and a view hold no rows: the work is done on what is below.
bool has_rows_of_its_own(Table const* table) {
  return table == nullptr || (table->kind != catalog::TableKind::Partitioned &&
                              table->kind != catalog::TableKind::View);
}

bool creates(std::string_view kind) {
  return kind == "CREATE TABLE" || kind == "CREATE FOREIGN TABLE" || kind == "CREATE TABLE AS" ||
         kind == "CREATE VIEW" || kind == "CREATE MATERIALIZED VIEW";
}

class Gatherer {
 public:
  explicit Gatherer(Catalog const& catalog) : catalog_(catalog) {}

  void take(Facts const& facts, std::string const& kind) {
    int const version = catalog_.server_version;
    auto const own = rows_of(kind);
    bool const has_own =
        std::ranges::any_of(own, [&](Row const& row) { return is_of(row, version); });
    std::string const key = has_own ? kind : table_kind(kind);
    bool known = false;
    for (Row const& row : has_own ? own : rows_of(key)) {
      if (!is_of(row, version)) {
        continue;
      }
      known = true;
      if (row.when(facts)) {
        add(row, facts);
      }
    }
    result_.known = result_.known && known;
    for (Conduct const& conduct : conducts()) {
      if (conduct.kind != key) {
        continue;
      }
      result_.transactional = result_.transactional && conduct.transactional;
      result_.waits_for_snapshots = result_.waits_for_snapshots || conduct.waits_for_snapshots;
    }
    for (Doubt& doubt : doubts(facts)) {
      result_.may_take_long = result_.may_take_long || doubt.of_work;
      bool const said =
          std::ranges::find(result_.depends_on, doubt.text) != result_.depends_on.end();
      if (!said) {
        result_.depends_on.push_back(std::move(doubt.text));
      }
    }
  }

  Effects result(std::vector<QualifiedName> const& targets) && {
    raise_recursed(targets);
    auto const place = [&](Effect const& effect) {
      auto const found = std::ranges::find(targets, effect.relation);
      return std::pair(found - targets.begin(), effect.relation);
    };
    std::ranges::sort(result_.relations, {}, place);
    result_.targets = targets;
    return std::move(result_);
  }

 private:
  /// What an ALTER TABLE goes down to is opened with the strongest lock that one of its
  /// sub-commands needs, be it another one.
  void raise_recursed(std::vector<QualifiedName> const& targets) {
    auto const target = std::ranges::find_if(result_.relations, [&](Effect const& effect) {
      return !targets.empty() && effect.relation == targets.front();
    });
    for (Effect& effect : result_.relations) {
      bool const recursed = std::ranges::find(recursed_, effect.relation) != recursed_.end();
      effect.lock = recursed && target != result_.relations.end()
                        ? std::max(effect.lock, target->lock)
                        : effect.lock;
    }
  }

  void add(Row const& row, Facts const& facts) {
    bool const recurses = facts.alter != nullptr && facts.alter->commands.size() > 1 &&
                          row.relations == related::tree;
    for (QualifiedName const& relation : row.relations(facts)) {
      if (recurses) {
        recursed_.push_back(relation);
      }
      Effect& effect = effect_on(relation);
      Table const* table = tables_[static_cast<std::size_t>(&effect - result_.relations.data())];
      effect.lock = std::max(effect.lock, row.lock);
      bool const stored = has_rows_of_its_own(table);
      effect.rewrites = effect.rewrites || (stored && has(row.work, Work::Rewrites));
      effect.scans = effect.scans || (stored && has(row.work, Work::Scans));
      bool const made_here =
          table == nullptr && creates(facts.statement.kind) && relation == facts.target();
      effect.on_new =
          made_here || (table != nullptr ? table->is_new : is_of_new(catalog_, relation));
      if (table == nullptr) {
        effect.owned_sequence = catalog::owner_of_sequence(catalog_, relation) != nullptr;
        continue;
      }
      for (std::string& name : rebuilt(*table, row.work, facts)) {
        bool const listed =
            std::ranges::find(effect.rebuilds_indexes, name) != effect.rebuilds_indexes.end();
        if (!listed) {
          effect.rebuilds_indexes.push_back(std::move(name));
        }
      }
    }
  }

  Effect& effect_on(QualifiedName const& relation) {
    auto const found = std::ranges::find(result_.relations, relation, &Effect::relation);
    if (found != result_.relations.end()) {
      return *found;
    }
    Effect effect;
    effect.relation = relation;
    tables_.push_back(catalog_.table(relation));
    return result_.relations.emplace_back(std::move(effect));
  }

  Catalog const& catalog_;
  Effects result_;
  std::vector<Table const*> tables_;  // of the result's relations
  std::vector<QualifiedName> recursed_;
};

std::string object_words(std::string const& kind, sql::AlterTable const& alter) {
  if (alter.commands.size() != 1) {
    return kind;
  }
  return kind.substr(0, kind.size() - alter.commands[0].kind.size() - 1);
}

bool is_opaque(sql::Statement const& statement) {
  auto const* data = std::get_if<sql::DataStatement>(&statement.body);
  return data != nullptr && data->opaque;
}

void join(Effects& into, Effects more) {
  for (Effect& effect : more.relations) {
    auto const found = std::ranges::find(into.relations, effect.relation, &Effect::relation);
    if (found == into.relations.end()) {
      into.relations.push_back(std::move(effect));
      continue;
    }
    found->lock = std::max(found->lock, effect.lock);
    found->rewrites = found->rewrites || effect.rewrites;
    found->scans = found->scans || effect.scans;
    for (std::string& index : effect.rebuilds_indexes) {
      found->rebuilds_indexes.push_back(std::move(index));
    }
  }
  into.known = into.known && more.known;
  into.may_take_long = into.may_take_long || more.may_take_long;
  std::ranges::move(more.depends_on, std::back_inserter(into.depends_on));
}

/// What a DO block does at most, one statement after the other. It is in one transaction.
Effects effects_of_block(sql::Statement const& statement, Catalog catalog) {
  Effects all;
  for (sql::Statement const& inner : statement.block) {
    Effects one = effects_of(inner, catalog);
    std::vector<QualifiedName> const targets = one.targets;
    bool const makes = creates(inner.kind) && !targets.empty() &&
                       std::as_const(catalog).table(targets.front()) == nullptr;
    join(all, std::move(one));
    catalog::replay(catalog, inner);
    catalog::Table* made = makes ? catalog.table(targets.front()) : nullptr;
    if (made != nullptr) {
      made->is_new = true;
    }
  }
  std::ranges::sort(all.relations, {}, &Effect::relation);
  return all;
}

}  // namespace

Effects effects_of(sql::Statement const& statement, Catalog const& catalog) {
  if (statement.plain_block) {
    return effects_of_block(statement, catalog);
  }
  if (sql::refused_form(statement, catalog.server_version) != nullptr) {
    return {};  // it ends before anything is locked
  }
  Gatherer gatherer(catalog);
  std::vector<QualifiedName> const targets = targets_of(statement, catalog);
  catalog::Table const* table = targets.empty() ? nullptr : catalog.table(targets.front());
  if (auto const* alter = std::get_if<sql::AlterTable>(&statement.body)) {
    std::string const object = object_words(statement.kind, *alter);
    for (sql::AlterTableCommand const& command : alter->commands) {
      Facts const facts{statement, catalog, targets, alter, &command, table};
      gatherer.take(facts, object + " " + command.kind);
    }
  } else {
    gatherer.take(Facts{statement, catalog, targets, nullptr, nullptr, table}, statement.kind);
  }
  for (sql::Statement const& part : statement.within) {
    gatherer.take(Facts{part, catalog, targets_of(part, catalog)}, part.kind);
  }
  Effects effects = std::move(gatherer).result(targets);
  effects.known = effects.known && !is_opaque(statement);
  return effects;
}

}  // namespace bellows::locks
