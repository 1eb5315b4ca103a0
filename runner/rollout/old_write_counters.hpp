#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/sql/identifier.hpp"

#include <string>
#include <vector>

/// What the sync triggers of a rename count: the writes of the old application. A sequence is not
/// rolled back, so a write that is only tried would stay counted, and open or close contract's gate
/// untruly. While the tables are locked against writers nobody else moves their counters.
namespace bellows::runner {

class OldWriteCounters {
 public:
  /// As they stand: those of the sync triggers of `tables` and of their partitions and children.
  /// What the session may not set is left out, and what a table counts that it has not locked.
  void read(postgres::Transaction& transaction, std::vector<sql::QualifiedName> const& tables);
  /// As they stood when read; one that is gone is passed over.
  void put_back(postgres::Transaction& transaction) const;

 private:
  struct Counter {
    std::string oid;
    std::string last;
    std::string called;
  };
  std::vector<Counter> counters_;
};

}  // namespace bellows::runner
