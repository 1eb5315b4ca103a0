#pragma once

#include "batcher/observer.hpp"
#include "runner/metrics/gauges.hpp"
#include "runner/metrics/http_server.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace bellows::runner::metrics {

/// Hands a run's figures to whoever wants them: over HTTP, in a text file, or both. Nothing that
/// goes wrong here while it runs ends a run. Thread-safe.
class Telemetry {
 public:
  struct Options {
    std::string version;
    std::optional<Address> listen;
    std::filesystem::path file;  // empty: none; for node_exporter's textfile collector: *.prom
  };

  /// Throws CannotListen, std::invalid_argument where the file can't be written.
  explicit Telemetry(Options options);
  /// Writes the file a last time.
  ~Telemetry();
  Telemetry(Telemetry const&) = delete;
  Telemetry& operator=(Telemetry const&) = delete;

  void progress(batcher::Progress const& progress);
  void happened(std::string_view event);
  /// Where it is served; empty: nowhere.
  std::string url() const;

 private:
  void write_file(bool at_once);

  Options options_;
  Gauges gauges_;
  std::mutex writing_;
  std::chrono::steady_clock::time_point written_{};
  std::unique_ptr<HttpServer> server_;
};

/// Replaces `path` in one step, so that a reader sees the old text or the new one. False where that
/// is not possible; nothing is left behind then.
bool replace_file(std::filesystem::path const& path, std::string const& text);

}  // namespace bellows::runner::metrics
