#include "tests/fuzz/mutate.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/fuzz/watch.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

/// planner_fuzz [--iterations N | --seconds N] [--seed N] [--target NAME] [--max-bytes N]
///              [--keep FILE] [--input FILE]
///
/// Runs mutated inputs through all targets in turn, or one file through them. An input that
/// crashes, hangs or breaks a promise is left in the file of --keep, and the exit code is not 0.
namespace bellows::fuzz {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::uint64_t iterations = 0;  // 0: by time
  std::chrono::seconds time{10};
  std::uint64_t seed = 1;
  std::size_t bytes_max = 16384;
  std::string target;  // empty: all
  std::string keep = "fuzz-input";
  std::string input;
};

Options read_options(int count, char** words) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    std::string const name = words[i];
    std::string const value = words[i + 1];
    if (name == "--iterations") {
      options.iterations = std::stoull(value);
    } else if (name == "--seconds") {
      options.time = std::chrono::seconds(std::stoll(value));
    } else if (name == "--seed") {
      options.seed = std::stoull(value);
    } else if (name == "--max-bytes") {
      options.bytes_max = std::stoull(value);
    } else if (name == "--target") {
      options.target = value;
    } else if (name == "--keep") {
      options.keep = value;
    } else if (name == "--input") {
      options.input = value;
    } else {
      throw std::invalid_argument("no such option: " + name);
    }
  }
  return options;
}

/// One input through one target; false when it broke a promise.
bool holds(Target const& target, std::string const& input, Options const& options) {
  std::string what;
  watch(input);
  try {
    target.run(input);
    return true;
  } catch (Broken const& broken) {
    what = broken.what;
  } catch (std::exception const& error) {
    what = std::string("an exception that nobody expects: ") + error.what();
  }
  std::ofstream(options.keep, std::ios::binary) << input;
  fmt::print(stderr, "fuzz: {}: {}; the input is in {}\n", target.name, what, options.keep);
  return false;
}

struct Running {
  Target const* target;
  std::vector<std::string> corpus;
  std::chrono::milliseconds slowest{0};
  std::size_t slowest_bytes = 0;
};

std::vector<Running> chosen(Options const& options) {
  std::vector<Running> all;
  for (Target const& target : targets()) {
    if (options.target.empty() || options.target == target.name) {
      all.push_back({&target, target.corpus()});
    }
  }
  return all;
}

bool run_one(Running& running, std::string const& input, Options const& options) {
  auto const start = Clock::now();
  bool const good = holds(*running.target, input, options);
  auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  if (took > running.slowest) {
    running.slowest = took;
    running.slowest_bytes = input.size();
  }
  return good;
}

/// What the mutations start from must hold as it is.
bool run_corpus(std::vector<Running>& all, Options const& options) {
  return std::ranges::all_of(all, [&](Running& running) {
    return std::ranges::all_of(
        running.corpus, [&](std::string const& input) { return run_one(running, input, options); });
  });
}

int run(Options const& options) {
  std::vector<Running> all = chosen(options);
  if (all.empty()) {
    throw std::invalid_argument("no such target: " + options.target);
  }
  if (!options.input.empty()) {
    std::ifstream file(options.input, std::ios::binary);
    std::string const input{std::istreambuf_iterator<char>(file), {}};
    bool const good = std::ranges::all_of(
        all, [&](Running& running) { return run_one(running, input, options); });
    return good ? 0 : 1;
  }
  if (!run_corpus(all, options)) {
    return 1;
  }
  Mutator mutator(options.seed, options.bytes_max);
  auto const end = Clock::now() + options.time;
  std::uint64_t done = 0;
  while (options.iterations != 0 ? done < options.iterations : Clock::now() < end) {
    Running& running = all[done % all.size()];
    std::string const input = mutator.next(running.corpus);
    if (!run_one(running, input, options)) {
      fmt::print(stderr, "fuzz: seed {}, iteration {}\n", options.seed, done);
      return 1;
    }
    ++done;
  }
  for (Running const& running : all) {
    fmt::print("{}: {} files to start from, slowest input {} ms ({} bytes)\n", running.target->name,
               running.corpus.size(), running.slowest.count(), running.slowest_bytes);
  }
  fmt::print("{} inputs, seed {}, at most {} MB in memory\n", done, options.seed,
             peak_bytes() >> 20U);
  return 0;
}

}  // namespace
}  // namespace bellows::fuzz

int main(int count, char** words) {
  try {
    bellows::fuzz::Options const options = bellows::fuzz::read_options(count, words);
    bellows::fuzz::start_watching(options.keep);
    return bellows::fuzz::run(options);
  } catch (std::exception const& error) {
    fmt::print(stderr, "fuzz: {}\n", error.what());
    return 2;
  }
}
