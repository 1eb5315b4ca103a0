#include "planner/locks/partition_overlap.hpp"

namespace bellows::locks {

using catalog::Table;
using sql::Certainty;

Coming coming(Facts const& facts) {
  if (auto const* create = facts.body<sql::CreateTable>()) {
    bool const makes =
        !create->partition_of.name.empty() && !(create->if_not_exists && facts.table() != nullptr);
    return makes ? Coming{facts.catalog.table(create->partition_of), &create->bounds} : Coming{};
  }
  bool const attaches = facts.command != nullptr &&
                        facts.command->action == sql::AlterAction::AttachPartition &&
                        facts.alter->on != sql::ObjectKind::Index;
  return attaches ? Coming{facts.table(), &facts.command->bounds} : Coming{};
}

std::vector<std::string> key_types(Table const& parent) {
  if (parent.partition_key.has_expressions) {  // of which no place in the key is told
    return std::vector<std::string>(1);
  }
  std::vector<std::string> types;
  for (sql::Identifier const& name : parent.partition_key.columns) {
    catalog::Column const* column = parent.column(name);
    types.push_back(column == nullptr ? "" : column->type);
  }
  return types;
}

Overlapped overlapped(Facts const& facts) {
  auto const [parent, bounds] = coming(facts);
  bool const asks = parent != nullptr && parent->kind == catalog::TableKind::Partitioned &&
                    !bounds->is_default && bounds->strategy == parent->partition_key.strategy;
  Overlapped result;
  if (!asks) {
    return result;
  }
  std::vector<std::string> const types = key_types(*parent);
  for (sql::QualifiedName const& name : facts.catalog.linked(catalog::Link::Below, parent->name)) {
    Table const* below = facts.catalog.tables.find(name);
    if (below == nullptr || below->partition_of != parent->name || below->default_partition) {
      continue;
    }
    Certainty const one = sql::overlap(*bounds, below->bounds, types);
    if (one == Certainty::Yes) {
      return {one, name};
    }
    if (one == Certainty::Unknown && result.certainty == Certainty::No) {
      result = {one, name};
    }
  }
  return result;
}

}  // namespace bellows::locks
