#include "runner/metrics/http_server.hpp"

#include "tests/support/http.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace bellows::runner::metrics::http_server_test {
namespace {

class Served : public testing::Test {
 protected:
  std::string ask(std::string const& request) const { return test::exchange(port(), request); }
  int port() const {
    std::string const url = server_.url();
    return std::stoi(url.substr(url.rfind(':') + 1));
  }

  std::atomic<int> asked_{0};
  HttpServer server_{Address{}, "text/plain; version=0.0.4",
                     [this] { return "answer " + std::to_string(++asked_) + "\n"; }};
};

TEST_F(Served, GetAnswersWithTheBodyOfNow) {
  std::string const got = ask("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\n")) << got;
  EXPECT_NE(got.find("Content-Type: text/plain; version=0.0.4\r\n"), std::string::npos) << got;
  EXPECT_NE(got.find("Content-Length: 9\r\n"), std::string::npos) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\nanswer 1\n")) << got;
}

TEST_F(Served, AConnectionServesSeveralRequests) {
  std::string const got =
      ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
          "GET /metrics?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(got.find("answer 1\n"), std::string::npos) << got;
  EXPECT_TRUE(got.ends_with("answer 2\n")) << got;
}

TEST_F(Served, HeadAnswersWithoutTheBody) {
  std::string const got = ask("HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\n")) << got;
  EXPECT_NE(got.find("Content-Length: 9\r\n"), std::string::npos) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\n")) << got;
}

TEST_F(Served, OldClientsAreAnsweredInTheirVersion) {
  std::string const got = ask("GET /metrics HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(got.starts_with("HTTP/1.0 200 OK\r\n")) << got;
}

TEST_F(Served, EverythingElseIsRefusedInWordsOfHttp) {
  auto const status = [&](std::string const& request) { return ask(request).substr(9, 3); };
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "404");
  EXPECT_EQ(status("GET /metricsx HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "404");
  EXPECT_EQ(status("DELETE /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "405");
  EXPECT_EQ(status("hello there\r\n\r\n"), "400");
  EXPECT_EQ(status("GET /metrics HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"), "400");
  EXPECT_EQ(asked_, 0);
}

TEST_F(Served, ATakenPortIsSaid) {
  Address taken;
  taken.port = static_cast<unsigned short>(port());
  try {
    HttpServer const second(taken, "text/plain", [] { return ""; });
    FAIL() << "two listen on one port";
  } catch (CannotListen const& error) {
    EXPECT_NE(std::string(error.what()).find("127.0.0.1:" + std::to_string(port())),
              std::string::npos)
        << error.what();
  }
}

TEST(MetricsAddress, HostsAndPorts) {
  EXPECT_EQ(parse_address("9187").host, "127.0.0.1");
  EXPECT_EQ(parse_address("9187").port, 9187);
  EXPECT_EQ(parse_address("0.0.0.0:80").host, "0.0.0.0");
  EXPECT_EQ(parse_address("[::1]:9187").host, "::1");
  for (char const* wrong :
       {"", "x", "host", "host:", ":9187", "::1:80", "70000", "1.2.3.4:99999", "9187x", "-1"}) {
    EXPECT_THROW(parse_address(wrong), std::invalid_argument) << wrong;
  }
}

}  // namespace
}  // namespace bellows::runner::metrics::http_server_test
