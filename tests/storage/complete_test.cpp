// Completions (storage.md §4c), on both databases.

#include "tests/storage/conformance.hpp"

namespace xxl::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class complete_conformance : public conformance {
protected:
  void mark_for_killing(trigger_id trigger) {
    sql("UPDATE trigger_open SET kill_ms = 5100 WHERE trigger_id = " + to_string(trigger));
  }
  /// Fires at 5,000 and awaits the end of trigger 101.
  job_id make_fixed_delay() {
    const auto job = make_job("delay");
    auto a = fire_of(job, from_ms(5'000), std::nullopt);
    a.awaits_end = true;
    claims->claim(epoch, {{a}, {trigger_of({101}, job)}}, from_ms(4'900), run::first);
    return job;
  }
  /// Parent 101 and shards 102, 103.
  void make_broadcast() {
    const auto job = make_job("broadcast");
    const claim_batch batch{{fire_of(job, from_ms(5'000), from_ms(6'000))}, broadcast_of(job)};
    ASSERT_EQ(claims->claim(epoch, batch, from_ms(4'900), run::first).claimed.size(), 3U);
  }
  static completion with_retry(completion c, trigger_id retry, instant due) {
    c.retry = retry;
    c.retry_due = due;
    return c;
  }
};

TEST_P(complete_conformance, ACompletionMovesTheRowToHistory) {
  claim_one(make_job("a"), {101});
  auto end = end_of({101}, trigger_state::failed);
  end.reason = state_reason::exit_code;
  end.message = "exit 1";
  const auto answer = complete_one(end);
  EXPECT_TRUE(answer.fenced);
  EXPECT_THAT(answer.moved, ElementsAre(trigger_id{101}));
  const auto row = find_trigger({101});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, trigger_state::failed);
  EXPECT_EQ(row->reason, state_reason::exit_code);
  EXPECT_EQ(row->message, "exit 1");
  EXPECT_EQ(row->started, from_ms(5'010));
  EXPECT_EQ(row->ended, from_ms(5'200));
  EXPECT_EQ(number("SELECT count(*) FROM trigger_open"), 0);
}

TEST_P(complete_conformance, ACompletionThatComesTwiceMovesOnceAndIsFinal) {
  claim_one(make_job("a"), {101});
  complete_one(end_of({101}));
  EXPECT_THAT(complete_one(end_of({101}, trigger_state::failed)).moved, IsEmpty());
  const auto finals = completions->finals(std::vector<trigger_id>{{101}, {999}}, std::vector{from_ms(5'000)});
  ASSERT_EQ(finals.size(), 1U);
  EXPECT_EQ(finals[0].trigger, trigger_id{101});
  EXPECT_EQ(finals[0].state, trigger_state::succeeded);
}

TEST_P(complete_conformance, AnUnknownIdMovesNothingAndIsNotFinal) {
  EXPECT_THAT(complete_one(end_of({999})).moved, IsEmpty());
  EXPECT_THAT(completions->finals(std::vector<trigger_id>{{999}}, std::vector{from_ms(5'000)}), IsEmpty());
}

TEST_P(complete_conformance, AnotherSessionsRowStaysOpen) {
  claim_one(make_job("a"), {101});
  auto end = end_of({101});
  end.session = {8};
  EXPECT_THAT(complete_one(end).moved, IsEmpty());
  EXPECT_EQ(find_trigger({101})->state, trigger_state::claimed);
}

TEST_P(complete_conformance, AVerdictOfAStaleEpochMovesNothing) {
  claim_one(make_job("a"), {101});
  const std::vector rows{end_of({101}, trigger_state::lost)};
  const auto stale = claims->complete(epoch_id{epoch.value - 1}, rows, from_ms(5'200), run::first);
  EXPECT_FALSE(stale.fenced);
  EXPECT_THAT(stale.moved, IsEmpty());
  const auto ours = claims->complete(epoch, rows, from_ms(5'200), run::first);
  EXPECT_TRUE(ours.fenced);
  EXPECT_THAT(ours.moved, ElementsAre(trigger_id{101}));
}

TEST_P(complete_conformance, AWaitingRowEndsWithoutASession) {
  make_waiting(make_job("a"), {101}, from_ms(5'000));
  auto verdict = end_of({101}, trigger_state::failed);
  verdict.session = {};
  verdict.started = {};
  EXPECT_THAT(claims->complete(epoch, std::vector{verdict}, from_ms(5'200), run::first).moved,
              ElementsAre(trigger_id{101}));
  EXPECT_FALSE(find_trigger({101})->started);
}

TEST_P(complete_conformance, ARetryCopiesTheRowAndWaits) {
  catalog->insert_manual({"r1", make_job("a"), 1, {101}, from_ms(5'000), "--limit 5", "ann"});
  claims->claim_waiting(epoch, std::vector{waiting_claim{{101}, session, 0}}, from_ms(5'000), run::first);
  const auto answer = complete_one(with_retry(end_of({101}, trigger_state::failed), {201}, from_ms(9'000)));
  EXPECT_THAT(answer.moved, ElementsAre(trigger_id{101}));
  EXPECT_THAT(answer.followed, ElementsAre(trigger_id{201}));
  const auto rows = plan->waiting(from_ms(9'001), from_ms(0), {}, 10);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].trigger, trigger_id{201});
  EXPECT_EQ(rows[0].attempt, 2);
  EXPECT_EQ(rows[0].fire, from_ms(5'000));
  EXPECT_EQ(rows[0].due, from_ms(9'000));
  EXPECT_EQ(rows[0].planned, from_ms(9'000));
  EXPECT_EQ(rows[0].origin, "m101");
  EXPECT_EQ(rows[0].params, "--limit 5");
  EXPECT_EQ(rows[0].cause, trigger_cause::retry);
  EXPECT_EQ(number("SELECT run_id FROM trigger_open WHERE trigger_id = 201"), 101);
}

TEST_P(complete_conformance, AMarkForKillingWinsAndNothingFollows) {
  claim_one(make_job("a"), {101});
  mark_for_killing({101});
  auto end = with_retry(end_of({101}), {201}, from_ms(9'000));
  end.message = "done";
  const auto answer = complete_one(end);
  EXPECT_THAT(answer.moved, ElementsAre(trigger_id{101}));
  EXPECT_THAT(answer.followed, IsEmpty());
  EXPECT_EQ(find_trigger({101})->state, trigger_state::killed);
  EXPECT_EQ(find_trigger({101})->message, "done");
}

TEST_P(complete_conformance, TheEndOfAFixedDelaySetsTheNextFire) {
  const auto job = make_fixed_delay();
  auto end = end_of({101});
  end.next = from_ms(8'000);
  complete_one(end);
  EXPECT_EQ(read_job(job).next, from_ms(8'000));
  EXPECT_FALSE(read_job(job).awaits_end);
  end.next = from_ms(9'999);
  complete_one(end);
  EXPECT_EQ(read_job(job).next, from_ms(8'000));
}

TEST_P(complete_conformance, AFixedDelayWaitsForTheRetryOfItsFire) {
  const auto job = make_fixed_delay();
  auto failed = with_retry(end_of({101}, trigger_state::failed), {201}, from_ms(5'500));
  failed.next = from_ms(8'000);
  complete_one(failed);
  EXPECT_TRUE(read_job(job).awaits_end);
  claims->claim_waiting(epoch, std::vector{waiting_claim{{201}, session, 0}}, from_ms(5'500), run::first);
  auto end = end_of({201});
  end.next = from_ms(8'500);
  complete_one(end);
  EXPECT_EQ(read_job(job).next, from_ms(8'500));
}

TEST_P(complete_conformance, AKilledFixedDelayGoesOn) {
  const auto job = make_fixed_delay();
  mark_for_killing({101});
  auto failed = with_retry(end_of({101}, trigger_state::failed), {201}, from_ms(5'500));
  failed.next = from_ms(8'000);
  complete_one(failed);
  EXPECT_EQ(read_job(job).next, from_ms(8'000));
}

TEST_P(complete_conformance, ANextFireIsAlwaysAfterTheOneThatEnded) {
  const auto job = make_fixed_delay();
  auto end = end_of({101});
  end.next = from_ms(4'000); // a clock that went back
  complete_one(end);
  EXPECT_EQ(read_job(job).next, from_ms(5'001));
}

TEST_P(complete_conformance, TheLastShardHandsItsParentOver) {
  make_broadcast();
  EXPECT_THAT(complete_one(end_of({102})).parents, IsEmpty());
  EXPECT_THAT(complete_one(end_of({103})).parents, ElementsAre(trigger_id{101}));
  auto parent = end_of({101});
  parent.session = {};
  EXPECT_THAT(complete_one(parent).moved, ElementsAre(trigger_id{101}));
}

TEST_P(complete_conformance, AParentWhoseShardsRunDoesNotEnd) {
  make_broadcast();
  auto parent = end_of({101});
  parent.session = {};
  EXPECT_THAT(complete_one(parent).moved, IsEmpty());
}

TEST_P(complete_conformance, AShardThatIsRetriedStaysOnItsParentsCount) {
  make_broadcast();
  complete_one(with_retry(end_of({102}, trigger_state::failed), {201}, from_ms(5'500)));
  EXPECT_EQ(number("SELECT open_shards FROM trigger_open WHERE trigger_id = 101"), 2);
  EXPECT_EQ(number("SELECT parent_id FROM trigger_open WHERE trigger_id = 201"), 101);
}

TEST_P(complete_conformance, ABatchMovesWhatItCanAndCountsIt) {
  std::vector<completion> rows;
  for (long long i = 1; i <= 3; ++i) {
    claim_one(make_job("job" + std::to_string(i)), {100 + i});
    rows.insert(rows.begin(), end_of({100 + i}));
  }
  rows.push_back(end_of({999}));
  const auto answer = completions->complete(std::nullopt, rows, from_ms(5'200), run::first);
  EXPECT_THAT(answer.moved, ElementsAre(trigger_id{101}, trigger_id{102}, trigger_id{103}));
  EXPECT_EQ(number("SELECT sum(n) FROM counter_delta WHERE state = 4 AND day = 0"), 3);
  EXPECT_EQ(number("SELECT sum(duration_ms) FROM counter_delta"), 3 * 190);
  EXPECT_EQ(number("SELECT max(late_bucket) FROM counter_delta"), 7);
  EXPECT_EQ(number("SELECT max(dur_bucket) FROM counter_delta"), 15);
}

TEST_P(complete_conformance, SettlingACompletionThatHadCommittedLeavesItFinal) {
  claim_one(make_job("a"), {101});
  const std::vector rows{with_retry(end_of({101}, trigger_state::failed), {201}, from_ms(9'000))};
  completions->complete(std::nullopt, rows, from_ms(5'200), run::first);
  completions->complete(std::nullopt, rows, from_ms(5'200), run::settle);
  EXPECT_EQ(completions->finals(std::vector<trigger_id>{{101}}, std::vector{from_ms(5'000)}).size(), 1U);
  EXPECT_EQ(number("SELECT count(*) FROM trigger_open"), 1);
}

TEST_P(complete_conformance, ARefusedRowStaysOpenAndTheOthersGoThrough) {
  claim_one(make_job("a"), {101});
  claim_one(make_job("b"), {102});
  claim_one(make_job("c"), {103});
  // Its retry has an id that is taken.
  const std::vector rows{end_of({101}), with_retry(end_of({102}, trigger_state::failed), {103}, from_ms(9'000))};
  EXPECT_EQ(kind_thrown([&] { completions->complete(std::nullopt, rows, from_ms(5'200), run::first); }),
            error_kind::refused);
  EXPECT_EQ(find_trigger({101})->state, trigger_state::succeeded);
  EXPECT_EQ(find_trigger({102})->state, trigger_state::claimed);
}

TEST_P(complete_conformance, AChainWhoseEndWasMissedIsFoundAndSetOnce) {
  const auto job = make_fixed_delay();
  EXPECT_THAT(completions->overdue_ends(), IsEmpty());
  complete_one(end_of({101})); // names no next fire
  const auto overdue = completions->overdue_ends();
  ASSERT_EQ(overdue.size(), 1U);
  EXPECT_EQ(overdue[0].job, job);
  EXPECT_EQ(overdue[0].version, 1);
  EXPECT_EQ(overdue[0].last, from_ms(5'000));
  auto of_old_version = overdue[0];
  of_old_version.version = 0;
  EXPECT_FALSE(completions->set_next(of_old_version, from_ms(7'000)));
  EXPECT_TRUE(completions->set_next(overdue[0], from_ms(7'000)));
  EXPECT_FALSE(completions->set_next(overdue[0], from_ms(7'500)));
  EXPECT_EQ(read_job(job).next, from_ms(7'000));
}

TEST_P(complete_conformance, AChainThatHasEndedAwaitsNothingMore) {
  const auto job = make_fixed_delay();
  complete_one(end_of({101}));
  EXPECT_TRUE(completions->set_next(completions->overdue_ends().at(0), std::nullopt));
  EXPECT_EQ(read_job(job).next, std::nullopt);
  EXPECT_THAT(completions->overdue_ends(), IsEmpty());
}

TEST_P(complete_conformance, AReportIsKeptAndALateOneChangesNothing) {
  claim_one(make_job("a"), {101});
  using reports = std::vector<progress_report>;
  completions->report(reports{{{101}, session, trigger_state::running, from_ms(5'001), from_ms(5'005)}});
  completions->report(reports{{{101}, session, trigger_state::sent, from_ms(5'002), {}}});
  completions->report(reports{{{101}, {8}, trigger_state::running, from_ms(1), from_ms(1)}});
  EXPECT_EQ(find_trigger({101})->state, trigger_state::running);
  EXPECT_EQ(find_trigger({101})->sent, from_ms(5'001));
  auto end = end_of({101});
  end.started = {};
  complete_one(end);
  EXPECT_EQ(find_trigger({101})->started, from_ms(5'005));
}

XXL_ON_BOTH_DATABASES(complete_conformance);

} // namespace
} // namespace xxl::storage
