// Histories as the product writes them are clean: each sort of schedule, with edits, pauses, late claims and gaps.

#include "tests/audit/history.hpp"

#include <gtest/gtest.h>

namespace xxl::audit {
namespace {

using namespace test;

const schedule_spec secondly = every_schedule{1s, {}};
const schedule_spec minutely = cron_schedule{"0 * * * * ?", "Europe/Berlin"};
const schedule_spec delay = after_schedule{5s};

/// The law itself, and that nothing but gap rows is worth a word.
void expect_clean(const report& r) {
  for (auto& error : r.found.errors()) ADD_FAILURE() << name_of(error.what) << ": " << error.text;
  for (auto& note : r.found.notes()) EXPECT_EQ(note.what, kind::gap) << note.text;
  EXPECT_EQ(r.seen.due, r.seen.first_attempts + r.seen.gap_fires);
}

TEST(CleanHistory, OfAFixedRate) {
  history h{secondly, zero};
  h.run_until(zero + 60s);
  auto r = audit_of(h, zero, zero + 61s);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 60u);
  EXPECT_EQ(r.seen.first_attempts, 60u);
  EXPECT_EQ(r.seen.jobs, 1u);
  EXPECT_EQ(r.seen.triggers, 60u);
  EXPECT_EQ(r.seen.pending, 0u);
  EXPECT_EQ(r.seen.held, 0u);
}

TEST(CleanHistory, OfACronOverAChangeOfTheClocks) {
  const instant before =
      std::chrono::sys_days{std::chrono::year{2026} / 3 / 29} + 0h; // 02:00 becomes 03:00 at 01:00 UTC
  history h{cron_schedule{"0 30 * * * ?", "Europe/Berlin"}, before};
  h.run_until(before + 5h);
  auto r = audit_of(h, before, before + 5h);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 5u);
}

TEST(CleanHistory, OfASingleInstant) {
  history h{at_schedule{zero + 60s}, zero};
  h.run_until(zero + 1h);
  auto r = audit_of(h);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 1u);
}

TEST(CleanHistory, OfAFixedDelay) {
  history h{delay, zero};
  h.run_until(zero + 60s);
  auto r = audit_of(h, zero, zero + 61s);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, r.seen.first_attempts);
  EXPECT_GE(r.seen.due, 10u);
}

TEST(CleanHistory, OfAJobByHandOnly) {
  history h{no_schedule{}, zero};
  h.complete(h.trigger_by_hand(zero + 10s).id, zero + 11s);
  auto r = audit_of(h);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 0u);
  EXPECT_EQ(r.seen.triggers, 1u);
}

TEST(CleanHistory, OfAJobAmongOthers) {
  history a{secondly, zero, 12, "a"}, b{minutely, zero, 13, "b"}, c{delay, zero, 14, "c"};
  for (auto* h : {&a, &b, &c}) h->run_until(zero + 600s);
  memory_source records{{&a, &b, &c}};
  records.to = zero + 300s;
  auto r = run(records, {zero, zero + 300s, zero + 300s, "2026a"});
  expect_clean(r);
  EXPECT_EQ(r.seen.jobs, 3u);
  EXPECT_GE(r.seen.due, 299u + 4u);
}

// ---- the period

TEST(CleanHistory, OfEachPartOfIt) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  h.claim(zero + 40s); // 21 to 34 passed over
  h.run_until(zero + 60s);
  for (auto from = 0s; from < 62s; ++from)
    for (auto to = from; to < 62s; ++to) {
      auto r = audit_of(h, zero + from, zero + to);
      expect_clean(r);
      auto due = std::min(to - 1s, 60s) - std::max(from - 1s, 0s);
      EXPECT_EQ(r.seen.due, static_cast<std::uint64_t>(std::max(due, 0s).count()))
          << from.count() << " to " << to.count();
    }
}

