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

Watch::Watch(postgres::Transaction& transaction)
    : transaction_(transaction), before_(relations()), scanned_(scans()), locked_(locks()) {}

Watch::Relations Watch::relations() const {
  postgres::Rows const rows = transaction_.run(
      "SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind,"
      " coalesce(pg_relation_filenode(c.oid), 0) FROM pg_class c JOIN pg_namespace n ON n.oid ="
      " c.relnamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'");
  Relations found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    found[rows.text(i, 0)] = {rows.text(i, 1), rows.text(i, 2), rows.text(i, 3)};
  }
  return found;
}

/// Of this session: earlier transactions' count as well until they are reported.
std::map<std::string, std::int64_t> Watch::scans() const {
  postgres::Rows const rows = transaction_.run(
      "SELECT relid, seq_scan + coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables");
  std::map<std::string, std::int64_t> counts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    counts[rows.text(i, 0)] = rows.number(i, 1);
  }
  return counts;
}

std::set<std::pair<std::string, std::string>> Watch::locks() const {
  postgres::Rows const rows = transaction_.run(
      "SELECT relation::text, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype ="
      " 'relation' AND granted");
  std::set<std::pair<std::string, std::string>> held;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    held.emplace(rows.text(i, 0), rows.text(i, 1));
  }
  return held;
}

Observations Watch::look() const {
  auto const locked =
      locks();  // before anything else is asked: our own queries lock what they read
  auto scanned = scans();
  Relations const after = relations();
  Observations result;
  for (auto const& [oid, relation] : before_) {
    Observed& observed = result[relation.name];
    observed.kind = relation.kind[0];
    auto const now = after.find(oid);
    observed.rewritten = now != after.end() && now->second.file != relation.file;
    if (now == after.end()) {  // an index that is made anew may get another oid, and its old name
      observed.rewritten = std::ranges::any_of(after, [&](auto const& made) {
        return made.second.name == relation.name && made.second.file != relation.file;
      });
    }
    auto const counted = scanned_.find(oid);
    observed.scanned = scanned[oid] > (counted == scanned_.end() ? 0 : counted->second);
  }
  for (auto const& [oid, mode] : locked) {
    auto const known = before_.find(oid);
    if (known != before_.end() && !locked_.contains({oid, mode})) {
      Observed& observed = result[known->second.name];
      observed.lock = std::max(observed.lock.value_or(Mode::AccessShare), mode_of(mode));
    }
  }
  return result;
}

Observations observe(postgres::Session& session, std::string const& statement,
                     std::string const& first) {
  postgres::Transaction transaction = session.begin();
  if (!first.empty()) {
    transaction.run(first);
  }
  Watch const watch(transaction);
  transaction.run(statement);
  return watch.look();
}

}  // namespace bellows::test
