// Claims of scheduled fires (storage.md §4b), on both databases.

#include "tests/storage/conformance.hpp"

namespace xxl::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class claim_conformance : public conformance {
protected:
  /// Marks it the way `kill` does.
  void pause_cluster(bool paused) {
    sql(std::string{"UPDATE leader SET paused = "} +
        (GetParam() == dialect::sqlite ? (paused ? "1" : "0") : (paused ? "true" : "false")));
  }
  claim_batch batch_of(job_id job, trigger_id trigger) {
    claim_batch batch;
    batch.jobs.push_back(fire_of(job, from_ms(5'000), from_ms(6'000)));
    batch.triggers.push_back(trigger_of(trigger, job));
    return batch;
  }
};

TEST_P(claim_conformance, AClaimAdvancesTheFireRowAndOpensTheTrigger) {
  const auto job = make_job("a");
  const auto answer = claims->claim(epoch, batch_of(job, {101}), from_ms(4'900), run::first);
  EXPECT_EQ(answer.fence, fence::ours);
  EXPECT_THAT(answer.claimed, ElementsAre(trigger_id{101}));
  EXPECT_THAT(answer.skipped, IsEmpty());
  const auto after = read_job(job);
  EXPECT_EQ(after.last, from_ms(5'000));
  EXPECT_EQ(after.next, from_ms(6'000));
  const auto row = find_trigger({101});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, trigger_state::claimed);
  EXPECT_EQ(row->cause, trigger_cause::schedule);
  EXPECT_EQ(row->session, session);
  EXPECT_EQ(row->fire, from_ms(5'000));
  EXPECT_EQ(row->planned, from_ms(5'000));
  EXPECT_EQ(row->claimed, from_ms(4'900));
  EXPECT_EQ(row->version, 1);
}

TEST_P(claim_conformance, AClaimedFireIsNotClaimedAgain) {
  const auto job = make_job("a");
  claim_one(job, {101});
  const auto again = claim_fire(job, {102}, from_ms(5'000), from_ms(6'000));
  EXPECT_EQ(again.fence, fence::ours);
  EXPECT_THAT(again.claimed, IsEmpty());
  EXPECT_FALSE(find_trigger({102}));
}

TEST_P(claim_conformance, OnlyJobsWhoseNextFireIsStillTheOneReadAreClaimed) {
  const auto a = make_job("a"), b = make_job("b", from_ms(7'000)), c = make_job("c");
  claim_batch batch;
  for (const auto job : {c, b, a}) {
    batch.jobs.push_back(fire_of(job, from_ms(5'000), from_ms(6'000)));
    batch.triggers.push_back(trigger_of({100 + job.value}, job));
  }
  const auto answer = claims->claim(epoch, batch, from_ms(4'900), run::first);
  EXPECT_THAT(answer.claimed, ElementsAre(trigger_id{100 + a.value}, trigger_id{100 + c.value}));
  EXPECT_EQ(read_job(b).next, from_ms(7'000));
}

TEST_P(claim_conformance, AClaimWithAnOldVersionTakesNothing) {
  const auto job = make_job("a");
  catalog->edit_job(
      job,
      [](const locked_job& j) {
        job_edit edit;
        edit.next = j.job.next;
        return edit;
      },
      note);
  EXPECT_THAT(claim_fire(job, {101}, from_ms(5'000), from_ms(6'000)).claimed, IsEmpty());
  EXPECT_EQ(read_job(job).next, from_ms(5'000));
}

TEST_P(claim_conformance, AClaimOfAStaleEpochIsDeposedAndTakesNothing) {
  const auto job = make_job("a");
  const auto answer = claims->claim({epoch.value - 1}, batch_of(job, {101}), from_ms(4'900), run::first);
  EXPECT_EQ(answer.fence, fence::deposed);
  EXPECT_THAT(answer.claimed, IsEmpty());
  EXPECT_EQ(read_job(job).next, from_ms(5'000));
}

TEST_P(claim_conformance, EveryReignHasAHigherEpoch) {
  const auto next = leadership->raise_epoch("node-2", from_ms(2'000));
  EXPECT_GT(next, epoch);
  EXPECT_LT(next.value, 1LL << 53);
}

TEST_P(claim_conformance, AClaimInAPausedClusterIsOursAndTakesNothing) {
  const auto job = make_job("a");
  pause_cluster(true);
  const auto answer = claims->claim(epoch, batch_of(job, {101}), from_ms(4'900), run::first);
  EXPECT_EQ(answer.fence, fence::paused);
  EXPECT_THAT(answer.claimed, IsEmpty());
  pause_cluster(false);
  EXPECT_EQ(claim_fire(job, {101}, from_ms(5'000), from_ms(6'000)).fence, fence::ours);
}

TEST_P(claim_conformance, ASkippedMisfireWritesOneGapRowAndNoTrigger) {
  const auto job = make_job("a");
  auto a = fire_of(job, from_ms(5'000), from_ms(10'000));
  a.fire.reset();
  a.gap = {from_ms(5'000), from_ms(9'000), 5, state_reason::misfire};
  const auto answer = claims->claim(epoch, {{a}, {}}, from_ms(9'500), run::first);
  EXPECT_THAT(answer.claimed, IsEmpty());
  EXPECT_THAT(answer.skipped, ElementsAre(job));
  const auto gaps = catalog->list_gaps(job, 10);
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].from, from_ms(5'000));
  EXPECT_EQ(gaps[0].to, from_ms(9'000));
  EXPECT_EQ(gaps[0].fires, 5);
  EXPECT_EQ(gaps[0].at, from_ms(9'500));
  EXPECT_EQ(gaps[0].reason, state_reason::misfire);
  EXPECT_EQ(read_job(job).last, from_ms(9'000));
  EXPECT_EQ(read_job(job).next, from_ms(10'000));
}

TEST_P(claim_conformance, AMisfireThatFiresOnceWritesTheGapAndATriggerOfTheLastFire) {
  const auto job = make_job("a");
  auto a = fire_of(job, from_ms(5'000), from_ms(10'000));
  a.fire = from_ms(9'000);
  a.gap = {from_ms(5'000), from_ms(8'000), 4, state_reason::misfire};
  const auto answer = claims->claim(epoch, {{a}, {trigger_of({101}, job)}}, from_ms(9'500), run::first);
  EXPECT_THAT(answer.claimed, ElementsAre(trigger_id{101}));
  EXPECT_EQ(find_trigger({101})->cause, trigger_cause::misfire);
  EXPECT_EQ(find_trigger({101})->fire, from_ms(9'000));
  EXPECT_EQ(catalog->list_gaps(job, 10).size(), 1U);
  EXPECT_EQ(read_job(job).last, from_ms(9'000));
}

TEST_P(claim_conformance, AFireWithoutAnExecutorWaits) {
  const auto job = make_job("a");
  auto waiting = trigger_of({101}, job, {});
  waiting.planned = from_ms(5'040);
  waiting.due = from_ms(5'050);
  waiting.reason = state_reason::no_executor;
  claims->claim(epoch, {{fire_of(job, from_ms(5'000), from_ms(6'000))}, {waiting}}, from_ms(4'900), run::first);
  const auto rows = plan->waiting(from_ms(5'051), from_ms(0), {}, 10);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].trigger, trigger_id{101});
  EXPECT_EQ(rows[0].due, from_ms(5'050));
  EXPECT_EQ(rows[0].planned, from_ms(5'040));
  EXPECT_EQ(rows[0].reason, state_reason::no_executor);
  EXPECT_FALSE(find_trigger({101})->claimed);
}

TEST_P(claim_conformance, AFixedDelayAwaitsItsEnd) {
  const auto job = make_job("a");
  auto a = fire_of(job, from_ms(5'000), std::nullopt);
  a.awaits_end = true;
  claims->claim(epoch, {{a}, {trigger_of({101}, job)}}, from_ms(4'900), run::first);
  EXPECT_TRUE(read_job(job).awaits_end);
  EXPECT_FALSE(read_job(job).next);
}

TEST_P(claim_conformance, ABroadcastIsAParentWithoutASessionAndItsShards) {
  const auto job = make_job("a");
  const claim_batch batch{{fire_of(job, from_ms(5'000), from_ms(6'000))}, broadcast_of(job)};
  EXPECT_EQ(claims->claim(epoch, batch, from_ms(4'900), run::first).claimed.size(), 3U);
  EXPECT_EQ(find_trigger({101})->state, trigger_state::running);
  EXPECT_EQ(find_trigger({102})->state, trigger_state::claimed);
  EXPECT_EQ(find_trigger({103})->shard, 1);
}

TEST_P(claim_conformance, SettlingAClaimThatHadCommittedAnswersTheSameIds) {
  const auto job = make_job("a");
  const auto batch = batch_of(job, {101});
  claims->claim(epoch, batch, from_ms(4'900), run::first);
  const auto settled = claims->claim(epoch, batch, from_ms(4'900), run::settle);
  EXPECT_EQ(settled.fence, fence::ours);
  EXPECT_THAT(settled.claimed, ElementsAre(trigger_id{101}));
}

TEST_P(claim_conformance, SettlingAClaimThatHadNotCommittedClaims) {
  const auto job = make_job("a");
  const auto settled = claims->claim(epoch, batch_of(job, {101}), from_ms(4'900), run::settle);
  EXPECT_THAT(settled.claimed, ElementsAre(trigger_id{101}));
  EXPECT_EQ(read_job(job).next, from_ms(6'000));
}

TEST_P(claim_conformance, SettlingDoesNotAnswerWhatHasEnded) {
  const auto job = make_job("a");
  const auto batch = batch_of(job, {101});
  claims->claim(epoch, batch, from_ms(4'900), run::first);
  complete_one(end_of({101}));
  EXPECT_THAT(claims->claim(epoch, batch, from_ms(4'900), run::settle).claimed, IsEmpty());
}

TEST_P(claim_conformance, SettlingUnderAStaleEpochAnswersNothing) {
  const auto job = make_job("a");
  const auto batch = batch_of(job, {101});
  claims->claim(epoch, batch, from_ms(4'900), run::first);
  const auto settled = another_ledger()->claim({epoch.value - 1}, batch, from_ms(4'900), run::settle);
  EXPECT_EQ(settled.fence, fence::deposed);
  EXPECT_THAT(settled.claimed, IsEmpty());
}

/// The fire of a row that cannot be written stays in the plan: a batch that kept half of it would lose it.
TEST_P(claim_conformance, ARefusedTriggerKeepsItsFireAndTheOthersGoThrough) {
  const auto a = make_job("a"), b = make_job("b"), old = make_job("old");
  claim_one(old, {101});
  claim_batch batch;
  for (const auto job : {a, b}) batch.jobs.push_back(fire_of(job, from_ms(5'000), from_ms(6'000)));
  batch.triggers.push_back(trigger_of({102}, a));
  batch.triggers.push_back(trigger_of({101}, b)); // an id that is taken
  EXPECT_EQ(kind_thrown([&] { claims->claim(epoch, batch, from_ms(4'900), run::first); }), error_kind::refused);
  EXPECT_EQ(read_job(b).next, from_ms(5'000));
  EXPECT_THAT(claims->claim(epoch, batch, from_ms(4'900), run::settle).claimed, ElementsAre(trigger_id{102}));
  EXPECT_EQ(read_job(a).next, from_ms(6'000));
  EXPECT_EQ(read_job(b).next, from_ms(5'000));
}

TEST_P(claim_conformance, ANextFireThatIsNotAfterTheLastIsRefused) {
  const auto job = make_job("a");
  EXPECT_EQ(kind_thrown([&] { claim_fire(job, {101}, from_ms(5'000), from_ms(5'000)); }), error_kind::refused);
  EXPECT_EQ(read_job(job).next, from_ms(5'000));
}

TEST_P(claim_conformance, TheLastFireOnlyRises) {
  const auto job = make_job("a");
  claim_one(job, {101});
  auto a = fire_of(job, from_ms(6'000), from_ms(7'000));
  a.fire = from_ms(4'000);
  claims->claim(epoch, {{a}, {trigger_of({102}, job)}}, from_ms(6'000), run::first);
  EXPECT_EQ(read_job(job).last, from_ms(5'000));
  EXPECT_EQ(read_job(job).next, from_ms(7'000));
}

TEST_P(claim_conformance, JobsThatNobodyLocksAreUnlocked) {
  const auto a = make_job("a"), b = make_job("b");
  EXPECT_THAT(claims->unlocked(std::vector<job_id>{b, a, {b.value + 100}}), ElementsAre(a, b));
}

TEST_P(claim_conformance, IdsComeInBlocksOfAThousandThatNobodyElseGets) {
  const auto first = claims->take_ids(), second = completions->take_ids(), third = catalog->take_ids();
  EXPECT_GT(first.value, 0);
  EXPECT_EQ(second.value, first.value + 1'000);
  EXPECT_EQ(third.value, second.value + 1'000);
}

XXL_ON_BOTH_DATABASES(claim_conformance);

} // namespace
} // namespace xxl::storage