TEST(CleanHistory, WhatIsPlannedIsNotMissing) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  auto r = audit_of(h, zero, zero + 1h); // the audit's clock says an hour
  EXPECT_EQ(r.found.error_count(), 0u);
  EXPECT_EQ(r.seen.due, 20u);
  EXPECT_EQ(r.seen.pending, 3'579u);
  ASSERT_EQ(r.found.count(kind::not_claimed), 1u);
  EXPECT_EQ(r.found.notes()[0].text,
            "orders/close-stale: the fire of 2026-03-01T00:00:21Z is due and not claimed, in all "
            "3579 fires up to now: is there a leader?");
}

TEST(CleanHistory, AFireOfTheLastSecondsIsNotWorthAWord) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  auto r = audit_of(h, zero, zero + 24s);
  expect_clean(r);
  EXPECT_EQ(r.seen.pending, 3u);
}

TEST(CleanHistory, WhatIsClaimedWhileTheAuditReadsIsLeftAlone) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  auto job = h.job; // read before the records
  h.claim(zero + 40s);
  h.run_until(zero + 50s);
  h.reschedule(minutely, zero + 51s);
  h.job = job;
  auto r = audit_of(h, zero, zero + 25s);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 20u);
  EXPECT_EQ(r.seen.triggers, 20u);
  EXPECT_EQ(r.seen.gap_rows, 0u);
}

// ---- late claims

TEST(CleanHistory, WithFiresPassedOver) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  EXPECT_EQ(h.claim(zero + 40s), nullptr);
  h.run_until(zero + 60s);
  auto r = audit_of(h, zero, zero + 61s);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 60u);
  EXPECT_EQ(r.seen.gap_rows, 1u);
  EXPECT_EQ(r.seen.gap_fires, 14u);
  ASSERT_EQ(r.found.count(kind::gap), 1u);
  EXPECT_EQ(r.found.notes()[0].text,
            "orders/close-stale: the gap row from 2026-03-01T00:00:21Z to 2026-03-01T00:00:34Z: "
            "14 fires passed over, reason misfire");
}

TEST(CleanHistory, WithTheLastMissedFireRun) {
  history h{secondly, zero};
  h.apply([](job_spec& s) { s.misfire = misfire_policy::fire_once; }, zero);
  h.run_until(zero + 20s);
  auto* late = h.claim(zero + 40s);
  ASSERT_TRUE(late);
  h.complete(late->id, zero + 41s);
  h.run_until(zero + 60s);
  auto r = audit_of(h, zero, zero + 61s);
  expect_clean(r);
  EXPECT_EQ(r.seen.gap_fires, 13u);
}

TEST(CleanHistory, OfAFixedDelayPassedOver) {
  history h{delay, zero};
  h.run_until(zero + 20s);
  EXPECT_EQ(h.claim(zero + 60s), nullptr);
  h.run_until(zero + 100s);
  auto r = audit_of(h, zero, zero + 101s);
  expect_clean(r);
  EXPECT_EQ(r.seen.gap_fires, 1u);
}

// ---- edits

TEST(CleanHistory, WithAnotherSchedule) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  h.reschedule(minutely, zero + 20s + 500ms);
  h.run_until(zero + 300s);
  h.reschedule(every_schedule{700ms, zero + 301s}, zero + 300s + 1ms);
  h.run_until(zero + 320s);
  h.reschedule(no_schedule{}, zero + 320s);
  h.reschedule(at_schedule{zero + 400s}, zero + 330s);
  h.run_until(zero + 500s);
  auto r = audit_of(h, zero, zero + 500s);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 20u + 5u + 28u + 1u);
}

TEST(CleanHistory, WithAnEditJustAfterAClaim) {
  history h{secondly, zero};
  h.run_until(zero + 19s);
  auto* early = h.claim(zero + 19s + 900ms); // the fire of 20
  h.reschedule(every_schedule{10s, {}}, zero + 19s + 950ms);
  h.complete(early->id, zero + 20s + 30ms);
  EXPECT_EQ(h.job.next, zero + 30s);
  h.run_until(zero + 60s);
  auto r = audit_of(h, zero, zero + 61s);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 20u + 4u);
}

