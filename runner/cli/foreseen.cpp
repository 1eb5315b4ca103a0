#include "runner/cli/foreseen.hpp"

#include "runner/catalog/read_catalog.hpp"
#include "runner/ddl/concurrent.hpp"

namespace bellows::runner {
namespace {

/// Empty: no index of that name.
std::string definition_of(sql::CreateIndex const& create, catalog::Catalog const& catalog) {
  catalog::Table const* table = catalog.table(create.table);
  catalog::Index const* index = table == nullptr ? nullptr : table->index(create.name);
  return index == nullptr ? "" : index->definition;
}

}  // namespace

std::string index_foreseen(postgres::Session& session, plan::RunSql const& run,
                           catalog::Catalog const& by_then) {
  if (!run.alone || run.statements.size() != 1) {
    return "";
  }
  sql::Statement const statement = sql::parse_one(run.statements.front());
  auto const* create = std::get_if<sql::CreateIndex>(&statement.body);
  std::string const then = create == nullptr ? "" : definition_of(*create, by_then);
  if (then.empty() || then != definition_of(*create, catalog::read_catalog(session))) {
    return "";
  }
  return ddl::foreseen(session, run.statements.front());
}

}  // namespace bellows::runner
