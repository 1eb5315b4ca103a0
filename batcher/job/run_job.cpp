#include "batcher/job/beside.hpp"
#include "batcher/job/crew.hpp"
#include "batcher/job/job.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

void refuse(Spec const& spec, Update const& update) {
  if (update.set.empty()) {
    throw std::invalid_argument("job " + spec.id + " needs something to set");
  }
  for (auto const& [column, expression] : update.set) {
    bool const changes = expression != column.quoted();
    if (changes && std::find(spec.key.begin(), spec.key.end(), column) != spec.key.end()) {
      throw std::invalid_argument(
          fmt::format("job {} would change {}, a column of the key that it walks by", spec.id,
                      column.quoted()));
    }
  }
}

void refuse(Spec const& /*spec*/, Delete const& /*action*/) {}

void refuse(Spec const& spec, Copy const& copy) {
  if (copy.into.name.empty() || copy.columns.empty()) {
    throw std::invalid_argument("job " + spec.id + " needs a table and columns to copy into");
  }
  if (copy.into == spec.table) {  // it would never come to an end of what it inserts
    throw std::invalid_argument("job " + spec.id + " would copy a table into itself");
  }
}

void refuse_nonsense(Spec const& spec) {
  if (spec.id.empty() || spec.table.name.empty()) {
    throw std::invalid_argument("a job needs a name and a table");
  }
  if (spec.key.empty() && std::holds_alternative<Copy>(spec.action)) {
    throw std::invalid_argument(
        "job " + spec.id +
        " would copy a table without a key: a row that moves meanwhile would be copied twice. Give "
        "the table a primary key");
  }
  if (spec.key.empty() && spec.where.empty()) {
    throw std::invalid_argument(
        "job " + spec.id +
        " goes over a table without a key, and nothing tells a row that is done from one that is "
        "not. Say in `where` which rows are due, so that none is once it is written (as in "
        "\"column "
        "IS DISTINCT FROM expression\"), or give the table a primary key");
  }
  std::visit([&](auto const& action) { refuse(spec, action); }, spec.action);
}

}  // namespace

Outcome run_job(Spec const& spec, Options const& options, Surroundings& surroundings) {
  refuse_nonsense(spec);
  Stop own;
  Stop& stop = surroundings.stop != nullptr ? *surroundings.stop : own;
  Board board(spec.id);
  Crew crew(spec, options, surroundings, stop, board);
  Outcome outcome = Outcome::Stopped;
  work_beside_progress([&] { outcome = crew.run(); }, [&] { crew.abandon(); }, board,
                       surroundings.show);
  return outcome;
}

}  // namespace bellows::batcher