TEST(CleanHistory, WithAnEditThatLeavesTheScheduleAlone) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  h.apply([](job_spec& s) { s.params = "--fast"; }, zero + 20s + 950ms);
  h.run_until(zero + 40s);
  auto r = audit_of(h, zero, zero + 41s);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 40u);
}

TEST(CleanHistory, WithAnEditOfAnOverdueJob) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  h.reschedule(minutely, zero + 25s); // nobody leads: 21 to 25 become a gap row
  h.run_until(zero + 120s);
  auto r = audit_of(h, zero, zero + 121s);
  expect_clean(r);
  EXPECT_EQ(r.seen.gap_fires, 5u);
  EXPECT_EQ(r.seen.due, 25u + 2u);
}

TEST(CleanHistory, WithAnOverdueFireThatAnEditLeavesPlanned) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  h.apply([](job_spec& s) { s.params = "--fast"; }, zero + 24s);
  h.apply([](job_spec& s) { s.params = "--faster"; }, zero + 25s);
  EXPECT_EQ(h.job.next, zero + 21s);
  while (*h.job.next <= zero + 25s) h.complete(h.claim(zero + 25s)->id, zero + 26s);
  h.run_until(zero + 40s);
  auto r = audit_of(h, zero, zero + 41s);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 40u);
}

TEST(CleanHistory, BetweenFixedDelayAndFixedRate) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  auto* open = h.claim(zero + 21s);
  h.reschedule(delay, zero + 21s + 10ms); // the last fire is open: its end is awaited
  EXPECT_TRUE(h.job.awaits_end);
  h.complete(open->id, zero + 23s);
  h.run_until(zero + 60s);
  h.reschedule(secondly, zero + 60s);
  h.run_until(zero + 70s);
  h.reschedule(delay, zero + 75s); // overdue: 71 to 75
  h.run_until(zero + 100s);
  auto r = audit_of(h, zero, zero + 101s);
  expect_clean(r);
  EXPECT_EQ(r.seen.gap_fires, 5u);
}

// ---- pause, disable, delete

TEST(CleanHistory, WithAPauseThatIsOver) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  h.pause(zero + 20s + 500ms);
  h.apply([](job_spec& s) { s.owner = "ada"; }, zero + 25s);
  h.resume(zero + 40s);
  h.run_until(zero + 60s);
  auto r = audit_of(h, zero, zero + 61s);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 60u);
  EXPECT_EQ(r.seen.gap_fires, 20u);
  EXPECT_EQ(h.gaps.at(0).version, 3) << "the version in force at the end of the pause";
}

TEST(CleanHistory, WithAPauseThatGoesOn) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  h.pause(zero + 20s + 500ms);
  auto r = audit_of(h, zero, zero + 60s);
  EXPECT_EQ(r.found.error_count(), 0u);
  EXPECT_EQ(r.seen.due, 20u);
  EXPECT_EQ(r.seen.held, 39u);
  ASSERT_EQ(r.found.count(kind::held), 1u);
  EXPECT_EQ(r.found.notes()[0].text, "orders/close-stale: 39 fires since 2026-03-01T00:00:20.500Z are held by a pause; "
                                     "when it ends they become a gap row");
}

TEST(CleanHistory, WithAnotherScheduleDuringAPause) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  h.pause(zero + 20s);
  h.reschedule(every_schedule{10s, {}}, zero + 35s); // 21 to 35
  h.resume(zero + 60s);                              // 40, 50, 60
  h.run_until(zero + 90s);
  auto r = audit_of(h, zero, zero + 91s);
  expect_clean(r);
  EXPECT_EQ(r.seen.gap_fires, 15u + 3u);
  EXPECT_EQ(r.seen.first_attempts, 20u + 3u);
}

TEST(CleanHistory, WithFixedDelayDuringAPause) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  h.pause(zero + 20s);
  h.reschedule(delay, zero + 30s + 500ms);
  h.resume(zero + 60s);
  h.run_until(zero + 90s);
  auto r = audit_of(h, zero, zero + 91s);
  expect_clean(r);
  EXPECT_EQ(r.seen.gap_fires, 10u);
}

