#pragma once

#include "planner/locks/facts.hpp"

#include <string>
#include <string_view>

namespace bellows::locks {

/// What a value of `from` may lose as it becomes one of `to`, a phrase; empty: nothing, or the cast
/// fails rather than lose it. Types as format_type() prints them. `written`: a cast that is written
/// out, which cuts what is too long where an assignment refuses it.
std::string loss_between(std::string_view from, std::string_view to, bool written);

/// The first loss on the way of an ALTER COLUMN … TYPE.
std::string loss_on_the_way(Facts const& facts);

}  // namespace bellows::locks
