#include "tests/actors_executor/executor_node_fixture.hpp"

#include <gmock/gmock.h>

namespace xxl::executor::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ExecutorKillTest : public ExecutorNodeTest {
protected:
  void kill(std::int64_t trigger, session_id session = our_session) {
    self->send(one->executors.back(), kill_atom_v, kill_batch{session, {{{trigger}, {1}, 1, a_fire, 1}}});
    settle();
  }
};

TEST_F(ExecutorKillTest, WhatIsHeldIsTheRunnersToEnd) {
  begin_led();
  send_orders(one, {make_order(1)});
  kill(1);
  ASSERT_THAT(told->kills, SizeIs(1));
  EXPECT_EQ(told->kills[0].orders[0].trigger, trigger_id{1});
  EXPECT_THAT(told->results, IsEmpty());
}

TEST_F(ExecutorKillTest, WhatIsNotHereYetIsReportedKilledAndNeverStarts) {
  begin_led();
  kill(1);
  ASSERT_THAT(told->results, SizeIs(1));
  EXPECT_EQ(told->results[0].trigger, trigger_id{1});
  EXPECT_EQ(told->results[0].state, trigger_state::killed);
  send_orders(one, {make_order(1)}); // it was on its way
  EXPECT_THAT(told->accepted(), IsEmpty());
  kill(1);
  EXPECT_THAT(told->results, SizeIs(1)) << "once is enough";
}

TEST_F(ExecutorKillTest, WhatHasEndedStaysAsItEnded) {
  begin_led();
  send_orders(one, {make_order(1)});
  finish({make_outcome(1)});
  kill(1);
  EXPECT_THAT(told->kills, IsEmpty());
  EXPECT_THAT(told->results, IsEmpty());
}

TEST_F(ExecutorKillTest, AnotherSessionsKillsAreNotOurs) {
  begin_led();
  send_orders(one, {make_order(1)});
  kill(1, {999});
  EXPECT_THAT(told->kills, IsEmpty());
}

} // namespace
} // namespace xxl::executor::test
