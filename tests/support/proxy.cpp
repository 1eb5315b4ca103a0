#include "tests/support/proxy.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace bellows::test {
namespace {

sockaddr_un address_of(std::string const& directory) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string const path = directory + "/.s.PGSQL.5432";
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

bool send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t const sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool receive(int from, std::string& into) {
  std::array<char, 16'384> bytes{};
  ssize_t const got = ::recv(from, bytes.data(), bytes.size(), 0);
  if (got <= 0) {
    return false;
  }
  into.append(bytes.data(), static_cast<std::size_t>(got));
  return true;
}

std::size_t number_at(std::string const& bytes, std::size_t place) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number = number << 8U | static_cast<unsigned char>(bytes[place + i]);
  }
  return number;
}

// One line: the client's messages are taken apart, the server's bytes pass as they are.
class Line {
 public:
  Line(int client, int server, CuttingProxy::Decide const& decide)
      : client_(client), server_(server), decide_(decide) {}

  // False: it is over.
  bool step() {
    std::array<pollfd, 2> fds{{{client_, POLLIN, 0}, {server_, POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), 50) < 0) {
      return false;
    }
    if (fds[1].revents != 0) {
      std::string answer;
      if (!receive(server_, answer) || !send_all(client_, answer)) {
        return false;
      }
    }
    return fds[0].revents == 0 || (receive(client_, sent_) && pass_on());
  }

 private:
  bool pass_on() {
    while (true) {
      std::size_t const type = started_ ? 1 : 0;  // the first message has no type
      if (sent_.size() < type + 4 || sent_.size() < type + number_at(sent_, type)) {
        return true;
      }
      std::string const message = sent_.substr(0, type + number_at(sent_, type));
      sent_.erase(0, message.size());
      CuttingProxy::Act const act = started_
                                        ? decide_(message[0], std::string_view(message).substr(5))
                                        : CuttingProxy::Act::Pass;
      started_ = true;
      if (act == CuttingProxy::Act::CutBefore || !send_all(server_, message)) {
        return false;
      }
      if (act == CuttingProxy::Act::CutAfterAnswer) {
        std::string kept;
        while (receive(server_, kept) && kept.find(ready_for_query) == std::string::npos) {
        }
        return false;
      }
    }
  }

  inline static std::string const ready_for_query{"Z\0\0\0\5", 5};
  int client_;
  int server_;
  CuttingProxy::Decide const& decide_;
  std::string sent_;
  bool started_ = false;
};

}  // namespace

CuttingProxy::CuttingProxy(std::string server_directory, Decide decide)
    : server_(std::move(server_directory)), decide_(std::move(decide)) {
  std::string pattern = "/tmp/bellows-proxy-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("mkdtemp failed");
  }
  directory_ = pattern;
  listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un const address = address_of(directory_);
  if (::bind(listening_, reinterpret_cast<sockaddr const*>(&address), sizeof(address)) != 0 ||
      ::listen(listening_, 16) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  acceptor_ = std::jthread([this] { accept_all(); });
}

CuttingProxy::~CuttingProxy() {
  done_ = true;
  acceptor_.join();
  relays_.clear();
  ::close(listening_);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string CuttingProxy::conninfo(std::string const& database) const {
  return fmt::format("host={} user=postgres dbname={}", directory_, database);
}

void CuttingProxy::accept_all() {
  while (!done_) {
    pollfd waiting{listening_, POLLIN, 0};
    if (::poll(&waiting, 1, 50) > 0) {
      int const client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      relays_.emplace_back([this, client] { relay(client); });
    }
  }
}

void CuttingProxy::relay(int client) const {
  int const server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un const address = address_of(server_);
  if (::connect(server, reinterpret_cast<sockaddr const*>(&address), sizeof(address)) == 0) {
    Line line(client, server, decide_);
    while (!done_ && line.step()) {
    }
  }
  ::close(client);
  ::close(server);
}

}  // namespace bellows::test
