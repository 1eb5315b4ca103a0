#include "batcher/letters/letters.hpp"

namespace bellows::batcher {

using postgres::Rows;
using postgres::Transaction;

std::vector<std::string> const& letter_tables_ddl() {
  static std::vector<std::string> const statements{
      R"(CREATE TABLE IF NOT EXISTS bellows.dead_letters (
  job text NOT NULL REFERENCES bellows.jobs ON DELETE CASCADE,
  lane integer NOT NULL,
  row_key jsonb NOT NULL,
  sqlstate text NOT NULL,
  message text NOT NULL,
  tries integer NOT NULL DEFAULT 1,
  first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (job, row_key)
))"};
  return statements;
}

void write_letter(Transaction& transaction, std::string const& job, Letter const& letter) {
  transaction.run(
      "INSERT INTO bellows.dead_letters AS l (job, lane, row_key, sqlstate, message)"
      " VALUES ($1, $2::int, $3::jsonb, $4, $5)"
      " ON CONFLICT (job, row_key) DO UPDATE SET sqlstate = excluded.sqlstate,"
      " message = excluded.message, tries = l.tries + 1, last_at = excluded.last_at",
      {job, std::to_string(letter.lane), to_json(letter.key), letter.sqlstate, letter.message});
}

bool hold_letter(Transaction& transaction, std::string const& job, KeyValue const& key) {
  return !transaction
              .run(
                  "SELECT FROM bellows.dead_letters WHERE job = $1 AND row_key = $2::jsonb"
                  " FOR UPDATE",
                  {job, to_json(key)})
              .empty();
}

void remove_letter(Transaction& transaction, std::string const& job, KeyValue const& key) {
  transaction.run("DELETE FROM bellows.dead_letters WHERE job = $1 AND row_key = $2::jsonb",
                  {job, to_json(key)});
}

std::vector<Letter> read_letters(Transaction& transaction, std::string const& job) {
  Rows const rows = transaction.run(
      "SELECT lane, row_key, sqlstate, message FROM bellows.dead_letters WHERE job = $1"
      " ORDER BY lane, first_at, row_key",
      {job});
  std::vector<Letter> letters;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    letters.push_back({static_cast<int>(rows.number(row, 0)), key_from_json(rows.text(row, 1)),
                       rows.text(row, 2), rows.text(row, 3)});
  }
  return letters;
}

std::int64_t count_letters(Transaction& transaction, std::string const& job) {
  return transaction.run("SELECT count(*) FROM bellows.dead_letters WHERE job = $1", {job})
      .number(0, 0);
}

DeadLetters read_dead_letters(postgres::Session& session, std::string const& job,
                              std::size_t most) {
  DeadLetters found;
  // A ledger that an older bellows made has no such table yet.
  if (!session.run("SELECT to_regclass('bellows.dead_letters')").value(0, 0)) {
    return found;
  }
  Rows const rows = session.run(
      "SELECT count(*) OVER (), CASE WHEN l.lane < 0 THEN format('ctid %s of %s', row_key->>1,"
      " row_key->>0) ELSE (SELECT string_agg(format('%I = %s', name, value), ', ' ORDER BY n)"
      " FROM ROWS FROM (jsonb_array_elements_text(j.spec->'key'), "
      "jsonb_array_elements_text(l.row_key)) WITH ORDINALITY AS k(name, value, n)) END,"
      " l.sqlstate, l.message, l.tries FROM bellows.dead_letters l JOIN bellows.jobs j USING (job)"
      " WHERE job = $1 ORDER BY l.lane, l.first_at, l.row_key LIMIT $2::bigint",
      {job, std::to_string(most)});
  for (std::size_t row = 0; row < rows.size(); ++row) {
    found.count = rows.number(row, 0);
    found.examples.push_back({rows.text(row, 1), rows.text(row, 2), rows.text(row, 3),
                              static_cast<int>(rows.number(row, 4))});
  }
  return found;
}

}  // namespace bellows::batcher
