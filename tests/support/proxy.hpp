#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace bellows::test {

/// Stands between a client and a server's Unix socket and cuts the line at a chosen message of the
/// client's, before the server gets it or after it has answered it.
class CuttingProxy {
 public:
  enum class Act : std::uint8_t { Pass, CutBefore, CutAfterAnswer };
  /// What to do with a client's message; from the connections' threads. `type` as the protocol has
  /// it ('Q', 'S' …); `text` is what a simple query says.
  using Decide = std::function<Act(char type, std::string_view text)>;

  CuttingProxy(std::string server_directory, Decide decide);
  CuttingProxy(CuttingProxy const&) = delete;
  CuttingProxy& operator=(CuttingProxy const&) = delete;
  ~CuttingProxy();

  /// "host=… user=postgres dbname=…"
  std::string conninfo(std::string const& database) const;

 private:
  void accept_all();
  void relay(int client) const;

  std::string server_;
  Decide decide_;
  std::string directory_;
  int listening_ = -1;
  std::atomic<bool> done_ = false;
  std::list<std::jthread> relays_;
  std::jthread acceptor_;
};

}  // namespace bellows::test
