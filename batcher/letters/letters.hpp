#pragma once

#include "batcher/job/job.hpp"
#include "batcher/keys/range_sql.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Rows that could not be written, in bellows.dead_letters: each with its key, SQLSTATE and
/// message, noted in the transaction that moves the cursor past it. A row of the job is thus
/// written, or in here, or still ahead of a cursor; never nothing of it.
namespace bellows::batcher {

struct Letter {
  int lane = 0;
  KeyValue key;
  std::string sqlstate;
  std::string message;
};

/// Notes it; where the key is known already, the newer failure is what counts.
void write_letter(postgres::Transaction& transaction, std::string const& job, Letter const& letter);

/// The letter of this key, locked until the transaction ends; false where it is gone.
bool hold_letter(postgres::Transaction& transaction, std::string const& job, KeyValue const& key);
void remove_letter(postgres::Transaction& transaction, std::string const& job, KeyValue const& key);

/// All of a job's, by lane and in the order they were noted.
std::vector<Letter> read_letters(postgres::Transaction& transaction, std::string const& job);
std::int64_t count_letters(postgres::Transaction& transaction, std::string const& job);

}  // namespace bellows::batcher
