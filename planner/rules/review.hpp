#pragma once

#include "planner/catalog/model.hpp"
#include "planner/rules/conduct.hpp"
#include "planner/rules/expectation.hpp"
#include "planner/rules/rule.hpp"
#include "planner/sql/migration.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace bellows::rules {

/// safe: no lock that hurts, or only on what is new. brief: a strong lock for a catalog change
/// only. unsafe: reads or writes wait as long as the data is large, or running code breaks.
enum class Verdict : std::uint8_t { Safe, Brief, Unsafe, Unknown };
std::string_view to_string(Verdict verdict);

struct Reviewed {
  sql::Statement statement;
  locks::Effects effects;
  sql::Directives directives;
  Verdict verdict = Verdict::Unknown;
  std::vector<Finding> findings;                         // those that stand
  std::vector<std::pair<Finding, std::string>> allowed;  // silenced by `allow`, with the reason
  Rule const* splitter = nullptr;                        // the rule that can split it
  std::shared_ptr<Split const> split;         // what it makes of it, where nothing else is in it
  std::vector<std::string_view> splits_into;  // expand, backfill, contract: those that get steps
  std::string cannot_split;                   // why the splitter refuses here; empty: it does not
  bool alone = true;  // settings aside, nothing else stands in the file: only then it is split
  std::vector<Expectation> expected;  // how long it takes, where sizes are known
  /// Published tables that the statement leaves without a replica identity.
  std::vector<sql::QualifiedName> unidentified;
};

struct Run;

/// Judges the up section statement by statement; `catalog` is left as the migration leaves it, and
/// what it made is new no more. `conduct`: of who runs the file. `run`: with what earlier files, of
/// which it is told what this one leaves; of nobody who runs each file by itself.
std::vector<Reviewed> review(sql::Migration migration, catalog::Catalog& catalog,
                             Conduct conduct = {}, Run* run = nullptr);

}  // namespace bellows::rules
