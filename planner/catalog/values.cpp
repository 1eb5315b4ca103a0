#include "planner/catalog/model.hpp"

// Before their first use: GCC 14 leaves out the copy constructor of what was copied above.
template class std::vector<bellows::catalog::Column>;
template class std::vector<bellows::catalog::Constraint>;
template class std::vector<bellows::catalog::Index>;
template class std::vector<bellows::catalog::Trigger>;
template class std::vector<bellows::catalog::Dependent>;

/// What copies and destroys the catalog's values, once for all files (out_of_line.hpp).
namespace bellows::catalog {

BELLOWS_DEFAULTED(Column);
BELLOWS_DEFAULTED(Constraint);
BELLOWS_DEFAULTED(Index);
BELLOWS_DEFAULTED(Trigger);
BELLOWS_DEFAULTED(Table);
BELLOWS_DEFAULTED(Catalog);

}  // namespace bellows::catalog
