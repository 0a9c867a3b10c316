// Waiting rows: claims, hand-backs, and what the plan reader shows of them (storage.md §4a, §4b), on both databases.

#include "tests/storage/conformance.hpp"

namespace xxl::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class waiting_conformance : public conformance {
protected:
  claim_answer claim_row(trigger_id trigger, std::int16_t handed = 0, run how = run::first) {
    return claims->claim_waiting(epoch, std::vector{waiting_claim{trigger, session, handed}}, from_ms(5'100), how);
  }
  std::vector<trigger_id> give_back(epoch_id under, session_id from, std::int16_t handed) {
    return claims->hand_back_rows(
        under, std::vector{hand_back{{101}, from, from_ms(5'300), state_reason::queue_full, handed}});
  }
  std::vector<waiting_row> waiting() { return plan->waiting(from_ms(1'000'000), from_ms(0), {}, 100); }
};

TEST_P(waiting_conformance, AWaitingRowIsClaimedOnce) {
  make_waiting(make_job("a"), {101}, from_ms(5'000));
  const auto answer = claim_row({101});
  EXPECT_EQ(answer.fence, fence::ours);
  EXPECT_THAT(answer.claimed, ElementsAre(trigger_id{101}));
  EXPECT_THAT(claim_row({101}).claimed, IsEmpty());
  EXPECT_THAT(waiting(), IsEmpty());
  EXPECT_EQ(find_trigger({101})->session, session);
  EXPECT_EQ(find_trigger({101})->claimed, from_ms(5'100));
}

TEST_P(waiting_conformance, AStaleEpochClaimsNoWaitingRow) {
  make_waiting(make_job("a"), {101}, from_ms(5'000));
  const auto answer = claims->claim_waiting({epoch.value - 1}, std::vector{waiting_claim{{101}, session, 0}},
                                            from_ms(5'100), run::first);
  EXPECT_EQ(answer.fence, fence::deposed);
  EXPECT_THAT(answer.claimed, IsEmpty());
  EXPECT_EQ(waiting().size(), 1U);
}

TEST_P(waiting_conformance, SettlingAWaitingClaimThatHadCommittedAnswersTheSameIds) {
  make_waiting(make_job("a"), {101}, from_ms(5'000));
  claim_row({101});
  EXPECT_THAT(claim_row({101}, 0, run::settle).claimed, ElementsAre(trigger_id{101}));
}

TEST_P(waiting_conformance, AHandedBackRowWaitsAgainUnderAHigherCount) {
  make_waiting(make_job("a"), {101}, from_ms(5'000));
  claim_row({101});
  EXPECT_THAT(give_back(epoch, session, 0), ElementsAre(trigger_id{101}));
  EXPECT_THAT(give_back(epoch, session, 0), IsEmpty()) << "the second return finds nothing";
  const auto rows = waiting();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].handed, 1);
  EXPECT_EQ(rows[0].due, from_ms(5'300));
  EXPECT_EQ(rows[0].reason, state_reason::queue_full);
  EXPECT_THAT(claim_row({101}, 0).claimed, IsEmpty()) << "a claim read before the return";
  EXPECT_THAT(claim_row({101}, 1).claimed, ElementsAre(trigger_id{101}));
}

TEST_P(waiting_conformance, AReturnCountsOnlyOfTheHolderUnderTheEpochInForce) {
  make_waiting(make_job("a"), {101}, from_ms(5'000));
  claim_row({101});
  EXPECT_THAT(give_back({epoch.value - 1}, session, 0), IsEmpty());
  EXPECT_THAT(give_back(epoch, {8}, 0), IsEmpty());
  EXPECT_THAT(give_back(epoch, session, 1), IsEmpty());
  EXPECT_EQ(find_trigger({101})->state, trigger_state::claimed);
}

TEST_P(waiting_conformance, APauseHoldsWaitingRows) {
  make_waiting(make_job("a"), {101}, from_ms(5'000));
  sql("UPDATE job SET paused = " + std::string{GetParam() == dialect::sqlite ? "1" : "true"});
  EXPECT_THAT(waiting(), IsEmpty());
  EXPECT_THAT(claim_row({101}).claimed, IsEmpty());
}

TEST_P(waiting_conformance, AGroupsPauseHoldsWaitingRows) {
  make_waiting(make_job("a"), {101}, from_ms(5'000));
  sql("UPDATE executor_group SET paused = " + std::string{GetParam() == dialect::sqlite ? "1" : "true"});
  EXPECT_THAT(waiting(), IsEmpty());
  EXPECT_THAT(claim_row({101}).claimed, IsEmpty());
}

TEST_P(waiting_conformance, RowsOfADeletedJobAreShownAsDeletedAndNotClaimed) {
  make_waiting(make_job("a"), {101}, from_ms(5'000));
  sql("UPDATE job SET deleted_ms = 5050");
  const auto rows = waiting();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].deleted);
  EXPECT_THAT(claim_row({101}).claimed, IsEmpty());
}

TEST_P(waiting_conformance, RowsMarkedForKillingAreShownEvenIfHeldAndNotClaimed) {
  make_waiting(make_job("a"), {101}, from_ms(5'000));
  sql("UPDATE trigger_open SET kill_ms = 5050");
  sql("UPDATE job SET paused = " + std::string{GetParam() == dialect::sqlite ? "1" : "true"});
  const auto rows = waiting();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].kill);
  EXPECT_THAT(claim_row({101}).claimed, IsEmpty());
}

TEST_P(waiting_conformance, RowsAreReadWholeWhetherTheyWaitOrRun) {
  const auto waits = make_job("waits"), runs = make_job("runs");
  make_waiting(waits, {101}, from_ms(5'000));
  claim_one(runs, {102});
  sql("UPDATE trigger_open SET fire_ms = 4000, planned_ms = 4077, origin = 'm21', shard = 6, shards = 7, attempt = 3, "
      "handed = 5, cause = 4, reason = 8, params = 'p', kill_ms = 5050");
  const auto expect_whole = [](const attempt_row& row) {
    EXPECT_EQ(row.fire, from_ms(4'000));
    EXPECT_EQ(row.planned, from_ms(4'077));
    EXPECT_EQ(row.origin, "m21");
    EXPECT_EQ(row.shard, 6);
    EXPECT_EQ(row.shards, 7);
    EXPECT_EQ(row.attempt, 3);
    EXPECT_EQ(row.handed, 5);
    EXPECT_EQ(row.version, 1);
    EXPECT_EQ(row.cause, trigger_cause::retry);
    EXPECT_EQ(row.params, "p");
    EXPECT_TRUE(row.kill);
  };
  const auto waiting_rows = waiting();
  ASSERT_EQ(waiting_rows.size(), 1U);
  const auto& waits_row = waiting_rows[0];
  expect_whole(waits_row);
  EXPECT_EQ(waits_row.trigger, trigger_id{101});
  EXPECT_EQ(waits_row.job, waits);
  EXPECT_EQ(waits_row.due, from_ms(5'000));
  EXPECT_EQ(waits_row.reason, state_reason::launch_failed);
  EXPECT_FALSE(waits_row.deleted);
  const auto open_rows = claims->open_rows(std::vector{session}, {}, 10);
  ASSERT_EQ(open_rows.size(), 1U);
  const auto& runs_row = open_rows[0];
  expect_whole(runs_row);
  EXPECT_EQ(runs_row.trigger, trigger_id{102});
  EXPECT_EQ(runs_row.job, runs);
  EXPECT_EQ(runs_row.state, trigger_state::claimed);
  EXPECT_EQ(runs_row.session, session);
  EXPECT_EQ(runs_row.epoch, epoch);
}

TEST_P(waiting_conformance, WaitingRowsComeInPages) {
  const auto job = make_job("a");
  for (long long id : {101, 102, 103, 104}) make_waiting(job, {id}, from_ms(id < 104 ? 5'000 : 4'000));
  const auto first = plan->waiting(from_ms(5'001), from_ms(0), {}, 2);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].trigger, trigger_id{104});
  EXPECT_EQ(first[1].trigger, trigger_id{101});
  const auto second = plan->waiting(from_ms(5'001), first[1].due, first[1].trigger, 10);
  ASSERT_EQ(second.size(), 2U);
  EXPECT_EQ(second[1].trigger, trigger_id{103});
  EXPECT_THAT(plan->waiting(from_ms(4'000), from_ms(0), {}, 10), IsEmpty()) << "the bound is exclusive";
}

TEST_P(waiting_conformance, DueJobsComeInPagesByNextFireAndId) {
  const auto a = make_job("a"), b = make_job("b", from_ms(4'000)), c = make_job("c");
  make_job("later", from_ms(9'000));
  make_job("never", std::nullopt);
  const auto first = plan->due(from_ms(5'001), from_ms(0), {}, 2);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].job, b);
  EXPECT_EQ(first[0].next, from_ms(4'000));
  EXPECT_EQ(first[0].version, 1);
  EXPECT_FALSE(first[0].last);
  EXPECT_EQ(first[1].job, a);
  const auto second = plan->due(from_ms(5'001), first[1].next, first[1].job, 2);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].job, c);
}

TEST_P(waiting_conformance, ASpecificationIsThatOfItsVersion) {
  const auto job = make_job("a");
  const auto edit = [&](std::optional<std::string> spec) {
    catalog->edit_job(
        job,
        [&](const locked_job&) {
          job_edit e;
          e.spec = spec;
          return e;
        },
        note);
  };
  edit(R"({"x": 2})");
  edit(std::nullopt);
  const std::vector<spec_key> keys{{job, 1}, {job, 2}, {job, 3}, {job, 4}, {{job.value + 1}, 1}};
  for (const auto& specs : {plan->specs(keys), catalog->specs(keys)}) {
    ASSERT_EQ(specs.size(), 3U);
    for (const auto& spec : specs) {
      EXPECT_EQ(spec.job, job);
      EXPECT_EQ(spec.group_name, "group");
      EXPECT_EQ(spec.spec, spec.version == 1 ? "{}" : R"({"x": 2})") << "version " << spec.version;
    }
  }
}

XXL_ON_BOTH_DATABASES(waiting_conformance);

} // namespace
} // namespace xxl::storage
