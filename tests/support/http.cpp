#include "tests/support/http.hpp"

#include <array>
#include <cstdint>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace bellows::test {

std::string exchange(int port, std::string const& request) {
  int const socket = ::socket(AF_INET, SOCK_STREAM, 0);
  timeval const patience{5, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets' own way
  auto const* const general = reinterpret_cast<sockaddr const*>(&address);
  if (::connect(socket, general, sizeof address) != 0 ||
      ::send(socket, request.data(), request.size(), MSG_NOSIGNAL) < 0) {
    ::close(socket);
    throw std::runtime_error("nobody listens on port " + std::to_string(port));
  }
  std::string answer;
  std::array<char, 4096> buffer{};
  while (true) {
    auto const got = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      break;
    }
    answer.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::close(socket);
  return answer;
}

}  // namespace bellows::test
