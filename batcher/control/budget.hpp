#pragma once

#include "batcher/control/brake.hpp"
#include "batcher/postgres/session.hpp"

#include <string>
#include <vector>

/// A rate that all jobs of a database share, whatever processes run them: a token bucket in the
/// ledger, from which each draws ahead what it is about to spend.
namespace bellows::batcher {

/// Another job that draws from the same budget.
struct Asker {
  double seconds = 0;  // since it last asked
  double wanted = 0;   // then
};

/// How much one gets who wants `want`, when `balance` has been filling for `seconds` at `rate`.
/// Pure. What the others are entitled to since they last asked, an equal part of the rate but no
/// more than they wanted, is left for them: so none starves another, in whatever order and rhythm
/// they ask, and what one does not want is there for the rest. Over any time no more is granted
/// than the rate and a second's worth.
struct Grant {
  double granted = 0;
  double balance = 0;  // what is left
};
Grant grant(double rate, double balance, double seconds, double want,
            std::vector<Asker> const& others);

/// Draws for `job`, in a transaction of its own that waits for no lock longer than a second. Who
/// has not asked for three seconds is not counted among the askers.
double draw_budget(postgres::Session& session, std::string const& budget, std::string const& job,
                   double rate, double want);

}  // namespace bellows::batcher
