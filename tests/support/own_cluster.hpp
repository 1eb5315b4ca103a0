#pragma once

#include <string>
#include <vector>

namespace bellows::test {

/// A PostgreSQL server that belongs to one test, so that it may be crashed. Removed at the end.
class OwnCluster {
 public:
  /// `settings`: "name=value" of postgresql.conf.
  explicit OwnCluster(std::vector<std::string> const& settings = {});
  OwnCluster(OwnCluster const&) = delete;
  OwnCluster& operator=(OwnCluster const&) = delete;
  ~OwnCluster();

  /// An immediate stop: every process gone at once, no checkpoint; the data stay.
  void crash();
  void restart();
  std::string conninfo() const;  // of the database postgres
  std::string const& directory() const { return directory_; }

 private:
  std::string directory_;
};

}  // namespace bellows::test
