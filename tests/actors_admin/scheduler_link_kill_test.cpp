#include "tests/actors_admin/scheduler_link_fixture.hpp"

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LinkKillTest : public LinkTest {
protected:
  order due_in(std::int64_t trigger, std::chrono::milliseconds wait) { return make_order(trigger, clock.now() + wait); }
  std::vector<std::int64_t> told() const {
    std::vector<std::int64_t> ids;
    for (auto& b : kills)
      for (auto& o : b.orders) ids.push_back(o.trigger.value);
    return ids;
  }
};

TEST_F(LinkKillTest, WhatNeverLeftEndsHereAndIsNotSent) {
  ready();
  claimed({due_in(1, 1s), due_in(2, 1s)});
  tell(marked({1}));
  ASSERT_THAT(verdicts, SizeIs(1));
  EXPECT_EQ(verdicts[0].epoch, epoch);
  EXPECT_EQ(verdicts[0].rows[0].trigger, trigger_id{1});
  EXPECT_EQ(verdicts[0].rows[0].session, ann);
  EXPECT_EQ(verdicts[0].rows[0].state, trigger_state::killed);
  EXPECT_THAT(told(), IsEmpty());
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left[0].orders, 1u) << "the router has the room back";
  advance(2s);
  EXPECT_THAT(sent(), ElementsAre(ElementsAre(2)));
}

TEST_F(LinkKillTest, WhatLeftIsTheExecutorsToEndAndToldOnce) {
  ready();
  claimed({due_in(1, 0ms)});
  tell(marked({1}));
  tell(marked({1}));
  EXPECT_THAT(told(), ElementsAre(1));
  EXPECT_EQ(kills[0].session, ann);
  EXPECT_THAT(verdicts, IsEmpty());
  tell(marked({}));
  tell(marked({1}));
  EXPECT_THAT(told(), ElementsAre(1, 1)) << "it was not marked meanwhile";
}

TEST_F(LinkKillTest, WhatTheInventoryLacksIsTheExecutorsTooAndNotSentAgain) {
  open = {row(5)};
  open[0].kill = true;
  ready();
  EXPECT_THAT(batches, IsEmpty());
  tell(marked({5}));
  EXPECT_THAT(told(), ElementsAre(5));
}

TEST_F(LinkKillTest, TheNextReignTellsItAgain) {
  ready();
  tell(marked({1}));
  leads->begin(later_epoch, clock.boot() + 1h);
  begin(later_epoch);
  tell(marked({1}, later_epoch));
  EXPECT_THAT(told(), ElementsAre(1)) << "before the inventory nobody knows what is in the queue";
  holds({}, true, later_epoch);
  tell(marked({1}, later_epoch));
  EXPECT_THAT(told(), ElementsAre(1, 1));
}

} // namespace
} // namespace xxl::admin::test
