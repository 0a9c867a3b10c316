#include "actors/executor/run_table.hpp"
#include "protocol/limits.hpp"
#include "tests/actors_executor/fakes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xxl::executor {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr boot_time now{1h};

run_ptr make_run(std::int64_t trigger, std::int64_t job = 1, std::chrono::milliseconds timeout = 0ms) {
  auto o = test::make_order(trigger, job);
  o.timeout = timeout;
  return std::make_shared<run>(std::move(o), test::our_session, epoch_id{1}, 1, now);
}

std::vector<std::int64_t> ids(const std::vector<run_ptr>& runs) {
  std::vector<std::int64_t> all;
  for (auto& r : runs) all.push_back(r->task.trigger.value);
  return all;
}

ended_run success(const run_ptr& r) {
  return {r, test::a_fire, trigger_state::succeeded, state_reason::none, {}, false};
}

TEST(RunTable, OneRunOfAJobAtATimeInTheOrderInWhichTheyCame) {
  run_table t{{}};
  auto first = make_run(1), second = make_run(2);
  t.admit(first);
  t.admit(second);
  EXPECT_THAT(ids(t.start(now)), ElementsAre(1));
  EXPECT_THAT(t.start(now), IsEmpty());
  auto e = success(first);
  EXPECT_EQ(t.end(e), run_table::fate::report);
  EXPECT_THAT(ids(t.start(now)), ElementsAre(2));
}

TEST(RunTable, JobsTakeTurnsWithinTheLimitOfRunningRuns) {
  run_table t{{.max_running = 2}};
  auto a = make_run(1, 1);
  t.admit(a);
  t.admit(make_run(2, 1));
  t.admit(make_run(3, 2));
  t.admit(make_run(4, 3));
  EXPECT_THAT(ids(t.start(now)), ElementsAre(1, 3));
  auto e = success(a);
  t.end(e);
  EXPECT_THAT(ids(t.start(now)), ElementsAre(4)) << "job 3 waited before the second run of job 1";
}

TEST(RunTable, AQueueAtItsLimitAdmitsNothingMore) {
  run_table t{{.queue_limit = 2}};
  EXPECT_TRUE(t.admit(make_run(1)));
  EXPECT_TRUE(t.admit(make_run(2)));
  EXPECT_FALSE(t.admit(make_run(3)));
  EXPECT_TRUE(t.admit(make_run(4, 2))) << "another job's queue has room";
  t.start(now);
  EXPECT_TRUE(t.admit(make_run(5))) << "the running one is off the queue";
}

TEST(RunTable, ATimeoutCountsFromTheStartOfTheWork) {
  run_table t{{}};
  auto r = make_run(1, 1, 10s);
  t.admit(r);
  t.start(now);
  EXPECT_EQ(t.due(), now + 10s);
  EXPECT_THAT(t.expire(now + 10s), IsEmpty());
  EXPECT_FALSE(r->cancelled()) << "it has not started";
  r->start(test::a_fire, now + 12s);
  t.expire(now + 20s);
  EXPECT_FALSE(r->cancelled());
  EXPECT_EQ(t.due(), now + 22s);
  t.expire(now + 22s);
  EXPECT_TRUE(r->cancelled());
}

TEST(RunTable, ARunThatEndsWhenCancelledIsTimedOutWhateverItSays) {
  run_table t{{}};
  auto r = make_run(1, 1, 10s);
  t.admit(r);
  t.start(now);
  r->start(test::a_fire, now);
  t.expire(now + 10s);
  auto e = success(r);
  EXPECT_EQ(t.end(e), run_table::fate::report);
  EXPECT_EQ(e.state, trigger_state::timed_out);
  EXPECT_EQ(e.reason, state_reason::deadline);
  EXPECT_FALSE(t.due());
}

TEST(RunTable, ARunThatGoesOnAfterItsTimeoutIsToldOnceAndItsJobWaits) {
  run_table t{{}};
  auto r = make_run(1, 1, 10s);
  t.admit(r);
  t.admit(make_run(2, 1));
  t.start(now);
  r->start(test::a_fire, now);
  EXPECT_THAT(t.expire(now + 10s), IsEmpty());
  auto abandoned = t.expire(now + 10s + 250ms);
  ASSERT_EQ(abandoned.size(), 1u);
  EXPECT_EQ(abandoned[0].what, r);
  EXPECT_FALSE(abandoned[0].killed);
  EXPECT_THAT(t.start(now + 11s), IsEmpty()) << "its thread is still busy";
  auto e = success(r);
  EXPECT_EQ(t.end(e), run_table::fate::told);
  EXPECT_THAT(ids(t.start(now + 12s)), ElementsAre(2));
}

TEST(RunTable, AChildProcessHasUntilItsKillToEnd) {
  run_table t{{}};
  auto r = make_run(1, 1, 10s);
  r->child_process = true;
  t.admit(r);
  t.start(now);
  r->start(test::a_fire, now);
  t.expire(now + 10s);
  EXPECT_EQ(t.due(), now + 15s);
}

