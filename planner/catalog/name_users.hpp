#pragma once

#include "planner/catalog/model.hpp"

#include <cstdint>
#include <vector>

namespace bellows::catalog {

/// How a trigger says a column's name, which is text to PostgreSQL and stays as it is when the
/// column is renamed.
enum class Says : std::uint8_t {
  Argument,  // EXECUTE FUNCTION f('title')
  Row,       // its function says NEW.title or OLD.title
  Word,      // its function says title elsewhere, where it may mean the column
  Unread     // its function cannot be read here
};

struct NameUser {
  QualifiedName relation;
  Trigger const* trigger = nullptr;  // in the catalog that was asked
  Says says = Says::Row;
};

/// The triggers of the table, of its partitions and children and of the views that read it that say
/// the column, or may. Our own sync triggers are not among them.
std::vector<NameUser> name_users(Catalog const& catalog, Table const& table,
                                 Identifier const& column);

/// The table, its partitions and children, the views that read any of these.
std::vector<QualifiedName> related_by_triggers(Catalog const& catalog, Table const& table);

}  // namespace bellows::catalog
