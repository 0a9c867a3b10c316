#include "actors/admin/ring.hpp"
#include "tests/actors_admin/scheduler_support.hpp"

#include <gmock/gmock.h>

namespace xxl::admin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr instant noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + 12h};

planned_fire fire(std::int64_t job, instant next, job_options options = {}) {
  return {make_job(job, options), next, 0};
}

void fill(ring& r, std::int64_t first_job, std::int64_t n, instant next, job_options options = {}) {
  for (std::int64_t i = 0; i < n; ++i) r.put(fire(first_job + i, next, options));
}

std::vector<std::int64_t> jobs_in(const std::vector<ring::handout>& handouts) {
  std::vector<std::int64_t> jobs;
  for (auto& h : handouts)
    for (auto& f : h.fires) jobs.push_back(f.job->id.value);
  return jobs;
}

batch_done answer(std::int64_t job, placement what, std::optional<instant> next = {}) {
  batch_done done;
  done.group = {1};
  done.fires.push_back({job_id{job}, what, next, false});
  return done;
}
batch_done answer_waiting(std::int64_t trigger, placement what) {
  batch_done done;
  done.group = {1};
  done.waiting.push_back({trigger_id{trigger}, what});
  return done;
}
batch_done all_taken(const ring::handout& h) {
  batch_done done;
  done.group = h.group;
  for (auto& f : h.fires) done.fires.push_back({f.job->id, placement::taken, std::nullopt, true});
  return done;
}

TEST(Ring, HandsAFireOutOneLeadBeforeItsTime) {
  ring r;
  r.put(fire(1, noon));
  EXPECT_EQ(r.next_claim(), noon - 100ms);
  EXPECT_THAT(r.take(noon - 101ms), IsEmpty());
  EXPECT_THAT(jobs_in(r.take(noon - 100ms)), ElementsAre(1));
}

TEST(Ring, WaitsForThePlannedInstant) {
  ring r;
  schedule_spec jittery = every_schedule{1h, std::nullopt};
  jittery.jitter = 30min;
  auto late = fire(1, noon, {.schedule = jittery});
  auto planned = late.job->planned(noon);
  ASSERT_GT(planned, noon + 1s);
  r.put(late);
  auto tick = instant{ring::tick * (to_ms(planned) / ring::tick.count())};
  EXPECT_EQ(r.next_claim(), tick - 100ms);
  EXPECT_THAT(r.take(tick - 101ms), IsEmpty());
  EXPECT_THAT(jobs_in(r.take(tick - 100ms)), ElementsAre(1));
}

TEST(Ring, CountsTheFiresOfAClaimedJob) {
  ring r;
  auto first = fire(1, noon);
  first.fires = 41;
  r.put(first);
  ASSERT_THAT(r.take(noon), SizeIs(1));
  auto done = answer(1, placement::taken, noon + 1s);
  done.fires[0].fired = true;
  r.done(done, noon);
  auto second = r.take(noon + 1s);
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].fires[0].fires, 42);
  r.done(answer(1, placement::taken, noon + 2s), noon + 1s); // a gap alone
  EXPECT_EQ(r.take(noon + 2s).at(0).fires.at(0).fires, 42);
}

TEST(Ring, HandsOutNothingTwice) {
  ring r;
  r.put(fire(1, noon));
  ASSERT_THAT(r.take(noon), SizeIs(1));
  r.put(fire(1, noon)); // the next pass reads the plan before the claim is committed
  EXPECT_THAT(r.take(noon), IsEmpty());
  EXPECT_EQ(r.next_claim(), std::nullopt) << "an alarm for what waits for an answer";
}

