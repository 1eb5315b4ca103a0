#include "tests/support/beside.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace bellows::test {

Beside::Beside(std::function<void()> const& work, std::function<void()> release)
    : release_(std::move(release)), thread_([this, work] {
        try {
          work();
        } catch (...) {
          failure_ = std::current_exception();
        }
      }) {}

Beside::~Beside() {
  if (!thread_.joinable()) {
    return;
  }
  release_();
  try {
    join();
  } catch (std::exception const& error) {
    ADD_FAILURE() << "beside the test: " << error.what();
  } catch (...) {
    ADD_FAILURE() << "beside the test: an exception";
  }
}

void Beside::join() {
  thread_.join();
  if (failure_) {
    std::rethrow_exception(std::exchange(failure_, nullptr));
  }
}

}  // namespace bellows::test
