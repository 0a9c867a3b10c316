#include "tests/transport/peers.hpp"

#include <caf/io/middleman.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <array>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace xxl::transport {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using test::admin;
using test::dial;
using ::testing::HasSubstr;

/// A listening socket that nobody serves. With a full queue the kernel drops further SYNs: a blackhole, like an
/// unplugged host.
class silent_port {
public:
  enum class kind { mute, blackhole };
  explicit silent_port(kind k) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* at = reinterpret_cast<sockaddr*>(&address_);
    if (::bind(listener_, at, size) != 0 || ::listen(listener_, k == kind::mute ? 64 : 0) != 0 ||
        ::getsockname(listener_, at, &size) != 0)
      throw std::runtime_error{"no socket for the test"};
    if (k == kind::blackhole) fill();
  }
  ~silent_port() {
    ::close(listener_);
    for (int fd : queued_) ::close(fd);
  }
  std::uint16_t port() const { return ntohs(address_.sin_port); }

private:
  /// Connects until one is left hanging.
  void fill() {
    for (int i = 0; i < 16; ++i) {
      int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      queued_.push_back(fd);
      ::connect(fd, reinterpret_cast<sockaddr*>(&address_), sizeof address_);
      pollfd p{fd, POLLOUT, 0};
      if (::poll(&p, 1, 200) == 0) return;
    }
    throw std::runtime_error{"the queue never filled"};
  }
  int listener_ = -1;
  sockaddr_in address_{};
  std::vector<int> queued_;
};

/// A port that was free a moment ago.
std::uint16_t unused_port() {
  admin other;
  return other.port;
}

