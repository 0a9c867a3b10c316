#include "actors/executor/order_memory.hpp"
#include "tests/actors_executor/fakes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr boot_time now{1h};
constexpr trigger_id one{1}, two{2}, three{3}, four{4};

TEST(OrderMemory, AnEpochBelowTheHighestIsNotAdopted) {
  order_memory m;
  EXPECT_TRUE(m.adopt({5}));
  EXPECT_TRUE(m.adopt({5})) << "the same leader after a reconnect";
  EXPECT_FALSE(m.adopt({4}));
  EXPECT_EQ(m.highest(), epoch_id{5});
}

TEST(OrderMemory, OrdersCountOnlyWithTheAdoptedEpochAndOurSession) {
  order_memory m;
  m.adopt({5});
  const order_batch good{{5}, test::our_session, {}};
  EXPECT_EQ(m.refusal(good, {5}, test::our_session), "");
  EXPECT_THAT(m.refusal({{4}, test::our_session, {}}, {4}, test::our_session), HasSubstr("epoch 4 is below 5"));
  EXPECT_THAT(m.refusal(good, {}, test::our_session), HasSubstr("not adopted"));
  EXPECT_THAT(m.refusal({{6}, test::our_session, {}}, {5}, test::our_session), HasSubstr("not adopted"));
  EXPECT_THAT(m.refusal({{5}, {1}, {}}, {5}, test::our_session), HasSubstr("session 1 is not"));
}

TEST(OrderMemory, AnIdHeldOrFinishedNeverStartsAgain) {
  order_memory m;
  EXPECT_EQ(m.judge(one, 0), verdict::accept);
  m.hold(one, 0);
  EXPECT_EQ(m.judge(one, 0), verdict::duplicate);
  EXPECT_EQ(m.judge(one, 9), verdict::duplicate) << "a higher count does not help while it is held";
  m.finish(one);
  EXPECT_EQ(m.judge(one, 9), verdict::duplicate);
  m.acknowledge(one, now);
  EXPECT_EQ(m.judge(one, 9), verdict::duplicate);
}

TEST(OrderMemory, AFinishedIdIsRememberedForTwoMinutesAfterItsAcknowledgement) {
  order_memory m;
  m.hold(one, 0);
  m.finish(one);
  m.forget(now + 1h);
  EXPECT_EQ(m.judge(one, 0), verdict::duplicate) << "not acknowledged: remembered for ever";
  m.acknowledge(one, now);
  m.forget(now + 120s - 1ns);
  EXPECT_EQ(m.judge(one, 0), verdict::duplicate);
  m.forget(now + 120s);
  EXPECT_EQ(m.judge(one, 0), verdict::accept);
}

TEST(OrderMemory, AReturnedIdStartsOnlyUnderAHigherCount) {
  order_memory m;
  m.hold(one, 3);
  m.give_back(one, 3, now);
  EXPECT_EQ(m.judge(one, 2), verdict::returned);
  EXPECT_EQ(m.judge(one, 3), verdict::returned);
  EXPECT_EQ(m.judge(one, 4), verdict::accept);
}

TEST(OrderMemory, AnIdAcceptedAgainIsNotForgottenByTheClockOfItsReturn) {
  order_memory m;
  m.hold(one, 0);
  m.give_back(one, 0, now);
  m.return_sent(one);
  m.hold(one, 1);
  m.forget(now + 1h);
  EXPECT_EQ(m.judge(one, 1), verdict::duplicate);
}

TEST(OrderMemory, TheInventoryHoldsWhatIsQueuedUnacknowledgedOrNotYetReturned) {
  order_memory m;
  for (auto id : {one, two, three, four}) m.hold(id, 0);
  m.finish(two);
  m.finish(three);
  m.acknowledge(three, now);
  m.give_back(four, 0, now);
  EXPECT_THAT(m.inventory(), UnorderedElementsAre(one, two, four));
  m.return_sent(four);
  EXPECT_THAT(m.inventory(), UnorderedElementsAre(one, two));
  EXPECT_EQ(m.held(), 1u);
  EXPECT_EQ(m.unacknowledged(), 1u);
}

TEST(OrderMemory, AReturnThatFoundNoAdminIsNotForgotten) {
  order_memory m;
  m.hold(one, 0);
  m.give_back(one, 0, now);
  m.forget(now + 1h);
  EXPECT_THAT(m.inventory(), UnorderedElementsAre(one));
}

TEST(OrderMemory, RemembersNoMoreThanItsLimitTheNewestStay) {
  order_memory m{{120s, 2}};
  for (auto id : {one, two, three}) {
    m.hold(id, 0);
    m.finish(id);
    m.acknowledge(id, now);
  }
  m.forget(now);
  EXPECT_EQ(m.remembered(), 2u);
  EXPECT_EQ(m.judge(one, 0), verdict::accept);
  EXPECT_EQ(m.judge(three, 0), verdict::duplicate);
}

} // namespace
} // namespace xxl::executor
