#include "batcher/verify/any_row.hpp"

#include <fmt/format.h>

namespace bellows::batcher {

bool any_row(postgres::Transaction& transaction, sql::QualifiedName const& table,
             std::string const& condition) {
  transaction.set_local("row_security", "off");
  transaction.set_local("statement_timeout", "0");
  transaction.set_local("transaction_read_only", "on");
  std::string const where = condition.empty() ? "" : fmt::format(" WHERE ({}\n)", condition);
  return transaction.run(fmt::format("SELECT EXISTS (SELECT FROM {}{})", table.quoted(), where))
      .truth(0, 0);
}

}  // namespace bellows::batcher