TEST(CleanHistory, OfAFixedDelayByTheClocksOfTwoAdmins) {
  history h{after_schedule{500ms}, zero};
  h.run_until(zero + 20s);
  auto* open = h.claim(*h.job.next - 100ms);
  auto id = open->id;
  auto fire = open->fire;
  h.apply([](job_spec& s) { s.owner = "ada"; }, fire + 5s); // this clock is ahead of the other one
  h.complete(id, fire + 30ms);
  h.run_until(fire + 2s);
  h.claim(*h.job.next - 100ms);
  h.apply([](job_spec& s) { s.owner = "eve"; }, fire + 6s);
  h.reschedule(secondly, fire + 3s);
  h.run_until(zero + 30s);
  expect_clean(audit_of(h, zero, zero + 30s));
}

TEST(CleanHistory, OfAFixedDelayThatIsPausedWhileItRuns) {
  history h{delay, zero};
  h.run_until(zero + 20s);
  auto* open = h.claim(*h.job.next);
  h.pause(open->fire + 1s);
  h.resume(open->fire + 2s);
  EXPECT_TRUE(h.job.awaits_end);
  h.complete(open->id, open->fire + 3s);
  h.run_until(zero + 60s);
  expect_clean(audit_of(h, zero, zero + 61s));
}

TEST(CleanHistory, WithAGroupThatIsPaused) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  h.pause_group(zero + 20s + 500ms);
  h.apply([](job_spec& s) { s.owner = "ada"; }, zero + 25s);
  h.resume_group(zero + 40s);
  h.run_until(zero + 60s);
  auto r = audit_of(h, zero, zero + 61s);
  expect_clean(r);
  EXPECT_EQ(r.seen.gap_fires, 20u);
}

TEST(CleanHistory, OfAJobThatIsCreatedInAPausedGroup) {
  history h{secondly, zero, 12, "close-stale", true};
  auto r = audit_of(h, zero, zero + 60s);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 0u);
  EXPECT_EQ(r.seen.held, 0u) << "nothing was ever planned that a gap row could hold";
}

TEST(CleanHistory, WhatIsDisabledHasNoFires) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  h.apply([](job_spec& s) { s.enabled = false; }, zero + 20s);
  h.complete(h.trigger_by_hand(zero + 30s).id, zero + 31s);
  h.apply([](job_spec& s) { s.enabled = true; }, zero + 40s);
  h.run_until(zero + 60s);
  auto r = audit_of(h, zero, zero + 61s);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 40u);
  EXPECT_EQ(r.seen.triggers, 41u);
}

TEST(CleanHistory, WhatIsDeletedHasNoFiresUntilItIsRevived) {
  history h{secondly, zero};
  h.run_until(zero + 20s);
  h.remove(zero + 20s);
  h.apply([](job_spec&) {}, zero + 40s);
  h.run_until(zero + 60s);
  auto r = audit_of(h, zero, zero + 61s);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 40u);
}

// ---- retries

TEST(CleanHistory, WithRetries) {
  history h{secondly, zero};
  h.apply([](job_spec& s) { s.retry = {2, true, true, true}; }, zero);
  auto fail = [&](trigger_state end) {
    for (auto t = h.open_trigger(); t; t = h.open_trigger()) h.complete(t, *h.job.last + 10ms, end);
  };
  for (auto end : {trigger_state::failed, trigger_state::timed_out, trigger_state::lost, trigger_state::killed,
                   trigger_state::discarded}) {
    h.claim(*h.job.next - 100ms);
    fail(end);
    if (end == trigger_state::discarded) h.triggers.back().started.reset();
  }
  h.claim(*h.job.next - 100ms); // its retry is open
  h.complete(h.open_trigger(), *h.job.last + 10ms, trigger_state::failed);
  auto r = audit_of(h, zero, *h.job.next);
  expect_clean(r);
  EXPECT_EQ(r.seen.due, 6u);
  EXPECT_EQ(r.seen.triggers, 3u * 3u + 2u + 2u);
}

} // namespace
} // namespace xxl::audit
