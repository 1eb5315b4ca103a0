#pragma once

#include "batcher/control/brake.hpp"
#include "batcher/postgres/session.hpp"

#include <string>

/// A rate that all jobs of a database share, whatever processes run them: a token bucket in the
/// ledger, from which each draws ahead what it is about to spend.
namespace bellows::batcher {

/// How much one of `askers` gets who wants `want`, when `balance` has been filling for `seconds` at
/// `rate`. Pure. Each gets at most its part of what there is, so none can starve another; what one
/// leaves is there for the next who asks, up to a second's worth. Over any time no more is granted
/// than the rate and that second.
struct Grant {
  double granted = 0;
  double balance = 0;  // what is left
};
Grant grant(double rate, double balance, double seconds, double want, int askers);

/// Draws for `job`, in a transaction of its own that waits for no lock longer than a second. Who
/// has not asked for three seconds is not counted among the askers.
double draw_budget(postgres::Session& session, std::string const& budget, std::string const& job,
                   double rate, double want);

}  // namespace bellows::batcher
