#include "actors/admin/claim_plan.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr instant noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + 12h};
constexpr instant claimed_at = noon - 100ms;
constexpr session_id session{11};

/// A claim of group 1 with one id after the other.
struct claim {
  claim_work work{{101}, {1}, {}, {}, {}, {}};
  std::int64_t next_id = 501;

  claim& fires(due_fire due, session_id to = session) {
    work.fires.push_back({std::move(due), to});
    return *this;
  }
  claim& waits(waiting_trigger row) {
    work.waiting.push_back({std::move(row), session});
    return *this;
  }
  claim_plan plan() {
    return plan_claim(
        work, [this] { return trigger_id{next_id++}; }, claimed_at);
  }
};

due_fire gap_only(std::int64_t job) {
  schedule::decision d;
  d.next = noon + 1s;
  d.gap = {noon - 9s, noon - 6s, 4};
  return {make_job(job), noon - 9s, d};
}

storage::claim_answer claimed(std::vector<trigger_id> ids, std::vector<job_id> skipped = {}) {
  return {storage::fence::ours, std::move(ids), std::move(skipped)};
}

TEST(ClaimPlan, AFireAdvancesItsJobAndMakesOneRow) {
  claim c;
  auto due = make_due(make_job(1, {.version = 3}), noon);
  due.decision.awaits_end = true;
  due.decision.next.reset();
  auto plan = c.fires(due).plan();
  ASSERT_THAT(plan.fires.jobs, SizeIs(1));
  auto& a = plan.fires.jobs[0];
  EXPECT_EQ(a.job, job_id{1});
  EXPECT_EQ(a.expect, noon);
  EXPECT_EQ(a.version, 3);
  EXPECT_EQ(a.fire, noon);
  EXPECT_EQ(a.next, std::nullopt);
  EXPECT_TRUE(a.awaits_end);
  EXPECT_FALSE(a.gap);
  ASSERT_THAT(plan.fires.triggers, SizeIs(1));
  auto& t = plan.fires.triggers[0];
  EXPECT_EQ(t.trigger, trigger_id{501});
  EXPECT_EQ(t.session, session);
  EXPECT_EQ(t.due, std::nullopt);
}

TEST(ClaimPlan, ARowIsPlannedForItsFireTimeAndItsJitter) {
  schedule_spec jittery = every_schedule{1h, std::nullopt};
  jittery.jitter = 30min;
  auto job = make_job(1, {.schedule = jittery});
  ASSERT_GT(job->planned(noon), noon);
  claim c;
  auto plan = c.fires(make_due(job, noon)).fires(make_due(make_job(2), noon)).plan();
  ASSERT_THAT(plan.fires.triggers, SizeIs(2));
  EXPECT_EQ(plan.fires.triggers[0].planned, job->planned(noon));
  EXPECT_EQ(plan.fires.triggers[1].planned, std::nullopt) << "rare means absent";
  auto result = read_answers(c.work, plan, claimed({{501}, {502}}), {});
  EXPECT_EQ(result.orders.at(session)[0].planned, job->planned(noon));
  EXPECT_EQ(result.orders.at(session)[0].fire, noon);
}

TEST(ClaimPlan, WithoutAnExecutorTheRowWaitsAndSaysWhy) {
  claim c;
  auto plan = c.fires(make_due(make_job(1), noon), session_id{}).plan();
  ASSERT_THAT(plan.fires.triggers, SizeIs(1));
  EXPECT_EQ(plan.fires.triggers[0].due, claimed_at);
  EXPECT_EQ(plan.fires.triggers[0].reason, state_reason::no_executor);
  EXPECT_FALSE(plan.fires.triggers[0].session);
}

TEST(ClaimPlan, AGapAloneMakesNoRow) {
  claim c;
  auto plan = c.fires(gap_only(1), session_id{}).plan();
  EXPECT_THAT(plan.fires.triggers, IsEmpty());
  ASSERT_THAT(plan.fires.jobs, SizeIs(1));
  ASSERT_TRUE(plan.fires.jobs[0].gap);
  EXPECT_EQ(plan.fires.jobs[0].gap->from, noon - 9s);
  EXPECT_EQ(plan.fires.jobs[0].gap->to, noon - 6s);
  EXPECT_EQ(plan.fires.jobs[0].gap->fires, 4);
  EXPECT_EQ(plan.fires.jobs[0].gap->reason, state_reason::misfire);
}

TEST(ClaimPlan, AWaitingRowIsClaimedUnderTheCountItWasReadWith) {
  claim c;
  auto row = make_waiting(7, make_job(1), noon);
  row.row.handed = 2;
  auto plan = c.waits(row).plan();
  ASSERT_THAT(plan.waiting, SizeIs(1));
  EXPECT_EQ(plan.waiting[0].trigger, trigger_id{7});
  EXPECT_EQ(plan.waiting[0].session, session);
  EXPECT_EQ(plan.waiting[0].handed, 2);
}

TEST(ClaimAnswer, OnlyClaimedIdsBecomeOrders) {
  claim c;
  for (std::int64_t job : {1, 2, 3}) c.fires(make_due(make_job(job), noon));
  auto plan = c.plan();
  auto result = read_answers(c.work, plan, claimed({{501}, {503}}), {});
  EXPECT_THAT(ids_of(result.orders[session]), ElementsAre(501, 503));
  ASSERT_THAT(result.done.fires, SizeIs(3));
  EXPECT_EQ(result.done.fires[0].what, placement::taken);
  EXPECT_EQ(result.done.fires[0].next, noon + 1s);
  EXPECT_EQ(result.done.fires[1].what, placement::not_taken);
  EXPECT_EQ(result.done.fires[1].next, std::nullopt) << "a plan that was not stored";
}

