#include "tests/support/observed_locks.hpp"

#include <algorithm>

namespace bellows::test {

using locks::Mode;

Mode mode_of(std::string const& name) {
  std::string words;
  for (char const c : name.substr(0, name.size() - 4)) {
    bool const upper = c >= 'A' && c <= 'Z';
    if (upper && !words.empty()) {
      words += ' ';
    }
    words += upper ? c : static_cast<char>(c - 'a' + 'A');
  }
  return locks::mode_from(words).value();
}

namespace {

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
      " c.relnamespace WHERE n.nspname IN ('public', 'aside', 'boxed')");
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

}  // namespace

Observations observe(postgres::Session& session, std::string const& statement,
                     std::string const& first) {
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

}  // namespace bellows::test
