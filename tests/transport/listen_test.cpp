#include "tests/transport/peers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xxl::transport {
namespace {

using test::node;
using ::testing::EndsWith;
using ::testing::StartsWith;

class Listen : public ::testing::Test {
protected:
  node n;
  gate_actor gate = test::spawn_gate(n.sys);
  ~Listen() override { caf::anon_send_exit(gate, caf::exit_reason::user_shutdown); }
};

TEST_F(Listen, PortZeroAnswersAFreePort) {
  auto port = listen(n.sys, gate, {"127.0.0.1", 0});
  ASSERT_TRUE(port) << text_of(port.error());
  EXPECT_GT(*port, 0);
  stop_listening(n.sys, gate, *port);
}

TEST_F(Listen, AnAddressThatIsNotLoopbackIsRefused) {
  auto port = listen(n.sys, gate, {"0.0.0.0", 7788});
  ASSERT_FALSE(port);
  EXPECT_EQ(code_of(port.error()), errc::invalid_argument);
  EXPECT_EQ(text_of(port.error()),
            "cannot listen on 0.0.0.0:7788: without TLS a node listens on loopback only (127.0.0.1, ::1 or localhost)");
}

TEST_F(Listen, APortInUseIsNamedWithTheReason) {
  auto first = listen(n.sys, gate, {"127.0.0.1", 0});
  ASSERT_TRUE(first);
  auto second = listen(n.sys, gate, {"127.0.0.1", *first});
  ASSERT_FALSE(second);
  EXPECT_EQ(code_of(second.error()), errc::unavailable);
  EXPECT_EQ(text_of(second.error()),
            "cannot listen on 127.0.0.1:" + std::to_string(*first) + ": Address already in use");
  stop_listening(n.sys, gate, *first);
}

TEST_F(Listen, APortCanBeTakenAgainAtOnce) {
  auto first = listen(n.sys, gate, {"localhost", 0});
  ASSERT_TRUE(first);
  stop_listening(n.sys, gate, *first);
  auto second = listen(n.sys, gate, {"localhost", *first});
  ASSERT_TRUE(second) << text_of(second.error());
  EXPECT_EQ(*second, *first);
  stop_listening(n.sys, gate, *second);
}

TEST_F(Listen, StoppingTwiceDoesNoHarm) {
  auto port = listen(n.sys, gate, {"127.0.0.1", 0});
  ASSERT_TRUE(port);
  stop_listening(n.sys, gate, *port);
  stop_listening(n.sys, gate, *port);
}

} // namespace
} // namespace xxl::transport
