#pragma once

#include "batcher/job/job.hpp"
#include "batcher/job/progress.hpp"

#include <functional>

namespace bellows::batcher {

/// Runs `work` on a thread of its own, while the calling thread shows what `board` says, about four
/// times a second and once at the end. What `work` throws comes out here. Where `show` throws,
/// `abandon` is called (it must make `work` end soon), and the exception comes out after it has.
void work_beside_progress(std::function<void()> const& work, std::function<void()> const& abandon,
                          Board const& board, std::function<void(Progress const&)> const& show);

}  // namespace bellows::batcher
