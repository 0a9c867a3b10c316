#include "actors/admin/time_ring.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class TimeRingTest : public SchedulerTest {
protected:
  std::vector<due_batch> batches;
  std::vector<instant> handed_at;
  std::vector<group_wanted> wanted;
  router_actor router = play<router_actor>([this](due_batch& b) {
    batches.push_back(std::move(b));
    handed_at.push_back(clock.now());
  });
  reign_actor reign = play<reign_actor>(keep(wanted));
  clock_watch_ptr wall = std::make_shared<clock_watch>(clock);
  ring_actor ring = start();
  instant begin = clock.now();

  ring_actor start() {
    time_ring_config settings;
    settings.epoch = epoch;
    settings.leads = leads;
    settings.wall = wall;
    settings.time = borrowed(clock);
    settings.stats = stats;
    settings.reign = reign;
    return watch_over(spawn_time_ring(sys, std::move(settings), false));
  }
  std::size_t plan(std::vector<planned_fire> fires) {
    auto taken = ask<page_taken>(ring, plan_page{std::move(fires), {}});
    return taken ? taken->entries : 0;
  }
  void give_router(group_id group = {1}) {
    self->send(ring, group_router{group, router});
    settle();
  }
  void answer(std::int64_t job, placement what, std::optional<instant> next = {}) {
    batch_done done;
    done.group = {1};
    done.fires.push_back({job_id{job}, what, next});
    self->send(ring, std::move(done));
    settle();
  }
};

TEST_F(TimeRingTest, AsksOnceForTheRouterOfAGroupAndHoldsItsFires) {
  EXPECT_EQ(plan({{make_job(1), begin}}), 1u);
  plan({{make_job(2), begin}});
  ASSERT_THAT(wanted, SizeIs(1));
  EXPECT_EQ(wanted[0].group, group_id{1});
  EXPECT_THAT(batches, IsEmpty());
  give_router();
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_THAT(batches[0].fires, SizeIs(2));
}

TEST_F(TimeRingTest, ItsAlarmRingsWhenTheClaimIsDue) {
  give_router();
  plan({{make_job(1), begin + 1s}});
  advance(2s);
  ASSERT_THAT(handed_at, SizeIs(1));
  EXPECT_EQ(handed_at[0], begin + 900ms);
}

TEST_F(TimeRingTest, AnEarlierFireMovesTheAlarm) {
  give_router();
  plan({{make_job(1), begin + 1s}});
  plan({{make_job(2), begin + 500ms}});
  advance(2s);
  ASSERT_THAT(handed_at, SizeIs(2));
  EXPECT_EQ(handed_at[0], begin + 400ms);
  EXPECT_EQ(handed_at[1], begin + 900ms);
}

TEST_F(TimeRingTest, AClaimedJobFiresAgainWithoutBeingRead) {
  give_router();
  plan({{make_job(1), begin + 1s}});
  advance(900ms);
  answer(1, placement::taken, begin + 2s);
  advance(1s);
  ASSERT_THAT(handed_at, SizeIs(2));
  EXPECT_EQ(handed_at[1], begin + 1'900ms);
  EXPECT_EQ(batches[1].fires[0].expect, begin + 2s);
}

TEST_F(TimeRingTest, AClockSetBackFiresAtTheNewTime) {
  give_router();
  plan({{make_job(1), begin + 1s}});
  clock.step(-500ms);
  advance(2s);
  ASSERT_THAT(handed_at, SizeIs(1));
  EXPECT_EQ(handed_at[0], begin + 900ms);
}

TEST_F(TimeRingTest, WithoutTrustNothingIsHandedOut) {
  give_router();
  plan({{make_job(1), begin + 1s}});
  leads->resign(epoch);
  advance(10s);
  plan({{make_job(2), begin}});
  EXPECT_THAT(batches, IsEmpty());
}

TEST_F(TimeRingTest, WithoutTrustItSetsNoAlarm) {
  give_router();
  plan({{make_job(1), begin + 1s}});
  leads->resign(epoch);
  advance(1s);
  EXPECT_TRUE(sched.clock().schedule().empty()) << "what is due would ring it for ever";
}

TEST_F(TimeRingTest, AFireOnTimeIsFiredWithItsNext) {
  give_router();
  plan({{make_job(1), begin}});
  ASSERT_THAT(batches, SizeIs(1));
  auto& d = batches[0].fires[0].decision;
  EXPECT_EQ(d.fire, begin);
  EXPECT_EQ(d.next, begin + 1s);
  EXPECT_FALSE(d.gap);
}

TEST_F(TimeRingTest, LateFiresAreDecidedByTheMisfirePolicy) {
  give_router();
  plan({{make_job(1), begin - 20s}, {make_job(2, {.misfire = misfire_policy::fire_once}), begin - 20s}});
  ASSERT_THAT(batches, SizeIs(1));
  ASSERT_THAT(batches[0].fires, SizeIs(2));
  for (auto& due : batches[0].fires) {
    EXPECT_EQ(due.expect, begin - 20s) << "the compare-and-set names what is stored";
    auto& d = due.decision;
    ASSERT_TRUE(d.gap);
    if (due.job->id == job_id{1}) {
      EXPECT_FALSE(d.fire);
      EXPECT_EQ(d.gap->fires, 15) << "those later than 5 s: T-20 to T-6";
    } else {
      EXPECT_EQ(d.fire, begin - 6s);
      EXPECT_EQ(d.gap->fires, 14);
    }
    EXPECT_EQ(d.next, begin - 5s);
  }
}

TEST_F(TimeRingTest, AFullGroupGoesOnWhenItHasRoom) {
  give_router();
  plan({{make_job(1), begin}});
  answer(1, placement::no_room);
  ASSERT_THAT(batches, SizeIs(1));
  self->send(ring, group_has_room{{1}});
  settle();
  EXPECT_THAT(batches, SizeIs(2));
}

TEST_F(TimeRingTest, AClockThatWasSetClaimsNothingUntilItIsMeasured) {
  give_router();
  wall->measured(0ms);
  plan({{make_job(1), begin + 1s}});
  clock.step(10min);
  advance(5s);
  EXPECT_THAT(batches, IsEmpty()) << "ten minutes of fires would have been passed over";
  clock.step(-10min);
  advance(100ms);
  EXPECT_THAT(batches, SizeIs(1)) << "it is back where it was measured";
}

TEST_F(TimeRingTest, AStepThatWasMeasuredCountsFromThenOn) {
  give_router();
  wall->measured(0ms);
  plan({{make_job(1), begin + 1s}});
  clock.step(400ms);
  advance(300ms);
  EXPECT_THAT(batches, IsEmpty());
  wall->measured(400ms);
  advance(250ms);
  EXPECT_THAT(batches, SizeIs(1)) << "900 ms of the new clock have passed";
}

} // namespace
} // namespace xxl::admin::test