TEST(RunTable, ARunWithoutTrustGoesBackAndItsJobGoesOn) {
  run_table t{{}};
  auto r = make_run(1);
  t.admit(r);
  t.admit(make_run(2));
  t.start(now);
  auto e = success(r);
  e.returned = true;
  EXPECT_EQ(t.end(e), run_table::fate::give_back);
  EXPECT_EQ(t.queued(), 1u);
  EXPECT_THAT(ids(t.start(now)), ElementsAre(2));
}

TEST(RunTable, WhatWaitsCanBeTakenOffAndTheRunningStays) {
  run_table t{{}};
  auto r = make_run(1, 1);
  t.admit(r);
  t.start(now);
  t.admit(make_run(2, 1));
  t.admit(make_run(3, 2));
  EXPECT_THAT(ids(t.take_queued()), ::testing::UnorderedElementsAre(2, 3));
  EXPECT_THAT(t.start(now), IsEmpty());
  EXPECT_EQ(t.queued(), 0u);
  EXPECT_EQ(t.running(), 1u);
  t.admit(make_run(4, 2));
  EXPECT_THAT(ids(t.start(now)), ElementsAre(4));
}

TEST(RunTable, OpenRunsAreReportedOncePerState) {
  run_table t{{}};
  auto r = make_run(1);
  t.admit(r);
  t.admit(make_run(2));
  EXPECT_THAT(t.report_open(now), IsEmpty()) << "accepted only now";
  t.start(now);
  auto sent = t.report_open(now + 1ms);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].state, trigger_state::sent);
  r->start(test::a_fire, now);
  auto running = t.report_open(now + 1ms);
  ASSERT_EQ(running.size(), 1u);
  EXPECT_EQ(running[0].state, trigger_state::running);
  EXPECT_EQ(running[0].started, test::a_fire);
  EXPECT_THAT(t.report_open(now + 1ms), IsEmpty());
}

TEST(OutcomeOf, TheMessageIsTextWithinItsLimit) {
  auto message_of = [](std::string_view said) {
    return outcome_of(*make_run(1), test::a_fire, trigger_state::failed, state_reason::handler_error, said).message;
  };
  EXPECT_EQ(message_of({"a\0b\xFF", 4}), "ab\xEF\xBF\xBD");
  auto cut = message_of(std::string(limits::message_bytes + 1, 'x'));
  EXPECT_EQ(cut.size(), limits::message_bytes);
  EXPECT_THAT(cut, ::testing::EndsWith("x … (cut)"));
}

TEST(RunTable, AKilledRunThatWaitsIsOffTheTable) {
  run_table t{{}};
  t.admit(make_run(1));
  t.admit(make_run(2));
  EXPECT_EQ(ids({t.kill({1}, {2}, now)}), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(ids({t.kill({1}, {1}, now)}), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(t.queued(), 0u);
  EXPECT_THAT(t.start(now), IsEmpty());
  t.admit(make_run(3));
  EXPECT_THAT(ids(t.start(now)), ElementsAre(3)) << "the job goes on";
}

TEST(RunTable, AKilledRunThatRunsIsCancelledAndItsEndIsKilledWhateverItSays) {
  run_table t{{}};
  auto r = make_run(1);
  t.admit(r);
  t.start(now);
  r->start(test::a_fire, now);
  EXPECT_EQ(t.kill({1}, {1}, now), nullptr);
  EXPECT_TRUE(r->cancelled());
  auto e = success(r);
  EXPECT_EQ(t.end(e), run_table::fate::report);
  EXPECT_EQ(e.state, trigger_state::killed);
  EXPECT_EQ(e.message, "killed while it ran");
}

TEST(RunTable, AKilledRunThatHadNotBegunYetIsReportedNotGivenBack) {
  run_table t{{}};
  auto r = make_run(1);
  t.admit(r);
  t.start(now);
  t.kill({1}, {1}, now);
  auto e = success(r);
  e.returned = true; // the recorder saw that it was cancelled
  EXPECT_EQ(t.end(e), run_table::fate::report);
  EXPECT_EQ(e.state, trigger_state::killed);
  EXPECT_EQ(e.message, "killed before it started");
}

TEST(RunTable, AKilledRunThatGoesOnIsToldAndItsJobWaits) {
  run_table t{{.handler_grace = 250ms}};
  auto r = make_run(1, 1, 10s);
  t.admit(r);
  t.admit(make_run(2));
  t.start(now);
  r->start(test::a_fire, now);
  t.kill({1}, {1}, now);
  EXPECT_THAT(t.expire(now + 249ms), IsEmpty());
  auto abandoned = t.expire(now + 250ms);
  ASSERT_EQ(abandoned.size(), 1u);
  EXPECT_TRUE(abandoned[0].killed);
  EXPECT_THAT(t.start(now + 1s), IsEmpty());
  auto e = success(r);
  EXPECT_EQ(t.end(e), run_table::fate::told);
  EXPECT_THAT(ids(t.start(now + 2s)), ElementsAre(2));
}

TEST(RunTable, AKillOfWhatIsNotHereChangesNothing) {
  run_table t{{}};
  auto r = make_run(1);
  t.admit(r);
  t.start(now);
  EXPECT_EQ(t.kill({1}, {2}, now), nullptr);
  EXPECT_EQ(t.kill({2}, {1}, now), nullptr);
  EXPECT_FALSE(r->cancelled());
}

} // namespace
} // namespace xxl::executor
