#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace bellows::runner::metrics {

/// Where to listen: "9187", "0.0.0.0:9187", "[::1]:9187". Without a host 127.0.0.1, so that nobody
/// else reads it unless told to; port 0: any free one.
struct Address {
  std::string host = "127.0.0.1";
  unsigned short port = 0;
};

/// Throws std::invalid_argument.
Address parse_address(std::string const& text);

class CannotListen : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Answers GET and HEAD of /metrics over HTTP/1.1 on a thread of its own, a few connections at
/// once; everything else is an error in HTTP's words. A client that stalls is cut off. Stops in the
/// destructor.
class HttpServer {
 public:
  /// `body` is called on the server's thread, for each request. Throws CannotListen.
  HttpServer(Address const& address, std::string content_type, std::function<std::string()> body);
  HttpServer(HttpServer const&) = delete;
  HttpServer& operator=(HttpServer const&) = delete;
  ~HttpServer();

  /// "http://127.0.0.1:9187/metrics", with the port that it got.
  std::string url() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bellows::runner::metrics
