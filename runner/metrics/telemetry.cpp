#include "runner/metrics/telemetry.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace bellows::runner::metrics {
namespace {

namespace fs = std::filesystem;
constexpr std::chrono::seconds file_interval{1};

}  // namespace

bool replace_file(fs::path const& path, std::string const& text) {
  fs::path const beside = path.string() + "." + std::to_string(::getpid()) + ".new";
  std::error_code failed;
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    failed = out ? std::error_code() : std::make_error_code(std::errc::io_error);
  }
  if (!failed) {
    fs::rename(beside, path, failed);
  }
  std::error_code ignored;
  if (failed) {
    fs::remove(beside, ignored);
  }
  return !failed;
}

Telemetry::Telemetry(Options options) : options_(std::move(options)), gauges_(options_.version) {
  if (!options_.file.empty() && !replace_file(options_.file, exposition(gauges_.read()))) {
    throw std::invalid_argument(
        fmt::format("{} can't be written: is its directory there?", options_.file.string()));
  }
  if (options_.listen) {
    server_ = std::make_unique<HttpServer>(*options_.listen, exposition_type,
                                           [this] { return exposition(gauges_.read()); });
  }
}

Telemetry::~Telemetry() {
  try {
    write_file(true);
  } catch (std::exception const& error) {
    spdlog::debug("metrics: {}", error.what());
  }
}

void Telemetry::progress(batcher::Progress const& progress) {
  gauges_.progress(progress);
  write_file(progress.finished);
}

void Telemetry::happened(std::string_view event) {
  gauges_.happened(event);
}

std::string Telemetry::url() const {
  return server_ ? server_->url() : "";
}

void Telemetry::write_file(bool at_once) {
  if (options_.file.empty()) {
    return;
  }
  std::lock_guard const lock(writing_);
  auto const now = std::chrono::steady_clock::now();
  if (!at_once && now - written_ < file_interval) {
    return;
  }
  written_ = now;
  if (!replace_file(options_.file, exposition(gauges_.read()))) {
    spdlog::warn("metrics: {} can't be written now", options_.file.string());
  }
}

}  // namespace bellows::runner::metrics
