#include "runner/metrics/http_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <thread>

namespace bellows::runner::metrics {
namespace {

// Beast reads the requests, from text: its streams, asynchronous reads and serializers take as long
// to compile as all the rest, and there is nothing to stream.
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Error = boost::system::error_code;

constexpr std::chrono::seconds patience{10};  // with a client that says or takes nothing
constexpr std::chrono::seconds farewell{2};
constexpr std::chrono::milliseconds after_error{200};
constexpr std::size_t longest_request = 8'192;
constexpr int most_sessions = 32;

struct Content {
  std::string type;
  std::function<std::string()> body;
};

struct Response {
  http::status status = http::status::ok;
  std::string content_type = "text/plain";
  std::string body;
  unsigned version = 11;
  bool keep_alive = false;
  bool head_only = false;  // HEAD: what GET would get, its length included, but for the body
};

using Parser = http::request_parser<http::empty_body>;

Response answer(Parser::value_type const& request, Content const& content) {
  std::string_view const target(request.target().data(), request.target().size());
  bool const known = target.substr(0, target.find('?')) == "/metrics";
  bool const readable = request.method() == http::verb::get || request.method() == http::verb::head;
  Response response;
  response.version = request.version();
  response.keep_alive = request.keep_alive();
  response.head_only = request.method() == http::verb::head;
  if (!known) {
    response.status = http::status::not_found;
    response.body = "there is /metrics and nothing else\n";
  } else if (!readable) {
    response.status = http::status::method_not_allowed;
    response.body = "GET or HEAD, please\n";
  } else {
    response.content_type = content.type;
    response.body = content.body();
  }
  return response;
}

Response refusal() {
  Response response;
  response.status = http::status::bad_request;
  response.body = "that is no request for /metrics\n";
  return response;
}

std::string to_text(Response const& response) {
  auto const reason = http::obsolete_reason(response.status);
  return fmt::format(
      "HTTP/{}.{} {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}Connection: {}\r\n\r\n{}",
      response.version / 10, response.version % 10, static_cast<unsigned>(response.status),
      std::string_view(reason.data(), reason.size()), response.content_type, response.body.size(),
      response.status == http::status::method_not_allowed ? "Allow: GET, HEAD\r\n" : "",
      response.keep_alive ? "keep-alive" : "close", response.head_only ? "" : response.body);
}

/// One connection: request after request until it is closed or stalls.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(tcp::socket socket, Content const& content, int& sessions)
      : socket_(std::move(socket)),
        deadline_(socket_.get_executor()),
        content_(content),
        sessions_(sessions) {
    ++sessions_;
  }
  HttpSession(HttpSession const&) = delete;
  HttpSession& operator=(HttpSession const&) = delete;
  ~HttpSession() { --sessions_; }

  /// The next request, whether it has come already, or has yet to.
  void read() {
    parser_.emplace();
    parser_->header_limit(longest_request);
    parser_->body_limit(0);
    parser_->eager(true);
    parse();
  }

 private:
  void parse() {
    Error error;
    received_.erase(0, parser_->put(asio::buffer(received_), error));
    if (error == http::error::need_more || (!error && !parser_->is_done())) {
      receive();
    } else {
      write(error ? refusal() : answer(parser_->get(), content_));  // not HTTP, or too long
    }
  }

  void receive() {
    expire_after(patience);
    socket_.async_read_some(asio::buffer(chunk_),
                            [self = shared_from_this()](Error const& error, std::size_t size) {
                              if (error == asio::error::eof) {
                                self->close();
                              } else if (!error) {
                                self->received_.append(self->chunk_.data(), size);
                                self->parse();
                              }
                            });
  }

  void write(Response const& response) {
    sent_ = to_text(response);
    expire_after(patience);
    asio::async_write(
        socket_, asio::buffer(sent_),
        [self = shared_from_this(), more = response.keep_alive](Error const& error, std::size_t) {
          if (!error && more) {
            self->read();
          } else if (!error) {
            self->close();
          }
        });
  }

