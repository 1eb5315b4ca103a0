#include "planner/catalog/publications.hpp"
#include "planner/rules/sequence/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

// Source: execReplication.c, CheckCmdReplicaIdentity().
namespace bellows::rules {

namespace {

using sql::QualifiedName;

bool is_new(Sequence const& sequence, QualifiedName const& name) {
  catalog::Table const* table = sequence.catalog.table(name);
  return table != nullptr && table->is_new;
}

Finding finding(Severity severity, std::vector<QualifiedName> const& tables) {
  std::vector<std::string> names;
  for (QualifiedName const& name : tables) {
    names.push_back(name.display());
  }
  return {"published-without-key", severity,
          fmt::format("{} is published, and no replica identity tells its subscribers which "
                      "rows are meant: every UPDATE and DELETE fails from the moment this "
                      "commits (55000).",
                      fmt::join(names, ", ")),
          "Give the table a primary key or REPLICA IDENTITY USING INDEX in the same migration; or "
          "publish its inserts only."};
}

}  // namespace

// Nobody updates yet what the migration itself has made.
std::vector<SequenceFinding> published_without_key(Sequence const& sequence) {
  auto const at_the_end = catalog::without_replica_identity(sequence.catalog);
  std::vector<SequenceFinding> found;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    std::vector<QualifiedName> tables;
    std::ranges::set_intersection(sequence.statements[at].unidentified, at_the_end,
                                  std::back_inserter(tables));
    if (tables.empty()) {
      continue;
    }
    bool const unused = std::ranges::all_of(
        tables, [&](QualifiedName const& name) { return is_new(sequence, name); });
    found.push_back({at, finding(unused ? Severity::Warning : Severity::Error, tables)});
  }
  return found;
}

}  // namespace bellows::rules
