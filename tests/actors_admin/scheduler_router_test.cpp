#include "actors/admin/router.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr session_id ann{11}, bob{12};

class RouterTest : public SchedulerTest {
protected:
  std::vector<claim_work> claims;
  std::vector<complete_work> verdicts;
  std::vector<batch_done> answers;
  std::vector<group_has_room> rooms;
  ledger_actor ledger = play<ledger_actor>(keep(claims), keep(verdicts));
  ring_actor ring = play<ring_actor>(keep(answers), keep(rooms));
  link_actor link = play<link_actor>([](const claimed_orders&) { return std::uint64_t{1}; });
  router_actor router = start();

  router_actor start(std::size_t link_room = 10'000) {
    router_config settings;
    settings.epoch = epoch;
    settings.group = {1};
    settings.time = borrowed(clock);
    settings.stats = stats;
    settings.ring = ring;
    settings.ledger = ledger;
    settings.link_room = link_room;
    return watch_over(spawn_router(sys, std::move(settings)));
  }
  void join(session_id session, const char* name) { tell(candidate{{1}, session, name, link}); }
  template <class T> void tell(T message) {
    self->send(router, std::move(message));
    settle();
  }
  /// `n` fires of jobs from `first_job` on.
  void fires(std::int64_t first_job, std::int64_t n = 1, job_options options = {}) {
    due_batch batch;
    for (std::int64_t i = 0; i < n; ++i) batch.fires.push_back(make_due(make_job(first_job + i, options), clock.now()));
    tell(std::move(batch));
  }
  void waits(waiting_trigger row) {
    due_batch batch;
    batch.waiting.push_back(std::move(row));
    tell(std::move(batch));
  }
  /// As the read-ahead's passes show it: now, and every 500 ms for that long.
  void waits_for(const waiting_trigger& row, std::chrono::milliseconds d) {
    waits(row);
    for (auto passed = 0ms; passed < d; passed += 500ms) {
      advance(500ms);
      waits(row);
    }
  }
  waiting_trigger row(std::int64_t trigger) { return make_waiting(trigger, make_job(1), clock.now()); }
  void answer(std::int64_t job, placement what) {
    batch_done done;
    done.group = {1};
    done.fires.push_back({job_id{job}, what, std::nullopt, false});
    tell(std::move(done));
  }
};

TEST_F(RouterTest, ATickIsOneClaim) {
  join(ann, "ann");
  fires(1, 500);
  ASSERT_THAT(claims, SizeIs(1));
  EXPECT_THAT(claims[0].fires, SizeIs(500));
  EXPECT_EQ(claims[0].epoch, epoch);
  EXPECT_EQ(claims[0].group, group_id{1});
  EXPECT_EQ(claims[0].router, router);
}

TEST_F(RouterTest, AClaimNamesTheLinksOfItsSessions) {
  join(bob, "bob");
  join(ann, "ann");
  fires(1, 1, {.route = route_strategy::first});
  ASSERT_THAT(claims, SizeIs(1));
  EXPECT_EQ(claims[0].fires[0].session, ann) << "candidates are sorted by name";
  ASSERT_THAT(claims[0].links, SizeIs(1));
  EXPECT_EQ(claims[0].links[0].first, ann);
  EXPECT_EQ(claims[0].links[0].second, link);
}

TEST_F(RouterTest, AFireWithoutACandidateIsClaimedWithoutASession) {
  fires(1);
  ASSERT_THAT(claims, SizeIs(1));
  EXPECT_FALSE(claims[0].fires[0].session);
  EXPECT_THAT(claims[0].links, IsEmpty());
}

TEST_F(RouterTest, AGapAloneNeedsNoExecutor) {
  join(ann, "ann");
  auto gap = make_due(make_job(1), clock.now());
  gap.decision.fire.reset();
  due_batch batch;
  batch.fires.push_back(gap);
  tell(std::move(batch));
  ASSERT_THAT(claims, SizeIs(1));
  EXPECT_FALSE(claims[0].fires[0].session);
}

TEST_F(RouterTest, ARowWithoutACandidateGoesBackToTheTable) {
  waits(row(7));
  EXPECT_THAT(claims, IsEmpty());
  EXPECT_THAT(verdicts, IsEmpty());
  ASSERT_THAT(answers, SizeIs(1));
  ASSERT_THAT(answers[0].waiting, SizeIs(1));
  EXPECT_EQ(answers[0].waiting[0].trigger, trigger_id{7});
  EXPECT_EQ(answers[0].waiting[0].what, placement::not_taken) << "it takes no room in the ring, which reads it again";
}

