#pragma once

#include "batcher/postgres/session.hpp"

#include <functional>
#include <optional>

namespace bellows::batcher {

/// Runs `work` in a savepoint, deferred constraints checked at its end. A failure for which
/// `is_the_rows` is true is answered, with all that `work` did rolled back and its row locks
/// released; every other one is thrown.
std::optional<postgres::Failure> attempt(
    postgres::Transaction& transaction, std::function<void()> const& work,
    std::function<bool(postgres::Failure const&)> const& is_the_rows);

/// Somebody holds it, or its write takes too long: it may be another time, and need not.
bool is_busy(postgres::FailureKind kind);

}  // namespace bellows::batcher
