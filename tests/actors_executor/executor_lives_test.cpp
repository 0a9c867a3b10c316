#include "tests/actors_executor/executor_node_fixture.hpp"

#include <gmock/gmock.h>

namespace xxl::executor::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(ExecutorNodeTest, AnEarlierLifesStartsAreToldToTheLeaderUntilItIsSettled) {
  auto c = config();
  c.earlier_starts = {{{9}, {{1}, {2}}}};
  begin(std::move(c));
  EXPECT_THAT(one->hellos.at(0).lives, ElementsAre(session_id{9}));
  EXPECT_THAT(one->lives, IsEmpty()) << "nobody leads yet";
  lead(one, {5});
  ASSERT_THAT(one->lives, SizeIs(1));
  EXPECT_EQ(one->lives[0].life, session_id{9});
  EXPECT_EQ(one->lives[0].epoch, epoch_id{5});
  EXPECT_THAT(one->lives[0].started, ElementsAre(trigger_id{1}, trigger_id{2}));
  EXPECT_TRUE(one->lives[0].last);
  EXPECT_THAT(two->lives, IsEmpty());
  lead(two, {6});
  EXPECT_THAT(two->lives, SizeIs(1)) << "the next leader is told again";
  self->send(two->executors.back(), settled_atom_v, session_id{9});
  settle();
  EXPECT_THAT(told->over, ElementsAre(session_id{9}));
  lead(one, {7});
  EXPECT_THAT(one->lives, SizeIs(1)) << "it is settled";
}

TEST_F(ExecutorNodeTest, ResultsOfAnEarlierLifeAreAcknowledgedBeforeItsStartsAreTold) {
  one->acknowledge = false;
  auto c = config();
  c.earlier_results = {{{9}, {make_outcome(1)}}};
  c.earlier_starts = {{{9}, {{1}, {2}}}};
  begin(std::move(c));
  lead(one, {5});
  advance(10ms);
  ASSERT_THAT(one->callbacks, SizeIs(1));
  EXPECT_THAT(one->lives, IsEmpty());
  self->send(one->executors.back(), ack_atom_v, one->callbacks[0].number);
  settle();
  EXPECT_THAT(one->lives, SizeIs(1));
}

} // namespace
} // namespace xxl::executor::test
