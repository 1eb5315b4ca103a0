#include "planner/rules/mended.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace bellows::rules {

namespace {

using catalog::Catalog;
using sql::AlterAction;
using sql::QualifiedName;
using sql::Statement;

/// Before the statement that takes something away, and behind it.
struct Around {
  std::span<Reviewed const> before;
  std::span<Reviewed const> behind;
  Catalog const& catalog;
};

bool starts(std::string const& kind, std::string_view words) {
  return std::string_view(kind).starts_with(words);
}

/// What the statement makes, or gives that name: a view, function, type or sequence.
std::optional<QualifiedName> made_by(Statement const& statement) {
  if (auto const* domain = std::get_if<sql::DomainChange>(&statement.body)) {
    return domain->creates ? std::optional(domain->domain) : std::nullopt;
  }
  if (auto const* rename = std::get_if<sql::RenameObject>(&statement.body)) {
    return rename->to.empty() || !rename->part.empty()
               ? std::nullopt
               : std::optional(QualifiedName{rename->name.schema, rename->to});
  }
  auto const* other = std::get_if<sql::Other>(&statement.body);
  if (other == nullptr || !starts(statement.kind, "CREATE ")) {
    return std::nullopt;
  }
  if (other->function) {
    return other->function->name;
  }
  if (!other->object.name.empty()) {
    return other->object;
  }
  return other->relations.empty() ? std::nullopt : std::optional(other->relations.front());
}

bool makes(std::span<Reviewed const> statements, QualifiedName const& name,
           Catalog const& catalog) {
  return std::ranges::any_of(statements, [&](Reviewed const& one) {
    auto const made = made_by(one.statement);
    return made && catalog.resolve(*made) == catalog.resolve(name);
  });
}

bool is_made_again(Statement const& statement, Around const& around) {
  auto const* drop = std::get_if<sql::Drop>(&statement.body);
  return drop != nullptr && std::ranges::all_of(drop->names, [&](QualifiedName const& name) {
           return makes(around.behind, name, around.catalog);
         });
}

/// Nobody who runs already knows what came with the migration itself.
bool is_no_loss(Statement const& statement, Around const& around) {
  auto const* drop = std::get_if<sql::Drop>(&statement.body);
  return drop != nullptr && std::ranges::all_of(drop->names, [&](QualifiedName const& name) {
           return makes(around.behind, name, around.catalog) ||
                  makes(around.before, name, around.catalog);
         });
}

bool is_replaced(Statement const& statement, Around const& around) {
  auto const* rename = std::get_if<sql::RenameObject>(&statement.body);
  return rename != nullptr && (makes(around.behind, rename->name, around.catalog) ||
                               makes(around.before, rename->name, around.catalog));
}

// --- sub-commands of ALTER TABLE ---

bool gives_default(sql::AlterTableCommand const& taken, sql::AlterTableCommand const& later) {
  bool const gives = later.action == AlterAction::SetDefault ||
                     later.action == AlterAction::AddIdentity ||
                     later.action == AlterAction::DropColumn;
  return gives && later.name == taken.name;
}

bool enables(sql::AlterTableCommand const& taken, sql::AlterTableCommand const& later) {
  bool const all = later.kind == "ENABLE TRIGGER ALL";
  bool const users = later.kind == "ENABLE TRIGGER USER" && taken.kind != "DISABLE TRIGGER ALL";
  bool const named = (later.kind == "ENABLE TRIGGER" || later.kind == "ENABLE ALWAYS TRIGGER" ||
                      later.kind == "ENABLE RULE" || later.kind == "ENABLE ALWAYS RULE") &&
                     later.name == taken.name && !taken.name.empty();
  return all || users || named;
}

using Mends = bool (*)(sql::AlterTableCommand const&, sql::AlterTableCommand const&);

/// Of every sub-command that `concerns`, a later one of the same table.
template <typename Concerns>
bool all_mended(Statement const& statement, Around const& around, Concerns concerns, Mends mends) {
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  if (alter == nullptr) {
    return false;
  }
  auto const has_mending = [&](sql::AlterTable const& later, sql::AlterTableCommand const& taken) {
    return around.catalog.resolve(later.table) == around.catalog.resolve(alter->table) &&
           std::ranges::any_of(later.commands, [&](sql::AlterTableCommand const& command) {
             return mends(taken, command);
           });
  };
  return std::ranges::all_of(alter->commands, [&](sql::AlterTableCommand const& taken) {
    return !concerns(taken) || has_mending(*alter, taken) ||
           std::ranges::any_of(around.behind, [&](Reviewed const& later) {
             auto const* other = std::get_if<sql::AlterTable>(&later.statement.body);
             return other != nullptr && has_mending(*other, taken);
           });
  });
}

bool default_comes_back(Statement const& statement, Around const& around) {
  return all_mended(
      statement, around,
      [](sql::AlterTableCommand const& command) {
        return command.action == AlterAction::DropDefault ||
               command.action == AlterAction::DropIdentity;
      },
      gives_default);
}

bool fires_again(Statement const& statement, Around const& around) {
  return all_mended(
      statement, around,
      [](sql::AlterTableCommand const& command) {
        return starts(command.kind, "DISABLE ") || starts(command.kind, "ENABLE REPLICA ");
      },
      enables);
}

bool rule_goes_again(Statement const& statement, Around const& around) {
  auto const* rule = std::get_if<sql::Other>(&statement.body);
  return rule != nullptr && std::ranges::any_of(around.behind, [&](Reviewed const& later) {
           auto const* drop = std::get_if<sql::Drop>(&later.statement.body);
           return drop != nullptr && drop->what == "RULE" && !rule->relations.empty() &&
                  around.catalog.resolve(drop->on_table) ==
                      around.catalog.resolve(rule->relations.front()) &&
                  drop->names.front().name == rule->part;
         });
}

struct Mending {
  std::string_view rule;
  bool (*mended)(Statement const&, Around const&);
};

constexpr Mending mendings[] = {
    {"drop-view", is_made_again},
    {"drop-function", is_no_loss},
    {"drop-type", is_no_loss},
    {"drop-sequence", is_no_loss},
    {"rename-object", is_replaced},
    {"drop-default", default_comes_back},
    {"drop-identity", default_comes_back},
    {"disable-trigger", fires_again},
    {"disable-rule", fires_again},
    {"rule-instead", rule_goes_again},
};

}  // namespace

void forgive_mended(std::vector<Reviewed>& all, std::size_t at, Catalog const& catalog) {
  std::span<Reviewed const> const whole(all);
  Around const around{whole.first(at), whole.subspan(at + 1), catalog};
  Reviewed& reviewed = all[at];
  std::erase_if(reviewed.findings, [&](Finding const& finding) {
    auto const* mending = std::ranges::find(mendings, finding.rule, &Mending::rule);
    return mending != std::end(mendings) && mending->mended(reviewed.statement, around);
  });
}

}  // namespace bellows::rules
