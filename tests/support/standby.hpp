#pragma once

#include "tests/support/own_cluster.hpp"

#include <string>

namespace bellows::test {

/// A streaming replica of an OwnCluster, called "standby1" there. Removed at the end.
class Standby {
 public:
  explicit Standby(OwnCluster const& primary);
  Standby(Standby const&) = delete;
  Standby& operator=(Standby const&) = delete;
  ~Standby();

  void promote();
  std::string conninfo() const;  // of the database postgres

 private:
  std::string directory_;
};

}  // namespace bellows::test
