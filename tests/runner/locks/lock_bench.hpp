#pragma once

#include "planner/locks/effects.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "tests/runner/locks/lock_cases.hpp"
#include "tests/support/observed_locks.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <set>
#include <string>

/// A database with the scene of the lock table's statements, and what they are compared with.
namespace bellows::locks {

using catalog::Catalog;
using test::Observations;
using test::Observed;

/// Locks on indexes go with those on their tables, and nextval()'s hurts nobody.
inline bool is_left_out(Observed const& seen) {
  bool const index = seen.kind == 'i' || seen.kind == 'I';
  return index || (seen.kind == 'S' && (!seen.lock || *seen.lock <= Mode::RowExclusive));
}

inline std::string lock_text(std::optional<Mode> lock) {
  return lock ? std::string(to_string(*lock)) : "none";
}

/// Weak locks on relations that the table does not speak of hurt nobody: what a trigger or a
/// constraint's query reads.
inline bool is_harmless(std::optional<Mode> lock) {
  return !lock || *lock <= Mode::RowShare;
}

inline void compare(Effect const& effect, Observed const& seen, std::string const& statement,
                    bool is_target) {
  // Which partition a row goes to, and whether a deleted one had children, only the rows tell.
  bool const at_most =
      effect.lock <= Mode::RowExclusive && (!seen.lock || *seen.lock < effect.lock);
  if (!at_most || is_target) {
    EXPECT_EQ(to_string(effect.lock), lock_text(seen.lock)) << effect.relation.display();
  }
  bool const moved_only = statement.starts_with("TRUNCATE") || seen.kind == 'S';
  if (!moved_only) {
    EXPECT_EQ(effect.rewrites, seen.rewritten) << effect.relation.display() << " rewritten";
  }
  // A plain statement reads as it likes; of a lock that blocks, one wants to know how long.
  if (effect.lock >= Mode::ShareUpdateExclusive && !effect.rewrites && !moved_only &&
      seen.kind == 'r') {
    bool const reads = effect.scans || !effect.rebuilds_indexes.empty();
    EXPECT_EQ(reads, seen.scanned) << effect.relation.display() << " scanned";
  }
}

inline void check(postgres::Session& session, Catalog const& catalog, std::string const& text,
                  std::string const& first = "") {
  SCOPED_TRACE(text);
  sql::Statement const statement = sql::parse_one(text);
  Effects const effects = effects_of(statement, catalog);
  EXPECT_TRUE(effects.known);
  EXPECT_TRUE(effects.transactional);
  EXPECT_FALSE(effects.waits_for_snapshots);
  Observations observed;
  try {
    observed = test::observe(session, text, first);
  } catch (postgres::Failure const& failure) {  // the others are to be tried all the same
    ADD_FAILURE() << failure.what();
    return;
  }
  std::set<std::string> spoken_of;
  for (Effect const& effect : effects.relations) {
    spoken_of.insert(effect.relation.display());
    auto const seen = observed.find(effect.relation.display());
    if (seen == observed.end()) {
      EXPECT_TRUE(effect.on_new) << effect.relation.display() << " is not there";
    } else {
      compare(effect, seen->second, text, &effect == &effects.relations.front());
    }
  }
  for (auto const& [name, seen] : observed) {
    bool const left_out = is_left_out(seen) || spoken_of.contains(name);
    EXPECT_TRUE(left_out || is_harmless(seen.lock)) << name << ": " << lock_text(seen.lock);
    EXPECT_TRUE(left_out || !seen.rewritten) << name << " rewritten";
  }
}

class LockTable : public testing::Test {
 protected:
  LockTable() : session_(database_.session()) {
    make_tablespace();
    for (std::string_view const statement : cases::scene) {
      session_.run(statement);
    }
    if (session_.server_version() >= 180000) {
      for (std::string_view const statement : cases::scene_18) {
        session_.run(statement);
      }
    }
    session_.run("ANALYZE");
    catalog_ = catalog::read_catalog(session_);
  }

  static void SetUpTestSuite() { executed_.clear(); }
  /// scripts/matrix reads this line.
  static void TearDownTestSuite() {
    std::cout << "lock table: " << executed_.size() << " distinct statements executed\n";
  }

  /// Of all tests on this server, whoever comes first.
  void make_tablespace() {
    session_.run("SET allow_in_place_tablespaces = on");
    try {
      session_.run("CREATE TABLESPACE elsewhere LOCATION ''");
    } catch (postgres::Failure const& failure) {
      bool const there = failure.sqlstate == "42710" || failure.sqlstate == "23505";
      if (!there) {
        throw;
      }
    }
  }

  std::string filled(std::string_view text) const {
    constexpr std::string_view placeholder = "{database}";
    std::string result(text);
    if (auto const at = result.find(placeholder); at != std::string::npos) {
      result.replace(at, placeholder.size(), database_.name());
    }
    return result;
  }

  /// In a transaction block the server refuses it.
  void expect_refused(std::string const& statement) {
    postgres::Transaction transaction = session_.begin();
    try {
      transaction.run(statement);
      ADD_FAILURE() << statement << " ran in a transaction";
    } catch (postgres::Failure const& failure) {
      EXPECT_EQ(failure.sqlstate, "25001") << failure.what();
    }
  }

  bool has(int since) const { return catalog_.server_version >= since; }
  void run_all(std::string_view statements) {
    for (sql::RawStatement const& raw : sql::split(statements)) {
      session_.run(raw.text);
    }
  }
  void try_statement(std::string_view text) {
    executed_.insert(std::string(text));
    check(session_, catalog_, std::string(text));
  }

  static inline std::set<std::string> executed_;

  test::TempDatabase database_;
  postgres::Session session_;
  Catalog catalog_;
};

}  // namespace bellows::locks
