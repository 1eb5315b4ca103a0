#include "batcher/preview/explained.hpp"

#include <algorithm>

namespace bellows::batcher {

using Json = nlohmann::json;

double number(Json const& object, char const* name) {
  auto const found = object.find(name);
  return found == object.end() ? 0.0 : found->get<double>();
}

void add_triggers(Preview& preview, Json const& explained) {
  for (Json const& each : explained.value("Triggers", Json::array())) {
    std::string const name = each.value("Constraint Name", each.value("Trigger Name", ""));
    auto found = std::find_if(preview.triggers.begin(), preview.triggers.end(),
                              [&](Trigger const& trigger) { return trigger.name == name; });
    if (found == preview.triggers.end()) {
      found = preview.triggers.insert(preview.triggers.end(), {name, 0, 0});
    }
    found->calls += static_cast<std::int64_t>(number(each, "Calls"));
    found->milliseconds += number(each, "Time");
  }
}

Sampled sampled_from(Json const& explained) {
  Json const& plan = explained.at("Plan");
  Sampled sample;
  sample.milliseconds = number(explained, "Execution Time");
  sample.wal_bytes = static_cast<std::int64_t>(number(plan, "WAL Bytes"));
  for (Json const& child : plan.value("Plans", Json::array())) {
    sample.written +=
        static_cast<std::int64_t>(number(child, "Actual Rows") * number(child, "Actual Loops"));
  }
  return sample;
}

std::string explain_text(postgres::Transaction& transaction, Statement const& statement) {
  postgres::Rows const rows = transaction.run("EXPLAIN " + statement.sql, statement.parameters);
  std::string text;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    text += rows.text(row, 0) + "\n";
  }
  return text;
}

Json analyzed(postgres::Transaction& transaction, Statement const& writing) {
  postgres::Rows const explained =
      transaction.run("EXPLAIN (ANALYZE, WAL, FORMAT JSON) " + writing.sql, writing.parameters);
  return Json::parse(explained.text(0, 0)).at(0);
}

}  // namespace bellows::batcher