  // What the client still sends is read for a while: closing on it would reset the connection, and
  // our answer would be lost with it.
  void close() {
    Error ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    expire_after(farewell);
    drain();
  }
  void drain() {
    socket_.async_read_some(asio::buffer(chunk_),
                            [self = shared_from_this()](Error const& error, std::size_t) {
                              if (!error) {
                                self->drain();
                              }
                            });
  }

  /// Ends what is under way with an error, unless it is over by then or a new time was set.
  void expire_after(std::chrono::seconds time) {
    deadline_.expires_after(time);
    deadline_.async_wait([weak = weak_from_this()](Error const& error) {
      auto const self = weak.lock();
      if (!error && self && self->deadline_.expiry() <= std::chrono::steady_clock::now()) {
        Error ignored;
        self->socket_.close(ignored);
      }
    });
  }

  tcp::socket socket_;
  asio::steady_timer deadline_;
  Content const& content_;
  int& sessions_;
  std::optional<Parser> parser_;
  std::string received_;  // and not read by it yet
  std::string sent_;
  std::array<char, 4096> chunk_{};
};

std::string shown(Address const& address) {
  bool const v6 = address.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", address.host, address.port)
            : fmt::format("{}:{}", address.host, address.port);
}

}  // namespace

Address parse_address(std::string const& text) {
  Address address;
  std::string port = text;
  if (auto const colon = text.rfind(':'); colon != std::string::npos) {
    address.host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (address.host.size() > 2 && address.host.front() == '[' && address.host.back() == ']') {
      address.host = address.host.substr(1, address.host.size() - 2);
    } else if (address.host.find(':') != std::string::npos || address.host.empty()) {
      port.clear();  // an IPv6 address without brackets: where would its port begin?
    }
  }
  auto const [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (port.empty() || error != std::errc{} || end != port.data() + port.size()) {
    throw std::invalid_argument(fmt::format(
        "'{}' is no place to listen; write it like 9187, 0.0.0.0:9187 or [::1]:9187", text));
  }
  return address;
}

struct HttpServer::State {
  State(Address address, std::string type, std::function<std::string()> body)
      : content{std::move(type), std::move(body)}, acceptor(io), place(std::move(address)) {
    listen();
    accept();
    thread = std::thread([this] { serve(); });
  }
  State(State const&) = delete;
  State& operator=(State const&) = delete;
  ~State() {
    io.stop();
    thread.join();
  }

  void listen() {
    try {
      tcp::resolver resolver(io);
      tcp::endpoint const endpoint =
          resolver.resolve(place.host, std::to_string(place.port), tcp::resolver::passive)
              .begin()
              ->endpoint();
      acceptor.open(endpoint.protocol());
      acceptor.set_option(tcp::acceptor::reuse_address(true));
      acceptor.bind(endpoint);
      acceptor.listen();
      place.port = acceptor.local_endpoint().port();
    } catch (boost::system::system_error const& error) {
      throw CannotListen(
          fmt::format("cannot listen on {}: {}", shown(place), error.code().message()));
    }
  }

  void accept() {
    acceptor.async_accept([this](Error const& error, tcp::socket socket) {
      if (!error && sessions < most_sessions) {
        std::make_shared<HttpSession>(std::move(socket), content, sessions)->read();
      }
      if (!error) {
        accept();
        return;
      }
      again.expires_after(after_error);  // no descriptor left, say: that passes
      again.async_wait([this](Error const&) { accept(); });
    });
  }

  // What a request ends with must not end a migration.
  void serve() {
    while (true) {
      try {
        io.run();
        return;
      } catch (std::exception const& error) {
        spdlog::warn("metrics: {}", error.what());
      }
    }
  }

  Content content;
  int sessions = 0;     // of the server's thread; outlives the io_context, whose handlers count it
  asio::io_context io;  // the sessions live in its handlers
  tcp::acceptor acceptor;
  asio::steady_timer again{io};
  Address place;
  std::thread thread;
};

HttpServer::HttpServer(Address const& address, std::string content_type,
                       std::function<std::string()> body)
    : state_(std::make_unique<State>(address, std::move(content_type), std::move(body))) {}
HttpServer::~HttpServer() = default;

std::string HttpServer::url() const {
  return "http://" + shown(state_->place) + "/metrics";
}

}  // namespace bellows::runner::metrics
