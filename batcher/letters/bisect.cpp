#include "batcher/letters/bisect.hpp"

#include <algorithm>

namespace bellows::batcher {

void Bisect::failed(std::int64_t rows) {
  suspects_ = std::max<std::int64_t>(rows, 1);
  rows_ = std::max<std::int64_t>(rows / 2, 1);
}

void Bisect::passed(std::int64_t rows, std::int64_t full) {
  if (!on()) {
    return;
  }
  suspects_ = std::max<std::int64_t>(suspects_ - rows, 0);
  rows_ = suspects_ > 0 ? std::max<std::int64_t>(suspects_ / 2, 1) : rows_ * 2;
  if (suspects_ == 0 && rows_ >= full) {
    rows_ = 0;
  }
}

void Bisect::found() {
  suspects_ = 0;
  rows_ = 2;
}

}  // namespace bellows::batcher
