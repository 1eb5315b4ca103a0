#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/catalog/model.hpp"
#include "planner/plan/plan.hpp"

#include <string>

/// What a dry run tells of an index that is to be built CONCURRENTLY under a name that is there.
namespace bellows::runner {

/// ddl::foreseen() of the step's statement, where what has the name will still be there by then:
/// `by_then` is the schema that the step finds. Empty: nothing but that it runs. Throws
/// ddl::NameTaken where the step would fail for it.
std::string index_foreseen(postgres::Session& session, plan::RunSql const& run,
                           catalog::Catalog const& by_then);

}  // namespace bellows::runner
