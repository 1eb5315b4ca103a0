#include "planner/sql/identifier.hpp"
#include "planner/sql/statement.hpp"

// Before their first use: GCC 14 leaves out the copy constructor of what was copied above.
template class std::vector<bellows::sql::Identifier>;
template class std::vector<bellows::sql::QualifiedName>;
template class std::vector<bellows::sql::ConstraintDefinition>;
template class std::vector<bellows::sql::ColumnDefinition>;
template class std::vector<bellows::sql::AlterTableCommand>;
template class std::vector<bellows::sql::Statement>;
template class std::vector<bellows::sql::IndexElement>;

/// What copies, compares and destroys the values of SQL, once for all files (out_of_line.hpp).
namespace bellows::sql {

Identifier::Identifier(Identifier const&) = default;
Identifier& Identifier::operator=(Identifier const&) = default;
std::strong_ordering Identifier::operator<=>(Identifier const&) const = default;
/// Most names that are compared are of one schema: that is seen at once.
std::strong_ordering QualifiedName::operator<=>(QualifiedName const& other) const {
  auto const schemas =
      schema == other.schema ? std::strong_ordering::equal : schema.raw() <=> other.schema.raw();
  return schemas != 0 ? schemas : name.raw() <=> other.name.raw();
}

BELLOWS_DEFAULTED(ConstraintDefinition);
BELLOWS_DEFAULTED(ColumnDefinition);
BELLOWS_DEFAULTED(CreateTable);
BELLOWS_DEFAULTED(CreateIndex);
BELLOWS_DEFAULTED(AlterTableCommand);
BELLOWS_DEFAULTED(Other);
BELLOWS_DEFAULTED(Statement);

}  // namespace bellows::sql