TEST(ClaimAnswer, AGapBetweenFiresDoesNotShiftTheIds) {
  claim c;
  c.fires(make_due(make_job(1), noon)).fires(gap_only(2), {}).fires(make_due(make_job(3), noon));
  auto plan = c.plan();
  auto result = read_answers(c.work, plan, claimed({{502}}, {job_id{2}}), {});
  EXPECT_EQ(result.done.fires[0].what, placement::not_taken);
  EXPECT_EQ(result.done.fires[1].what, placement::taken);
  EXPECT_EQ(result.done.fires[2].what, placement::taken);
  ASSERT_THAT(result.orders[session], SizeIs(1));
  EXPECT_EQ(result.orders[session][0].job, job_id{3});
}

TEST(ClaimAnswer, AnOrderHasWhatItsRowAndItsSpecificationSay) {
  claim c;
  c.fires(make_due(make_job(1, {.version = 3}), noon));
  auto plan = c.plan();
  auto result = read_answers(c.work, plan, claimed({{501}}), {});
  ASSERT_THAT(result.orders[session], SizeIs(1));
  auto& o = result.orders[session][0];
  EXPECT_EQ(o.version, 3);
  EXPECT_EQ(o.job_name, "group1/job1");
  EXPECT_EQ(o.fire, noon);
  EXPECT_EQ(o.planned, noon);
  EXPECT_EQ(o.params, "own params");
  EXPECT_EQ(o.attempt, 1);
  EXPECT_EQ(o.cause, trigger_cause::schedule);
  EXPECT_FALSE(o.follows);
}

TEST(ClaimAnswer, AFireAfterAGapIsAMisfire) {
  claim c;
  auto late = make_due(make_job(1), noon - 6s);
  late.decision.gap = {noon - 9s, noon - 7s, 3};
  auto plan = c.fires(late).plan();
  auto result = read_answers(c.work, plan, claimed({{501}}), {});
  ASSERT_THAT(result.orders[session], SizeIs(1));
  EXPECT_EQ(result.orders[session][0].cause, trigger_cause::misfire);
  EXPECT_EQ(result.orders[session][0].fire, noon - 6s);
}

TEST(ClaimAnswer, ARowWithoutAnExecutorIsTakenButNobodysOrder) {
  claim c;
  c.fires(make_due(make_job(1), noon), session_id{});
  auto plan = c.plan();
  auto result = read_answers(c.work, plan, claimed({{501}}), {});
  EXPECT_EQ(result.done.fires[0].what, placement::taken);
  EXPECT_THAT(result.orders, IsEmpty());
}

TEST(ClaimAnswer, AWaitingRowKeepsItsOwnKey) {
  claim c;
  auto row = make_waiting(7, make_job(1), noon);
  row.row.fire = noon - 1h;
  row.row.planned = noon - 1min;
  row.row.origin = "m7";
  row.row.attempt = 2;
  row.row.handed = 1;
  row.row.cause = trigger_cause::manual;
  row.row.params = "by hand";
  c.waits(row).waits(make_waiting(8, make_job(1), noon));
  auto plan = c.plan();
  auto result = read_answers(c.work, plan, {}, claimed({{7}}));
  EXPECT_EQ(result.done.waiting[0].what, placement::taken);
  EXPECT_EQ(result.done.waiting[1].what, placement::not_taken);
  ASSERT_THAT(result.orders[session], SizeIs(1));
  auto& o = result.orders[session][0];
  EXPECT_EQ(o.fire, noon - 1h);
  EXPECT_EQ(o.planned, noon - 1min);
  EXPECT_EQ(o.origin, "m7");
  EXPECT_EQ(o.attempt, 2);
  EXPECT_EQ(o.handed, 1);
  EXPECT_EQ(o.cause, trigger_cause::manual);
  EXPECT_EQ(o.params, "by hand");
}

TEST(ClaimAnswer, AScriptsSourceStaysHere) {
  claim c;
  c.fires(make_due(make_job(1, {.work = script_work{script_language::python, "print(1)"}}), noon));
  auto plan = c.plan();
  auto result = read_answers(c.work, plan, claimed({{501}}), {});
  EXPECT_EQ(std::get<script_work>(result.orders[session][0].work), (script_work{script_language::python, ""}));
}

TEST(ClaimAnswer, ARunThatSomethingFollowsSaysSo) {
  claim c;
  c.fires(make_due(make_job(1, {.schedule = after_schedule{30s}}), noon));
  auto plan = c.plan();
  auto result = read_answers(c.work, plan, claimed({{501}}), {});
  EXPECT_TRUE(result.orders[session][0].follows);
}

TEST(ClaimAnswer, NothingTakenNamesEverything) {
  claim c;
  c.fires(make_due(make_job(1), noon)).waits(make_waiting(7, make_job(2), noon));
  auto done = nothing_taken(c.work);
  EXPECT_EQ(done.group, group_id{1});
  ASSERT_THAT(done.fires, SizeIs(1));
  ASSERT_THAT(done.waiting, SizeIs(1));
  EXPECT_EQ(done.fires[0].what, placement::not_taken);
  EXPECT_EQ(done.waiting[0].what, placement::not_taken);
}

} // namespace
} // namespace xxl::admin::test
