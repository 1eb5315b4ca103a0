#include "batcher/job/progress.hpp"

#include <algorithm>

namespace bellows::batcher {
namespace {

using Seconds = std::chrono::duration<double>;
constexpr Seconds window{10};
constexpr Seconds too_short{1};  // what was done meanwhile says nothing of a second
constexpr Seconds longest_forecast{365.0 * 24 * 3600};

// Nothing where the share did not move: that is not "for ever", it is unknown.
std::optional<std::chrono::seconds> time_left(double share, double moved, Seconds took) {
  if (moved <= 0 || took.count() <= 0) {
    return std::nullopt;
  }
  Seconds const left = std::min(took * ((1 - share) / moved), longest_forecast);
  return std::chrono::round<std::chrono::seconds>(left);
}

double rate(std::int64_t rows, Seconds took) {
  return took < too_short ? 0 : static_cast<double>(rows) / took.count();
}

}  // namespace

Progress Board::read() const {
  std::lock_guard const lock(mutex_);
  Progress now = progress_;
  if (updates_ > 0) {
    now.hot = static_cast<double>(hot_updates_) / static_cast<double>(updates_);
  }
  if (lanes_.empty()) {
    return now;
  }
  now.finished = true;
  double shares = 0;
  double weights = 0;
  for (auto const& [number, lane] : lanes_) {
    now.rows_written += lane.checkpoint.rows_written;
    // An open window counts as gone over with its last stripe; what is written was gone over.
    now.rows_scanned += std::max(lane.checkpoint.rows_scanned, lane.checkpoint.rows_written);
    now.batches += lane.checkpoint.batch;
    now.finished = now.finished && lane.checkpoint.finished;
    now.batch_rows = std::max(now.batch_rows, lane.batch_rows);
    now.waiting_for = now.waiting_for.empty() ? lane.waiting_for : now.waiting_for;
    shares += lane.checkpoint.share * lane.checkpoint.weight;
    weights += lane.checkpoint.weight;
  }
  now.share = now.finished ? 1.0 : shares / weights;
  return now;
}

void Board::lane(Checkpoint const& checkpoint, std::int64_t batch_rows) {
  std::lock_guard const lock(mutex_);
  Part& part = lanes_[checkpoint.lane];
  bool const divided = part.checkpoint.weight != checkpoint.weight;
  double const share =  // it never falls
      divided ? checkpoint.share : std::max(part.checkpoint.share, checkpoint.share);
  part.checkpoint = checkpoint;
  part.checkpoint.share = share;
  part.batch_rows = checkpoint.finished ? 0 : batch_rows;
}

double Board::left(int lane) const {
  std::lock_guard const lock(mutex_);
  auto const found = lanes_.find(lane);
  return found == lanes_.end()
             ? 0
             : found->second.checkpoint.weight * (1 - found->second.checkpoint.share);
}

void Board::waiting(int lane, std::string const& reason) {
  std::lock_guard const lock(mutex_);
  lanes_[lane].waiting_for = reason;
}

void Board::count(std::int64_t rows, std::int64_t hot) {
  std::lock_guard const lock(mutex_);
  updates_ += rows;
  hot_updates_ += hot;
}

Progress Meter::measure(Progress progress, Clock::time_point now) {
  Sample const sample{now, progress.rows_scanned, progress.share};
  if (!first_) {
    first_ = sample;
  }
  recent_.push_back(sample);
  while (recent_.size() > 2 && now - recent_.front().at > window) {
    recent_.pop_front();
  }
  Sample const& old = recent_.front();
  Seconds const took = now - old.at;
  progress.rows_per_second = rate(sample.rows - old.rows, took);
  progress.mean_rows_per_second = rate(sample.rows - first_->rows, now - first_->at);
  if (progress.finished) {
    return progress;
  }
  auto const lately = time_left(sample.share, sample.share - old.share, took);
  auto const overall = time_left(sample.share, sample.share - first_->share, now - first_->at);
  if (lately && overall) {
    progress.eta_low = std::min(*lately, *overall);
    progress.eta_high = std::max(*lately, *overall);
  } else {
    progress.eta_low = progress.eta_high = overall;
  }
  return progress;
}

}  // namespace bellows::batcher
