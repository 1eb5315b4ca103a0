#include "runner/metrics/http_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <array>
#include <charconv>
#include <optional>
#include <thread>

namespace bellows::runner::metrics {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
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

using Response = http::response<http::string_body>;

Response answer(http::request<http::empty_body> const& request, Content const& content) {
  std::string_view const target(request.target().data(), request.target().size());
  bool const known = target.substr(0, target.find('?')) == "/metrics";
  bool const readable = request.method() == http::verb::get || request.method() == http::verb::head;
  http::status const status = !known      ? http::status::not_found
                              : !readable ? http::status::method_not_allowed
                                          : http::status::ok;
  Response response(status, request.version());
  response.set(http::field::content_type, status == http::status::ok ? content.type : "text/plain");
  if (status == http::status::method_not_allowed) {
    response.set(http::field::allow, "GET, HEAD");
  }
  response.body() = status == http::status::ok ? content.body()
                    : known                    ? "GET or HEAD, please\n"
                                               : "there is /metrics and nothing else\n";
  response.keep_alive(request.keep_alive());
  response.prepare_payload();
  return response;
}

/// One connection: request after request until it is closed or stalls.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(tcp::socket socket, Content const& content, int& sessions)
      : stream_(std::move(socket)), content_(content), sessions_(sessions) {
    ++sessions_;
  }
  HttpSession(HttpSession const&) = delete;
  HttpSession& operator=(HttpSession const&) = delete;
  ~HttpSession() { --sessions_; }

  void read() {
    parser_.emplace();
    parser_->header_limit(longest_request);
    parser_->body_limit(0);
    stream_.expires_after(patience);
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](Error const& error, std::size_t) { self->was_read(error); });
  }

 private:
  void was_read(Error const& error) {
    if (error == http::error::end_of_stream || error == beast::error::timeout) {
      close();
    } else if (error.category() == http::make_error_code(http::error::bad_method).category()) {
      refuse();  // not HTTP, or too long
    } else if (!error) {
      write(answer(parser_->get(), content_), parser_->get().method() == http::verb::head);
    }
  }

  void refuse() {
    Response response(http::status::bad_request, 11);
    response.set(http::field::content_type, "text/plain");
    response.body() = "that is no request for /metrics\n";
    response.keep_alive(false);
    response.prepare_payload();
    write(std::move(response), false);
  }

  // To HEAD goes what GET would get, its length included, but for the body.
  void write(Response response, bool head_only) {
    response_ = std::move(response);
    stream_.expires_after(patience);
    auto const done = [self = shared_from_this()](Error const& error, std::size_t) {
      if (error) {
        return;
      }
      if (self->response_.keep_alive()) {
        self->read();
      } else {
        self->close();
      }
    };
    serializer_.emplace(response_);
    if (head_only) {
      http::async_write_header(stream_, *serializer_, done);
    } else {
      http::async_write(stream_, *serializer_, done);
    }
  }

  // What the client still sends is read for a while: closing on it would reset the connection, and
  // our answer would be lost with it.
  void close() {
    Error ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(farewell);
    drain();
  }
  void drain() {
    stream_.async_read_some(boost::asio::buffer(drained_),
                            [self = shared_from_this()](Error const& error, std::size_t) {
                              if (!error) {
                                self->drain();
                              }
                            });
  }

  beast::tcp_stream stream_;
  Content const& content_;
  int& sessions_;
  beast::flat_buffer buffer_{longest_request};
  std::array<char, 4096> drained_{};
  std::optional<http::request_parser<http::empty_body>> parser_;
  Response response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
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
