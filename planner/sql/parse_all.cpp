#include "planner/sql/statement.hpp"

#include <algorithm>
#include <future>
#include <system_error>
#include <thread>

namespace bellows::sql {

namespace {

/// A thread is worth its start from here on: half a millisecond of reading.
constexpr std::size_t statements_per_thread = 16;

std::size_t threads_for(std::size_t statements) {
  static std::size_t const cores =  // it opens a file of /sys to count them
      std::max(1U, std::thread::hardware_concurrency());
  return std::clamp<std::size_t>(statements / statements_per_thread, 1, cores);
}

}  // namespace

std::vector<Statement> parse_all(std::vector<RawStatement> raw) {
  std::vector<Statement> parsed(raw.size());
  std::size_t const threads = threads_for(raw.size());
  auto const read = [&](std::size_t thread) {
    for (std::size_t i = thread; i < raw.size(); i += threads) {
      parsed[i] = parse(std::move(raw[i]));
    }
  };
  std::vector<std::future<void>> others;
  for (std::size_t thread = 1; thread < threads; ++thread) {
    try {
      others.push_back(std::async(std::launch::async, read, thread));
    } catch (std::system_error const&) {  // no thread to be had
      read(thread);
    }
  }
  read(0);
  for (std::future<void>& other : others) {
    other.get();
  }
  return parsed;
}

}  // namespace bellows::sql
