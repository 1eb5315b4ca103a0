#include "planner/plan/gone_names.hpp"

#include "planner/sql/statement.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace bellows::plan {
namespace {

bool is_relation(std::string_view what) {
  constexpr std::string_view kinds[] = {"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"};
  return std::ranges::find(kinds, what) != std::end(kinds);
}

/// A copy that the plan makes and drops again was nobody's name before it.
struct Takes {
  std::vector<GoneName> names;
  std::vector<GoneName> made;

  void take(GoneName gone) {
    if (std::erase(made, gone) == 0) {
      names.push_back(std::move(gone));
    }
  }
  void operator()(sql::Drop const& drop) {
    for (std::size_t i = 0; is_relation(drop.what) && i < drop.names.size(); ++i) {
      take({drop.names[i], std::nullopt});
    }
  }
  void operator()(sql::RenameColumn const& rename) {
    take({rename.table, rename.from});
    made.push_back({rename.table, rename.to});
  }
  void operator()(sql::RenameObject const& rename) {
    if (is_relation(rename.what)) {
      take({rename.name, std::nullopt});
      if (!rename.to.empty()) {
        made.push_back({{rename.name.schema, rename.to}, std::nullopt});
      }
    }
  }
  void operator()(sql::CreateTable const& table) {
    if (!table.if_not_exists) {
      made.push_back({table.table, std::nullopt});
    }
  }
  void operator()(sql::AlterTable const& alter) {
    for (sql::AlterTableCommand const& command : alter.commands) {
      if (command.action == sql::AlterAction::DropColumn) {
        take({alter.table, command.name});
      } else if (command.action == sql::AlterAction::AddColumn && !command.if_exists) {
        made.push_back({alter.table, command.column.name});
      }
    }
  }
  template <typename Other>
  void operator()(Other const& /*takes nothing away*/) const {}
};

}  // namespace

std::vector<GoneName> gone_names(Plan const& plan) {
  Takes takes;
  for (auto const* steps : {&plan.expand, &plan.backfill, &plan.contract}) {
    for (Step const& step : *steps) {
      auto const* run = std::get_if<RunSql>(&step.action);
      for (std::size_t i = 0; run != nullptr && i < run->statements.size(); ++i) {
        std::visit(takes, sql::parse_one(run->statements[i]).body);
      }
    }
  }
  return takes.names;
}

}  // namespace bellows::plan
