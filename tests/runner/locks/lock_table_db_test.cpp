#include "planner/locks/effects.hpp"
#include "planner/locks/table.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "tests/runner/locks/lock_cases.hpp"
#include "tests/support/temp_database.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <thread>

/// The lock table is what bellows says of other people's databases: every row is executed on a real
/// server here, and compared with the locks that it takes, the files that it makes anew and the
/// tables that it reads.
namespace bellows::locks {
namespace {

using catalog::Catalog;
using sql::QualifiedName;

struct Observed {
  char kind = 'r';  // relkind
  std::optional<Mode> lock;
  bool rewritten = false;
  bool scanned = false;
};

using Observations = std::map<std::string, Observed>;

/// "AccessExclusiveLock" is ACCESS EXCLUSIVE.
Mode mode_of(std::string const& name) {
  std::string words;
  for (char const c : name.substr(0, name.size() - 4)) {
    bool const upper = c >= 'A' && c <= 'Z';
    if (upper && !words.empty()) {
      words += ' ';
    }
    words += upper ? c : static_cast<char>(c - 'a' + 'A');
  }
  return mode_from(words).value();
}

struct Relation {
  std::string name;
  std::string kind;
  std::string file;
};

/// By oid, because a statement may rename or drop them.
std::map<std::string, Relation> relations(postgres::Transaction& transaction) {
  postgres::Rows const rows = transaction.run(
      "SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind,"
      " coalesce(pg_relation_filenode(c.oid), 0) FROM pg_class c JOIN pg_namespace n ON n.oid ="
      " c.relnamespace WHERE n.nspname IN ('public', 'aside')");
  std::map<std::string, Relation> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    found[rows.text(i, 0)] = {rows.text(i, 1), rows.text(i, 2), rows.text(i, 3)};
  }
  return found;
}

/// Scans by oid, of this session: earlier transactions' count as well until they are reported.
std::map<std::string, std::int64_t> scans(postgres::Transaction& transaction) {
  postgres::Rows const rows = transaction.run(
      "SELECT relid, seq_scan + coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables");
  std::map<std::string, std::int64_t> counts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    counts[rows.text(i, 0)] = rows.number(i, 1);
  }
  return counts;
}

/// What a statement does to the relations that were there before it. `first` comes before it in
/// the same transaction, and takes no lock that matters.
Observations observe(postgres::Session& session, std::string const& statement,
                     std::string const& first = "") {
  postgres::Transaction transaction = session.begin();
  if (!first.empty()) {
    transaction.run(first);
  }
  auto const before = relations(transaction);
  auto scanned_before = scans(transaction);
  transaction.run(statement);
  // Before anything else is asked: our own queries lock what they read.
  postgres::Rows const locks = transaction.run(
      "SELECT relation::text, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype ="
      " 'relation' AND granted");
  auto scanned = scans(transaction);
  auto const after = relations(transaction);
  Observations result;
  for (auto const& [oid, relation] : before) {
    Observed& observed = result[relation.name];
    observed.kind = relation.kind[0];
    auto const now = after.find(oid);
    observed.rewritten = now != after.end() && now->second.file != relation.file;
    if (now == after.end()) {  // an index that is made anew may get another oid, and its old name
      for (auto const& [new_oid, made] : after) {
        observed.rewritten =
            observed.rewritten || (made.name == relation.name && made.file != relation.file);
      }
    }
  }
  for (std::size_t i = 0; i < locks.size(); ++i) {
    auto const known = before.find(locks.text(i, 0));
    if (known == before.end()) {
      continue;
    }
    Observed& observed = result[known->second.name];
    observed.lock = std::max(observed.lock.value_or(Mode::AccessShare), mode_of(locks.text(i, 1)));
  }
  for (auto const& [oid, relation] : before) {
    result[relation.name].scanned = scanned[oid] > scanned_before[oid];
  }
  return result;
}

bool is_index_or_sequence(char kind) {
  return kind == 'i' || kind == 'I' || kind == 'S';
}

std::string lock_text(std::optional<Mode> lock) {
  return lock ? std::string(to_string(*lock)) : "none";
}

/// Weak locks on relations that the table does not speak of hurt nobody: what a trigger or a
/// constraint's query reads.
bool is_harmless(std::optional<Mode> lock) {
  return !lock || *lock <= Mode::RowShare;
}

