#pragma once

#include "batcher/keys/key.hpp"

#include <string>

/// Which stripe of its range a row belongs to: decided by its key alone, so that a resumed run
/// picks the same rows. Pure.
namespace bellows::batcher {

/// Some stripes of `of`: those from `first` up to and including `last`.
struct Stripes {
  int of = 1;
  int first = 0;
  int last = 0;
  bool all() const { return first == 0 && last == of - 1; }
};

/// An SQL integer over the key's columns, well spread whatever the steps between the keys; empty
/// where no column has a type that the server hashes the same in every session.
std::string key_hash(Key const& key);

/// ` AND …`, or nothing where all rows are meant. `hash` is key_hash(), not empty.
std::string and_stripes(std::string const& hash, Stripes const& stripes);

}  // namespace bellows::batcher