TEST(Ring, ACrowdedTickIsClaimedEarlier) {
  ring r;
  fill(r, 1, 2'000, noon);
  EXPECT_EQ(r.next_claim(), noon - 130ms);
  EXPECT_THAT(jobs_in(r.take(noon - 131ms)), IsEmpty());
  EXPECT_THAT(jobs_in(r.take(noon - 130ms)), SizeIs(2'000));
}

TEST(Ring, ACrowdedTickMayBeginBeforeAnEarlierOne) {
  ring r;
  r.put(fire(1, noon - 10ms));
  fill(r, 2, 2'000, noon);
  EXPECT_EQ(r.next_claim(), noon - 130ms);
  EXPECT_THAT(jobs_in(r.take(noon - 130ms)), SizeIs(2'000));
  EXPECT_EQ(r.next_claim(), noon - 110ms);
  EXPECT_THAT(jobs_in(r.take(noon - 110ms)), ElementsAre(1));
}

TEST(Ring, NoLeadIsLongerThanTheHorizon) {
  ring_options options;
  options.lead_per_1000 = 5'000ms;
  ring r{options};
  fill(r, 1, 1'000, noon);
  EXPECT_EQ(r.next_claim(), noon - 2'000ms);
}

TEST(Ring, ALaterNextFireOfTheSameVersionReplaces) {
  ring r;
  r.put(fire(1, noon));
  r.put(fire(1, noon + 1s));
  EXPECT_EQ(r.size(), 1u);
  EXPECT_THAT(r.take(noon), IsEmpty()) << "the outdated entry came up";
  EXPECT_THAT(jobs_in(r.take(noon + 1s)), ElementsAre(1));
}

TEST(Ring, AnEarlierNextFireOfTheSameVersionIsAnOldRead) {
  ring r;
  r.put(fire(1, noon + 1s));
  r.put(fire(1, noon));
  EXPECT_THAT(r.take(noon), IsEmpty());
  EXPECT_THAT(jobs_in(r.take(noon + 1s)), ElementsAre(1));
}

TEST(Ring, ANewerVersionReplacesEvenByAnEarlierFire) {
  ring r;
  r.put(fire(1, noon + 1s));
  r.put(fire(1, noon, {.version = 2}));
  auto handouts = r.take(noon);
  ASSERT_THAT(handouts, SizeIs(1));
  EXPECT_EQ(handouts[0].fires[0].job->version, 2);
  EXPECT_THAT(r.take(noon + 1s), IsEmpty());
}

TEST(Ring, AnOlderVersionIsAnOldRead) {
  ring r;
  r.put(fire(1, noon, {.version = 2}));
  r.put(fire(1, noon + 1s));
  auto handouts = r.take(noon + 1s);
  ASSERT_THAT(handouts, SizeIs(1));
  EXPECT_EQ(handouts[0].fires[0].next, noon);
}

TEST(Ring, OneHandoutHasAtMostAChunk) {
  ring r;
  fill(r, 1, 2'500, noon);
  std::vector<std::size_t> sizes;
  for (auto& h : r.take(noon)) sizes.push_back(h.fires.size());
  EXPECT_THAT(sizes, ElementsAre(1'000u, 1'000u, 500u));
}

TEST(Ring, AGroupsCrowdDoesNotDelayAnotherGroup) {
  ring r;
  fill(r, 1, 2'500, noon);
  r.put(fire(9'000, noon, {.group = {2}}));
  std::vector<std::int64_t> order;
  for (auto& h : r.take(noon)) order.push_back(h.group.value);
  EXPECT_THAT(order, ElementsAre(1, 2, 1, 1));
}

TEST(Ring, AGroupHasAtMostAWindowOut) {
  ring r;
  fill(r, 1, 6'000, noon);
  r.put(fire(9'000, noon, {.group = {2}}));
  auto handouts = r.take(noon);
  EXPECT_THAT(jobs_in(handouts), SizeIs(5'001));
  EXPECT_THAT(r.take(noon), IsEmpty());
  r.done(all_taken(handouts[0]), noon);
  EXPECT_THAT(jobs_in(r.take(noon)), SizeIs(1'000));
}

TEST(Ring, TheOldestFiresComeFirst) {
  ring r;
  r.put(fire(1, noon + 10ms));
  r.put(fire(2, noon));
  r.put(fire(3, noon + 5ms));
  EXPECT_THAT(jobs_in(r.take(noon + 1s)), ElementsAre(2, 3, 1));
}

TEST(Ring, AClaimedJobIsQueuedForItsNextFire) {
  ring r;
  r.put(fire(1, noon));
  r.take(noon - 100ms);
  r.done(answer(1, placement::taken, noon + 1s), noon);
  EXPECT_EQ(r.next_claim(), noon + 900ms);
  EXPECT_THAT(jobs_in(r.take(noon + 900ms)), ElementsAre(1));
}

TEST(Ring, ANextFireBeyondTheHorizonIsLeftToTheReadAhead) {
  ring r;
  r.put(fire(1, noon));
  r.take(noon - 100ms);
  r.done(answer(1, placement::taken, noon + 2s), noon);
  EXPECT_EQ(r.size(), 0u);
}

TEST(Ring, WhatWasNotTakenIsForgotten) {
  ring r;
  r.put(fire(1, noon));
  r.take(noon);
  r.done(answer(1, placement::not_taken, noon + 1s), noon);
  EXPECT_EQ(r.size(), 0u);
  r.put(fire(1, noon)); // the next pass: it is due all the same
  EXPECT_THAT(jobs_in(r.take(noon)), ElementsAre(1));
}

TEST(Ring, WithoutRoomAGroupWaitsUntilItHasSome) {
  ring r;
  fill(r, 1, 2, noon);
  r.take(noon);
  r.put(fire(3, noon));
  batch_done full = answer(1, placement::no_room);
  full.fires.push_back({job_id{2}, placement::no_room, std::nullopt});
  r.done(full, noon);
  EXPECT_THAT(r.take(noon), IsEmpty());
  EXPECT_EQ(r.next_claim(), std::nullopt) << "an alarm for a group that has no room";
  r.has_room({1});
  EXPECT_THAT(jobs_in(r.take(noon)), ElementsAre(1, 2, 3)) << "what came back goes first, in its order";
}

TEST(Ring, OneGroupWithoutRoomStopsNoOther) {
  ring r;
  r.put(fire(1, noon));
  r.take(noon);
  r.done(answer(1, placement::no_room), noon);
  r.put(fire(2, noon, {.group = {2}}));
  EXPECT_THAT(jobs_in(r.take(noon)), ElementsAre(2));
}

TEST(Ring, AGroupWithoutARouterIsHeld) {
  ring r;
  r.hold({1});
  r.put(fire(1, noon));
  EXPECT_THAT(r.take(noon), IsEmpty());
  r.has_room({1});
  EXPECT_THAT(jobs_in(r.take(noon)), ElementsAre(1));
}

TEST(Ring, ARowWaitsForItsDueTime) {
  ring r;
  r.put(make_waiting(7, make_job(1), noon));
  EXPECT_EQ(r.next_claim(), noon - 100ms);
  EXPECT_THAT(r.take(noon - 101ms), IsEmpty());
  auto handouts = r.take(noon - 100ms);
  ASSERT_THAT(handouts, SizeIs(1));
  EXPECT_EQ(handouts[0].waiting[0].row.trigger, trigger_id{7});
}

TEST(Ring, ARowThatIsReadAgainIsAsItWasReadLast) {
  ring r;
  auto row = make_waiting(7, make_job(1), noon);
  r.put(row);
  row.row.kill = true;
  r.put(row);
  EXPECT_EQ(r.size(), 1u);
  auto handouts = r.take(noon);
  ASSERT_THAT(handouts, SizeIs(1));
  ASSERT_THAT(handouts[0].waiting, SizeIs(1));
  EXPECT_TRUE(handouts[0].waiting[0].row.kill);
}

TEST(Ring, ARowIsHandedOutOnceAndLeavesWithItsAnswer) {
  ring r;
  auto row = make_waiting(7, make_job(1), noon);
  r.put(row);
  ASSERT_THAT(r.take(noon), SizeIs(1));
  r.put(row);
  EXPECT_THAT(r.take(noon), IsEmpty());
  r.done(answer_waiting(7, placement::no_room), noon);
  r.has_room({1});
  EXPECT_THAT(r.take(noon), SizeIs(1));
  r.done(answer_waiting(7, placement::taken), noon);
  EXPECT_EQ(r.size(), 0u);
}

TEST(Ring, AnAnswerToSomethingElseChangesNothing) {
  ring r;
  r.put(fire(1, noon));
  r.done(answer(1, placement::taken, noon + 1s), noon); // it was never handed out
  r.done(answer_waiting(7, placement::no_room), noon);
  EXPECT_THAT(jobs_in(r.take(noon)), ElementsAre(1));
}

} // namespace
} // namespace xxl::admin::test
