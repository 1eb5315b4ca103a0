#pragma once

#include "tests/runner/agree/names.hpp"
#include "tests/support/temp_database.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bellows::agree {

/// A schema to try statements on, in two databases: one to look at, one that stays without
/// connections, to be copied.
class SceneDatabase {
 public:
  /// The same numbers, the same schema: fragments of scene.hpp, changed by random statements that
  /// the server takes.
  SceneDatabase(std::uint64_t seed, std::uint64_t number);

  postgres::Session& session() { return session_; }
  test::TempDatabase const& model() const { return model_; }
  Names const& names() const { return names_; }
  /// What has made it.
  std::vector<std::string> const& statements() const { return statements_; }
  /// What check is told of it, and by whom: "live", "snapshot", "dump" or "history".
  std::vector<std::pair<std::string, catalog::Catalog>> const& sources() const { return sources_; }

 private:
  test::TempDatabase model_;
  std::vector<std::string> statements_;
  test::TempDatabase copy_;
  postgres::Session session_;
  Names names_;
  std::vector<std::pair<std::string, catalog::Catalog>> sources_;
};

}  // namespace bellows::agree
