#include "planner/plan/through_client.hpp"

#include "planner/sql/statement.hpp"

#include <algorithm>
#include <cctype>

namespace bellows::plan {
namespace {

/// Most statements are none, and need not be read for it.
bool may_be_copy(std::string const& text) {
  std::string start = text.substr(0, 4);
  std::ranges::transform(start, start.begin(), [](unsigned char c) { return std::tolower(c); });
  return start == "copy";
}

bool is_through_client(std::string const& text) {
  if (!may_be_copy(text)) {
    return false;
  }
  sql::Statement const statement = sql::parse_one(text);
  auto const* data = std::get_if<sql::DataStatement>(&statement.body);
  return data != nullptr && data->through_client;
}

}  // namespace

std::optional<std::string> through_client(Plan const& plan) {
  for (auto const* phase : {&plan.expand, &plan.backfill, &plan.contract}) {
    for (Step const& step : *phase) {
      auto const* run = std::get_if<RunSql>(&step.action);
      if (run == nullptr) {
        continue;
      }
      auto const found = std::ranges::find_if(run->statements, is_through_client);
      if (found != run->statements.end()) {
        return *found;
      }
    }
  }
  return std::nullopt;
}

}  // namespace bellows::plan
