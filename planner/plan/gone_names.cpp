#include "planner/plan/gone_names.hpp"

#include "planner/sql/statement.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace bellows::plan {
namespace {

bool is_relation(std::string_view what) {
  constexpr std::string_view kinds[] = {"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"};
  return std::ranges::find(kinds, what) != std::end(kinds);
}

struct Takes {
  std::vector<GoneName>& names;

  void operator()(sql::Drop const& drop) const {
    for (std::size_t i = 0; is_relation(drop.what) && i < drop.names.size(); ++i) {
      names.push_back({drop.names[i], std::nullopt});
    }
  }
  void operator()(sql::RenameColumn const& rename) const {
    names.push_back({rename.table, rename.from});
  }
  void operator()(sql::RenameObject const& rename) const {
    if (is_relation(rename.what)) {
      names.push_back({rename.name, std::nullopt});
    }
  }
  void operator()(sql::AlterTable const& alter) const {
    for (sql::AlterTableCommand const& command : alter.commands) {
      if (command.action == sql::AlterAction::DropColumn) {
        names.push_back({alter.table, command.name});
      }
    }
  }
  template <typename Other>
  void operator()(Other const& /*takes nothing away*/) const {}
};

}  // namespace

std::vector<GoneName> gone_names(Plan const& plan) {
  std::vector<GoneName> names;
  for (auto const* steps : {&plan.expand, &plan.backfill, &plan.contract}) {
    for (Step const& step : *steps) {
      auto const* run = std::get_if<RunSql>(&step.action);
      for (std::size_t i = 0; run != nullptr && i < run->statements.size(); ++i) {
        std::visit(Takes{names}, sql::parse_one(run->statements[i]).body);
      }
    }
  }
  return names;
}

}  // namespace bellows::plan