void compare(Effect const& effect, Observed const& seen, std::string const& statement,
             bool is_target) {
  // Which partition a row goes to, and whether a deleted one had children, only the rows tell.
  bool const at_most =
      effect.lock <= Mode::RowExclusive && (!seen.lock || *seen.lock < effect.lock);
  if (!at_most || is_target) {
    EXPECT_EQ(to_string(effect.lock), lock_text(seen.lock)) << effect.relation.display();
  }
  bool const moved_only = statement.starts_with("TRUNCATE") || statement.starts_with("ALTER SEQ");
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

void check(postgres::Session& session, Catalog const& catalog, std::string const& text,
           std::string const& first = "") {
  SCOPED_TRACE(text);
  sql::Statement const statement = sql::parse_one(text);
  Effects const effects = effects_of(statement, catalog);
  EXPECT_TRUE(effects.known);
  EXPECT_TRUE(effects.transactional);
  EXPECT_FALSE(effects.waits_for_snapshots);
  Observations observed;
  try {
    observed = observe(session, text, first);
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
    bool const left_out = is_index_or_sequence(seen.kind) || spoken_of.contains(name);
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

TEST_F(LockTable, SaysWhatTheServerDoes) {
  for (std::string_view const statement : cases::transactional) {
    try_statement(statement);
  }
}

TEST_F(LockTable, SaysThatOtherObjectsLockNoRelation) {
  for (std::string_view const statement : cases::without_relations) {
    try_statement(statement);
  }
  for (cases::Following const& one : cases::following) {
    executed_.insert(std::string(one.statement));
    check(session_, catalog_, std::string(one.statement), std::string(one.before));
  }
}

/// Whoever asks for a lock on any relation of the database would wait here for ever.
TEST_F(LockTable, SaysWhatNeedsNoRelation) {
  session_.run("SET lock_timeout = '10s'");
  for (cases::Aside const& one : cases::asides) {
    std::string const statement = filled(one.statement);
    SCOPED_TRACE(statement);
    executed_.insert(statement);
    Effects const effects = effects_of(sql::parse_one(statement), catalog_);
    EXPECT_TRUE(effects.known);
    EXPECT_TRUE(effects.relations.empty());
    run_all(one.before);
    {
      postgres::Session holder = database_.session("holder");
      postgres::Transaction held = holder.begin();
      held.run(
          "LOCK TABLE child, parent, lone, measure, base, levels, adopted, looked_at IN ACCESS"
          " EXCLUSIVE MODE");
      EXPECT_NO_THROW(session_.run(statement));
    }
    run_all(one.after);
    if (!one.refused.empty()) {
      EXPECT_FALSE(effects.transactional);
      expect_refused(filled(one.refused));
    }
  }
}

/// A DETACH PARTITION CONCURRENTLY that was interrupted between its two transactions.
TEST_F(LockTable, SaysWhatEndsAnInterruptedDetach) {
  if (!has(14)) {
    return;
  }
  postgres::Session reader = database_.session("reader");
  postgres::Transaction reading = reader.begin();
  reading.run("SELECT count(*) FROM measure");
  postgres::Session watcher = database_.session("watcher");
  std::thread worker([&] {
    EXPECT_THROW(session_.run("ALTER TABLE measure DETACH PARTITION measure_2 CONCURRENTLY"),
                 postgres::Failure);
  });
  test::wait_until_blocked(watcher, session_.backend_pid());
  watcher.run("SELECT pg_cancel_backend($1)", {std::to_string(session_.backend_pid())});
  worker.join();
  reading.commit();
  try_statement("ALTER TABLE measure DETACH PARTITION measure_2 FINALIZE");
}

TEST_F(LockTable, SaysWhatTheServerDoesWithWhatNotEachServerHas) {
  for (cases::Versioned const& one : cases::versioned) {
    if (has(one.since)) {
      try_statement(one.statement);
    }
  }
}

/// What only a newer server takes must not be called safe for an older one.
TEST_F(LockTable, KnowsWhatTheServerDoesNotHave) {
  for (cases::Versioned const& one : cases::versioned) {
    if (has(one.since)) {
      continue;
    }
    SCOPED_TRACE(one.statement);
    EXPECT_THROW(observe(session_, std::string(one.statement)), postgres::Failure);
  }
}

TEST_F(LockTable, NamesTheIndexesThatAreMadeAnew) {
  for (char const* text : {"ALTER TABLE child ALTER COLUMN email TYPE varchar(20)",
                           "ALTER TABLE child ALTER COLUMN spare TYPE int",
                           "ALTER TABLE child ADD COLUMN a uuid DEFAULT gen_random_uuid()",
                           "ALTER TABLE child ADD COLUMN a int", "REINDEX TABLE child"}) {
    SCOPED_TRACE(text);
    std::set<std::string> expected;
    for (auto const& [name, seen] : observe(session_, text)) {
      if (seen.kind == 'i' && seen.rewritten) {
        expected.insert(name);
      }
    }
    std::set<std::string> told;
    for (Effect const& effect : effects_of(sql::parse_one(text), catalog_).relations) {
      told.insert(effect.rebuilds_indexes.begin(), effect.rebuilds_indexes.end());
    }
    EXPECT_EQ(told, expected);
  }
}

/// The mode that `pid` waits for on `relation`.
std::string awaited(postgres::Session& watcher, int pid, std::string const& relation) {
  return watcher
      .run("SELECT mode FROM pg_locks WHERE NOT granted AND pid = $1 AND relation = $2::regclass",
           {std::to_string(pid), relation})
      .text(0, 0);
}

TEST_F(LockTable, SaysWhatStatementsOutsideOfTransactionsAskFor) {
  for (cases::Alone const& one : cases::alone) {
    if (!has(one.since)) {
      continue;
    }
    std::string const statement = filled(one.statement);
    SCOPED_TRACE(statement);
    executed_.insert(statement);
    Effects const effects = effects_of(sql::parse_one(statement), catalog_);
    EXPECT_TRUE(effects.known);
    EXPECT_FALSE(effects.transactional);
    postgres::Session holder = database_.session("holder");
    postgres::Session watcher = database_.session("watcher");
    postgres::Transaction held = holder.begin();
    held.run("LOCK TABLE " + std::string(one.held) + " IN SHARE UPDATE EXCLUSIVE MODE");
    std::string failure;
    std::thread worker([&] {
      try {
        session_.run(statement);
      } catch (std::exception const& error) {
        failure = error.what();
      }
    });
    test::wait_until_blocked(watcher, session_.backend_pid());
    std::string const mode = awaited(watcher, session_.backend_pid(), std::string(one.held));
    held.commit();
    worker.join();
    EXPECT_EQ(failure, "");
    auto const told = std::ranges::find(
        effects.relations,
        QualifiedName{sql::Identifier("public"), sql::Identifier(std::string(one.held))},
        &Effect::relation);
    ASSERT_NE(told, effects.relations.end());
    EXPECT_EQ(to_string(told->lock), to_string(mode_of(mode)));
    expect_refused(statement);
  }
}

std::string replaced_database(std::string_view text) {
  std::string result(text);
  auto const at = result.find("{database}");
  return at == std::string::npos ? result : result.replace(at, 10, "d");
}

void add_kinds(std::set<std::string, std::less<>>& kinds, sql::Statement const& statement) {
  kinds.insert(statement.kind);
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  if (alter == nullptr || alter->commands.size() < 2) {
    return;
  }
  for (sql::AlterTableCommand const& command : alter->commands) {
    kinds.insert(statement.kind + " " + command.kind);
  }
}

TEST(LockTableCases, ExecuteEveryKindThatTheTableHas) {
  std::set<std::string, std::less<>> kinds;
  kinds.insert("ALTER TABLE DETACH PARTITION FINALIZE");  // SaysWhatEndsAnInterruptedDetach
  for (std::string_view const text : cases::without_relations) {
    add_kinds(kinds, sql::parse_one(text));
  }
  for (cases::Following const& one : cases::following) {
    add_kinds(kinds, sql::parse_one(one.statement));
  }
  for (cases::Aside const& one : cases::asides) {
    add_kinds(kinds, sql::parse_one(replaced_database(one.statement)));
  }
  for (std::string_view const text : cases::transactional) {
    add_kinds(kinds, sql::parse_one(text));
  }
  for (cases::Versioned const& one : cases::versioned) {
    add_kinds(kinds, sql::parse_one(one.statement));
  }
  for (cases::Alone const& one : cases::alone) {
    add_kinds(kinds, sql::parse_one(replaced_database(one.statement)));
  }
  for (Row const& row : rows()) {
    EXPECT_TRUE(kinds.contains(row.kind)) << row.kind << " has no statement that tries it";
  }
}

TEST(LockTableCases, ConductsBelongToKindsOfTheTable) {
  for (Conduct const& conduct : conducts()) {
    bool const known = std::ranges::find(rows(), conduct.kind, &Row::kind) != rows().end();
    EXPECT_TRUE(known) << conduct.kind;
  }
}

}  // namespace
}  // namespace bellows::locks