class Dialer : public ::testing::Test {
protected:
  test::node executor{settings{.heartbeat = 200ms, .connection_timeout = 1'000ms}};
  caf::scoped_actor self{executor.sys};
  dialer_actor dialer = spawn_dialer(executor.sys, 600ms);
};

TEST_F(Dialer, ReachesTheGateOfALiveNode) {
  admin live;
  auto gate = dial(self, dialer, "127.0.0.1", live.port);
  ASSERT_TRUE(gate) << text_of(gate.error());
  std::uint32_t agreed = 0;
  self->request(*gate, test::patience, hello_atom_v, std::uint32_t{1}, std::uint32_t{1}, std::string{"executor"},
                std::string{"e1"}, caf::actor_cast<caf::strong_actor_ptr>(self))
      .receive([&](std::uint32_t version, caf::strong_actor_ptr&) { agreed = version; },
               [&](caf::error& e) { ADD_FAILURE() << text_of(e); });
  EXPECT_EQ(agreed, 1u);
}

TEST_F(Dialer, ReachesANodeByName) {
  admin live;
  EXPECT_TRUE(dial(self, dialer, "localhost", live.port));
}

TEST_F(Dialer, ARefusedConnectionIsUnavailableAndNamesTheReason) {
  auto port = unused_port();
  auto gate = dial(self, dialer, "127.0.0.1", port);
  ASSERT_FALSE(gate);
  EXPECT_EQ(code_of(gate.error()), errc::unavailable);
  EXPECT_EQ(text_of(gate.error()), "cannot reach 127.0.0.1:" + std::to_string(port) + ": Connection refused");
}

TEST_F(Dialer, ANameThatDoesNotResolveIsUnavailable) {
  auto gate = dial(self, dialer, "no such host", 7788);
  ASSERT_FALSE(gate);
  EXPECT_EQ(code_of(gate.error()), errc::unavailable);
  EXPECT_THAT(text_of(gate.error()), HasSubstr("cannot reach no such host:7788: "));
}

TEST_F(Dialer, ABlackholeEndsWithTheDeadline) {
  silent_port blackhole{silent_port::kind::blackhole};
  auto begin = steady_clock::now();
  auto gate = dial(self, dialer, "127.0.0.1", blackhole.port());
  ASSERT_FALSE(gate);
  EXPECT_EQ(code_of(gate.error()), errc::deadline_exceeded);
  EXPECT_EQ(text_of(gate.error()),
            "cannot reach 127.0.0.1:" + std::to_string(blackhole.port()) + ": no answer within 600 ms");
  EXPECT_GE(steady_clock::now() - begin, 600ms);
}

TEST_F(Dialer, AMuteListenerEndsWithTheDeadline) {
  silent_port mute{silent_port::kind::mute};
  auto gate = dial(self, dialer, "127.0.0.1", mute.port());
  ASSERT_FALSE(gate);
  EXPECT_EQ(code_of(gate.error()), errc::deadline_exceeded) << text_of(gate.error());
}

TEST_F(Dialer, DeadAddressesDoNotDelayADialToALiveOne) {
  silent_port blackhole{silent_port::kind::blackhole};
  silent_port mute{silent_port::kind::mute};
  admin live;
  auto patient = spawn_dialer(executor.sys, 5s); // so that the order of the answers cannot be luck
  auto to_blackhole =
      self->request(patient, test::patience, caf::connect_atom_v, std::string{"127.0.0.1"}, blackhole.port());
  auto to_mute = self->request(patient, test::patience, caf::connect_atom_v, std::string{"127.0.0.1"}, mute.port());
  auto begin = steady_clock::now();
  auto gate = dial(self, patient, "127.0.0.1", live.port);
  EXPECT_TRUE(gate) << text_of(gate.error());
  EXPECT_LT(steady_clock::now() - begin, 2'500ms);
  std::size_t late = 0;
  for (auto* request : {&to_blackhole, &to_mute})
    request->receive([](gate_actor&) {}, [&](caf::error& e) { late += code_of(e) == errc::deadline_exceeded ? 1 : 0; });
  EXPECT_EQ(late, 2u);
}

TEST_F(Dialer, AnActorThatIsNoGateIsRefused) {
  test::node stranger;
  auto other = stranger.sys.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
  auto port = stranger.sys.middleman().publish(other, 0, "127.0.0.1", true);
  ASSERT_TRUE(port);
  auto gate = dial(self, dialer, "127.0.0.1", *port);
  ASSERT_FALSE(gate);
  EXPECT_EQ(code_of(gate.error()), errc::protocol_mismatch);
  EXPECT_THAT(text_of(gate.error()), HasSubstr("not the gate of an admin"));
  stranger.sys.middleman().unpublish(other, *port);
  caf::anon_send_exit(other, caf::exit_reason::user_shutdown);
}

TEST_F(Dialer, AnotherApplicationIsRefusedAsAMismatch) {
  config cfg{settings{}};
  cfg.set("middleman.app-identifiers", std::vector<std::string>{"xxl-2"});
  caf::actor_system sys{cfg};
  auto other = test::spawn_gate(sys);
  auto port = listen(sys, other, {"127.0.0.1", 0});
  ASSERT_TRUE(port);
  auto gate = dial(self, dialer, "127.0.0.1", *port);
  ASSERT_FALSE(gate);
  EXPECT_EQ(code_of(gate.error()), errc::protocol_mismatch) << text_of(gate.error());
  stop_listening(sys, other, *port);
  caf::anon_send_exit(other, caf::exit_reason::user_shutdown);
}

TEST_F(Dialer, ALostPeerIsSeenByMonitoringItsGate) {
  std::optional<admin> live{std::in_place};
  auto gate = dial(self, dialer, "127.0.0.1", live->port);
  ASSERT_TRUE(gate) << text_of(gate.error());
  self->monitor(*gate);
  live.reset();
  bool seen = false;
  self->receive([&](caf::down_msg& down) { seen = down.source == *gate; }, caf::after(test::patience) >> [] {});
  EXPECT_TRUE(seen);
}

TEST_F(Dialer, ANodeThatCameBackIsReachedAgain) {
  std::uint16_t port = 0;
  {
    admin first;
    port = first.port;
    ASSERT_TRUE(dial(self, dialer, "127.0.0.1", port));
  }
  test::node again;
  auto second = test::spawn_gate(again.sys);
  ASSERT_TRUE(listen(again.sys, second, {"127.0.0.1", port}));
  auto until = steady_clock::now() + test::patience;
  caf::expected<gate_actor> gate{caf::sec::none};
  do gate = dial(self, dialer, "127.0.0.1", port);
  while (!gate && steady_clock::now() < until);
  EXPECT_TRUE(gate) << text_of(gate.error());
  stop_listening(again.sys, second, port);
  caf::anon_send_exit(second, caf::exit_reason::user_shutdown);
}

TEST_F(Dialer, TheSixtyFifthDialAtATimeIsRefused) {
  silent_port blackhole{silent_port::kind::blackhole};
  auto patient = spawn_dialer(executor.sys, 3s);
  for (int i = 0; i < 64; ++i)
    caf::anon_send(caf::actor_cast<caf::actor>(patient), caf::connect_atom_v, std::string{"127.0.0.1"},
                   blackhole.port());
  auto gate = dial(self, patient, "127.0.0.1", blackhole.port());
  ASSERT_FALSE(gate);
  EXPECT_EQ(code_of(gate.error()), errc::limit_reached);
  self->send_exit(patient, caf::exit_reason::user_shutdown);
}

TEST(DialerShutdown, ADialUnderWayDoesNotHoldUpTheEndOfTheNode) {
  silent_port blackhole{silent_port::kind::blackhole};
  auto begin = steady_clock::now();
  {
    test::node executor;
    auto dialer = spawn_dialer(executor.sys, 15s);
    caf::anon_send(caf::actor_cast<caf::actor>(dialer), caf::connect_atom_v, std::string{"127.0.0.1"},
                   blackhole.port());
  }
  EXPECT_LT(steady_clock::now() - begin, 5s);
}

} // namespace
} // namespace xxl::transport
