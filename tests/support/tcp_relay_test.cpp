// The relay in front of an echo server: what passes, and what an outage makes of connections.

#include "tests/support/tcp_relay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace xxl::test {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds patience = 10s, silence = 200ms;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  return at;
}

/// One end of a connection.
class peer {
public:
  explicit peer(int fd) : fd_{fd} {}
  peer(peer&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  peer& operator=(peer&&) = delete;
  ~peer() { close(); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void say(const std::string& text) const {
    ASSERT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL), std::ssize(text));
  }
  /// What comes next: text, "" for the end, "reset", or none within the time.
  std::optional<std::string> hear(std::chrono::milliseconds most) const {
    pollfd p{fd_, POLLIN, 0};
    if (::poll(&p, 1, static_cast<int>(most.count())) != 1) return std::nullopt;
    std::array<char, 4'096> buffer{};
    auto n = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (n < 0) return "reset";
    return std::string{buffer.data(), static_cast<std::size_t>(n)};
  }

private:
  int fd_;
};

class TcpRelay : public ::testing::Test {
protected:
  TcpRelay() {
    auto at = loopback(0);
    socklen_t size = sizeof at;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
      throw std::runtime_error{"cannot listen"};
    relay.emplace(ntohs(at.sin_port));
  }
  ~TcpRelay() override { ::close(listener_); }

  peer dial() const {
    auto at = loopback(relay->port());
    int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
      throw std::runtime_error{"cannot connect"};
    return peer{fd};
  }
  /// The server's end of the next connection.
  peer accept() const {
    pollfd p{listener_, POLLIN, 0};
    if (::poll(&p, 1, static_cast<int>(patience.count())) != 1) throw std::runtime_error{"nobody connects"};
    return peer{::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)};
  }

  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::optional<tcp_relay> relay;
};

using outage = tcp_relay::outage;
using fault = tcp_relay::fault;

TEST_F(TcpRelay, PassesBytesBothWaysAndTheEnd) {
  auto client = dial();
  auto server = accept();
  client.say("question");
  EXPECT_EQ(server.hear(patience), "question");
  server.say("answer");
  EXPECT_EQ(client.hear(patience), "answer");
  client.close();
  EXPECT_EQ(server.hear(patience), "");
}

TEST_F(TcpRelay, DeliversWhatWasSentBeforeTheEnd) {
  auto client = dial();
  auto server = accept();
  server.say("last words");
  server.close();
  EXPECT_EQ(client.hear(patience), "last words");
  EXPECT_EQ(client.hear(patience), "");
}

TEST_F(TcpRelay, RefusingResetsBothEndsAndNewConnections) {
  auto client = dial();
  auto server = accept();
  client.say("before");
  EXPECT_EQ(server.hear(patience), "before");
  relay->cut(outage::refuse);
  EXPECT_EQ(client.hear(patience), "reset");
  EXPECT_EQ(server.hear(patience), "reset");
  EXPECT_EQ(dial().hear(patience), "reset");
  relay->heal();
  auto again = dial();
  again.say("after");
  EXPECT_EQ(accept().hear(patience), "after");
}

TEST_F(TcpRelay, WhatIsStalledArrivesAfterwards) {
  auto client = dial();
  auto server = accept();
  relay->cut(outage::stall);
  client.say("held");
  EXPECT_EQ(server.hear(silence), std::nullopt);
  relay->heal();
  EXPECT_EQ(server.hear(patience), "held");
}

TEST_F(TcpRelay, AnEndThatClosesInAStallIsHeardOfAfterwards) {
  auto client = dial();
  auto server = accept();
  relay->cut(outage::stall);
  client.close();
  EXPECT_EQ(server.hear(silence), std::nullopt);
  relay->heal();
  EXPECT_EQ(server.hear(patience), "");
}

TEST_F(TcpRelay, WhatIsLostNeverArrivesAndItsConnectionIsReset) {
  auto client = dial();
  auto server = accept();
  relay->cut(outage::lose);
  client.say("gone");
  EXPECT_EQ(server.hear(silence), std::nullopt);
  relay->heal();
  EXPECT_EQ(server.hear(patience), "reset");
  EXPECT_EQ(client.hear(patience), "reset");
}

TEST_F(TcpRelay, AConnectionInALongLossIsGivenUpByItself) {
  auto client = dial();
  auto server = accept();
  relay->cut(outage::lose);
  EXPECT_EQ(client.hear(silence), std::nullopt);
  EXPECT_EQ(client.hear(patience), "reset");
  EXPECT_EQ(server.hear(patience), "reset");
}

TEST_F(TcpRelay, AnArmedFaultHitsTheConnectionThatItNames) {
  auto bystander = dial();
  auto bystanders_server = accept();
  bystander.say("greetings from b");
  EXPECT_EQ(bystanders_server.hear(patience), "greetings from b");
  auto client = dial();
  auto server = accept();
  client.say("greetings from a");
  EXPECT_EQ(server.hear(patience), "greetings from a");
  relay->arm(fault::lose_answer, "from a");
  bystander.say("question");
  EXPECT_EQ(bystanders_server.hear(patience), "question");
  EXPECT_TRUE(relay->armed());
  client.say("question");
  EXPECT_EQ(server.hear(patience), "question");
  EXPECT_FALSE(relay->armed());
  server.say("answer");
  EXPECT_EQ(client.hear(patience), "");
  bystanders_server.say("answer");
  EXPECT_EQ(bystander.hear(patience), "answer");
}

} // namespace
} // namespace xxl::test
