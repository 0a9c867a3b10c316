#include "actors/admin/gate.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

class GateTest : public SchedulerTest {
protected:
  executor_actor executor = play<executor_actor>([](lead_atom, epoch_id) {});
  operator_actor operators = play<operator_actor>([](stats_atom) { return node_stats{}; });
  gate_actor gate = start();
  std::uint32_t agreed = 0;
  caf::strong_actor_ptr given;

  gate_actor start() {
    gate_config settings;
    settings.link.admin = "admin-1";
    settings.link.leads = leads;
    settings.link.time = borrowed(clock);
    settings.link.stats = stats;
    settings.operators = operators;
    return watch_over(spawn_gate(sys, std::move(settings)));
  }
  /// "" if it was let in, else code and text of the refusal.
  std::string hello(std::uint32_t oldest, std::uint32_t newest, const std::string& kind,
                    const std::string& peer = "ann") {
    return hello_from(oldest, newest, kind, peer, caf::actor_cast<caf::strong_actor_ptr>(executor));
  }
  std::string hello_from(std::uint32_t oldest, std::uint32_t newest, const std::string& kind, const std::string& peer,
                         const caf::strong_actor_ptr& actor) {
    auto request = self->request(gate, caf::infinite, hello_atom_v, oldest, newest, kind, peer, actor);
    settle();
    std::string refusal;
    request.receive(
        [&](std::uint32_t protocol, caf::strong_actor_ptr& to) {
          agreed = protocol;
          given = std::move(to);
        },
        [&](const caf::error& e) { refusal = to_string(code_of(e)) + ": " + text_of(e); });
    return refusal;
  }
};

TEST_F(GateTest, AnExecutorGetsALinkOfItsOwn) {
  EXPECT_EQ(hello(1, 1, "executor"), "");
  EXPECT_EQ(agreed, 1u);
  auto first = given;
  EXPECT_EQ(hello(1, 1, "executor"), "");
  EXPECT_NE(given, first);
  EXPECT_NE(given, caf::actor_cast<caf::strong_actor_ptr>(operators));
  end(executor); // and with it its links
}

TEST_F(GateTest, AnOperatorGetsTheOperatorsActor) {
  EXPECT_EQ(hello(1, 1, "operator"), "");
  EXPECT_EQ(given, caf::actor_cast<caf::strong_actor_ptr>(operators));
}

TEST_F(GateTest, TheNewestProtocolOfBothIsAgreed) {
  EXPECT_EQ(hello(1, 9, "operator"), "");
  EXPECT_EQ(agreed, protocol_newest);
}

TEST_F(GateTest, AProtocolTooNewIsRefusedWithBothRanges) {
  EXPECT_EQ(hello(2, 3, "executor"), "protocol_mismatch: this admin speaks protocol 1, the caller 2 to 3: upgrade the "
                                     "older of the two");
}

TEST_F(GateTest, AProtocolTooOldIsRefused) {
  EXPECT_EQ(hello(0, 0, "operator"),
            "protocol_mismatch: this admin speaks protocol 1, the caller 0: upgrade the older of the two");
}

TEST_F(GateTest, ARangeThatIsNoneIsRefused) {
  EXPECT_EQ(hello(2, 1, "operator"),
            "protocol_mismatch: this admin speaks protocol 1, the caller 2 to 1: upgrade the older of the two");
}

TEST_F(GateTest, AnUnknownKindIsRefusedByName) {
  EXPECT_EQ(hello(1, 1, "spy"), "invalid_argument: unknown kind of peer \"spy\": executor or operator");
}

TEST_F(GateTest, WhoBringsNoActorIsRefused) {
  EXPECT_EQ(hello_from(1, 1, "executor", "ann", nullptr), "invalid_argument: a hello names its sender and its actor");
}

TEST_F(GateTest, ANameAboveTheLimitIsRefused) {
  EXPECT_EQ(hello(1, 1, "operator", std::string(limits::name_bytes + 1, 'x')),
            "invalid_argument: a hello names its sender and its actor");
}

} // namespace
} // namespace xxl::admin::test
