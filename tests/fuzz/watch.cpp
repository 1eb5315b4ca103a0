#include "tests/fuzz/watch.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace bellows::fuzz {
namespace {

// What the signal handler may look at: plain memory, nothing that allocates.
char const* current_data = nullptr;
std::size_t current_size = 0;
char file_name[512];

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

void write_all(int file, char const* data, std::size_t size) {
  while (size > 0) {
    ssize_t const written = write(file, data, size);
    if (written <= 0) {
      return;
    }
    data += written;
    size -= static_cast<std::size_t>(written);
  }
}

void keep_input(int signal) {
  int const file = open(file_name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file >= 0) {
    write_all(file, current_data, current_size);
    close(file);
  }
  constexpr char crashed[] = "fuzz: crashed; the input is in the file named with --keep\n";
  constexpr char hung[] = "fuzz: no end in sight; the input is in the file named with --keep\n";
  if (signal == SIGALRM) {
    write_all(STDERR_FILENO, hung, sizeof hung - 1);
  } else {
    write_all(STDERR_FILENO, crashed, sizeof crashed - 1);
  }
  std::signal(signal, SIG_DFL);
  raise(signal);
}

}  // namespace

void start_watching(std::string keep_in) {
  keep_in.copy(file_name, sizeof file_name - 1);
  // A stack that has overflowed has no room for the handler.
  static char alternate[1U << 16U];
  stack_t stack{};
  stack.ss_sp = alternate;
  stack.ss_size = sizeof alternate;
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = keep_input;
  action.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  for (int const signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM}) {
    sigaction(signal, &action, nullptr);
  }
  if (!sanitized) {
    rlimit const limit{bytes_per_process, bytes_per_process};
    setrlimit(RLIMIT_AS, &limit);
  }
}

void watch(std::string_view input) {
  current_data = input.data();
  current_size = input.size();
  alarm(seconds_per_input);
}

std::size_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

}  // namespace bellows::fuzz