TEST_F(RouterTest, ARowWithoutACandidateFailsAfterTheDispatchTimeout) {
  waits_for(row(7), 9'500ms);
  EXPECT_THAT(verdicts, IsEmpty());
  waits_for(row(7), 500ms);
  ASSERT_THAT(verdicts, SizeIs(1));
  EXPECT_EQ(verdicts[0].epoch, epoch) << "a leader's verdict carries the fence";
  ASSERT_THAT(verdicts[0].rows, SizeIs(1));
  auto& verdict = verdicts[0].rows[0];
  EXPECT_EQ(verdict.trigger, trigger_id{7});
  EXPECT_FALSE(verdict.session);
  EXPECT_EQ(verdict.state, trigger_state::failed);
  EXPECT_EQ(verdict.reason, state_reason::no_executor);
  EXPECT_EQ(verdict.message, "no live executor in group group1 within 10000 ms");
  EXPECT_EQ(answers.back().waiting[0].what, placement::not_taken);
  EXPECT_EQ(stat("router.no_executor"), 1);
}

TEST_F(RouterTest, TheDispatchTimeoutCountsForEachRowAlone) {
  waits_for(row(7), 5s);
  for (auto looks = 0; looks < 10; ++looks) {
    advance(500ms);
    waits(row(7));
    waits(row(8));
  }
  ASSERT_THAT(verdicts, SizeIs(1));
  ASSERT_THAT(verdicts[0].rows, SizeIs(1));
  EXPECT_EQ(verdicts[0].rows[0].trigger, trigger_id{7});
}

TEST_F(RouterTest, APauseDoesNotCountAgainstARowsDispatchTimeout) {
  waits_for(row(7), 5s);
  advance(30s); // paused: no pass shows it
  waits_for(row(7), 2'500ms);
  EXPECT_THAT(verdicts, IsEmpty());
  waits_for(row(7), 500ms);
  EXPECT_THAT(verdicts, SizeIs(1));
}

TEST_F(RouterTest, AnExecutorEndsTheWaitForOne) {
  waits_for(row(7), 9'500ms);
  join(ann, "ann");
  tell(candidate_left{ann, {}});
  waits_for(row(7), 9'500ms);
  EXPECT_THAT(verdicts, IsEmpty());
}

TEST_F(RouterTest, AKilledRowEndsUnsent) {
  join(ann, "ann");
  auto killed = row(7);
  killed.row.kill = true;
  waits(killed);
  EXPECT_THAT(claims, IsEmpty());
  ASSERT_THAT(verdicts, SizeIs(1));
  EXPECT_EQ(verdicts[0].rows[0].state, trigger_state::killed);
}

TEST_F(RouterTest, ARowPastItsJobsMisfireDeadlineIsMissed) {
  join(ann, "ann");
  auto late = make_waiting(7, make_job(1, {.misfire_deadline = 1min}), clock.now() - 1min);
  waits(late);
  EXPECT_THAT(claims, SizeIs(1)) << "as late as the deadline is not later";
  late.row.fire -= 1ms;
  waits(late);
  ASSERT_THAT(verdicts, SizeIs(1));
  EXPECT_EQ(verdicts[0].rows[0].state, trigger_state::missed);
  EXPECT_EQ(verdicts[0].rows[0].reason, state_reason::misfire);
  late.row.planned = clock.now();
  waits(late);
  EXPECT_THAT(claims, SizeIs(2)) << "lateness counts from the planned instant";
}

TEST_F(RouterTest, TheMisfireDeadlineIsForFirstAttemptsOfTheSchedule) {
  join(ann, "ann");
  auto late = make_waiting(7, make_job(1, {.misfire_deadline = 1min}), clock.now() - 1h);
  late.row.attempt = 2;
  waits(late);
  late.row.attempt = 1;
  late.row.origin = "m7";
  waits(late);
  EXPECT_THAT(claims, SizeIs(2));
  EXPECT_THAT(verdicts, IsEmpty());
}

TEST_F(RouterTest, ARowOfADeletedJobIsDiscarded) {
  join(ann, "ann");
  auto deleted = row(7);
  deleted.row.deleted = true;
  waits(deleted);
  EXPECT_THAT(claims, IsEmpty());
  ASSERT_THAT(verdicts, SizeIs(1));
  EXPECT_EQ(verdicts[0].rows[0].state, trigger_state::discarded);
  EXPECT_EQ(verdicts[0].rows[0].reason, state_reason::deleted);
}

TEST_F(RouterTest, AFullLinkGetsNothingUntilOrdersLeft) {
  end(router);
  router = start(2);
  join(ann, "ann");
  fires(1, 3);
  ASSERT_THAT(claims, SizeIs(1));
  EXPECT_THAT(claims[0].fires, SizeIs(2));
  ASSERT_THAT(answers, SizeIs(1));
  ASSERT_THAT(answers[0].fires, SizeIs(1));
  EXPECT_EQ(answers[0].fires[0].what, placement::no_room);
  tell(orders_left{{1}, ann, 1});
  ASSERT_THAT(rooms, SizeIs(1));
  fires(3);
  fires(4);
  EXPECT_THAT(claims, SizeIs(2)) << "room for one was taken for two";
}

TEST_F(RouterTest, TheRingHearsOfRoomOnlyAfterItWasFull) {
  join(ann, "ann");
  fires(1);
  tell(orders_left{{1}, ann, 1});
  EXPECT_THAT(rooms, IsEmpty());
}

TEST_F(RouterTest, WhatWasNotTakenGivesItsRoomBack) {
  end(router);
  router = start(1);
  join(ann, "ann");
  fires(1);
  fires(2);
  ASSERT_THAT(claims, SizeIs(1));
  answer(1, placement::not_taken);
  EXPECT_THAT(rooms, SizeIs(1)) << "nothing is in the link's queue: nobody else would ever tell the ring";
  fires(2);
  EXPECT_THAT(claims, SizeIs(2));
}

TEST_F(RouterTest, WhatWasTakenKeepsItsRoomUntilItLeft) {
  end(router);
  router = start(1);
  join(ann, "ann");
  fires(1);
  answer(1, placement::taken);
  fires(2);
  EXPECT_THAT(claims, SizeIs(1));
}

TEST_F(RouterTest, MoreOrdersLeftThanWereClaimedMakeNoMoreRoom) {
  end(router);
  router = start(1);
  join(ann, "ann");
  tell(orders_left{{1}, ann, 50}); // sent again at a takeover
  fires(1);
  fires(2);
  EXPECT_THAT(claims, SizeIs(1));
}

TEST_F(RouterTest, TheRingGetsTheLedgersAnswers) {
  join(ann, "ann");
  fires(1);
  answer(1, placement::taken);
  ASSERT_THAT(answers, SizeIs(1));
  EXPECT_EQ(answers[0].fires[0].job, job_id{1});
}

TEST_F(RouterTest, WhoLeftGetsNothingMore) {
  join(ann, "ann");
  join(bob, "bob");
  tell(candidate_left{ann, {}});
  fires(1, 3, {.route = route_strategy::first});
  ASSERT_THAT(claims, SizeIs(1));
  for (auto& f : claims[0].fires) EXPECT_EQ(f.session, bob);
}

TEST_F(RouterTest, WhoIsAboutToBeEndedGetsNothingMore) {
  join(ann, "ann");
  auto stopped = ask<bool>(router, stop_routing{ann});
  ASSERT_TRUE(stopped);
  fires(1);
  ASSERT_THAT(claims, SizeIs(1));
  EXPECT_FALSE(claims[0].fires[0].session);
}

TEST_F(RouterTest, ARowWithoutACandidateFollowsItsJobsRetryRule) {
  auto job = std::make_shared<armed_job>(*make_job(1));
  job->spec.retry.retries = 1;
  waits_for(make_waiting(7, job, clock.now()), 10s);
  ASSERT_THAT(verdicts, SizeIs(1));
  EXPECT_THAT(verdicts[0].retries, ElementsAre(0));
}

TEST_F(RouterTest, WhenTheLastLeavesTheFullRingGoesOn) {
  end(router);
  router = start(1);
  join(ann, "ann");
  fires(1, 2);
  tell(candidate_left{ann, {}});
  EXPECT_THAT(rooms, SizeIs(1));
  fires(2);
  ASSERT_THAT(claims, SizeIs(2));
  EXPECT_FALSE(claims[1].fires[0].session);
}

TEST_F(RouterTest, ASessionThatComesBackIsOneCandidate) {
  join(ann, "ann");
  join(ann, "ann");
  tell(candidate_left{ann, {}});
  fires(1);
  ASSERT_THAT(claims, SizeIs(1));
  EXPECT_FALSE(claims[0].fires[0].session);
}

} // namespace
} // namespace xxl::admin::test
