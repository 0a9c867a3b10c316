// Each way in which the schedule and the record can disagree, planted into a clean history.

#include "tests/audit/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace xxl::audit {
namespace {

using namespace test;

const schedule_spec secondly = every_schedule{1s, {}};
const schedule_spec delay = after_schedule{5s};

/// The only error; the test fails if there is another one or none.
finding only_error(const report& r) {
  EXPECT_EQ(r.found.error_count(), 1u);
  for (auto& error : r.found.errors()) EXPECT_EQ(&error, &r.found.errors().front()) << error.text;
  return r.found.errors().empty() ? finding{} : r.found.errors().front();
}

class Fires : public ::testing::Test {
protected:
  Fires() {
    h.run_until(zero + 20s);
    h.claim(zero + 40s); // gap row 21 to 34
    h.run_until(zero + 60s);
  }
  history h{secondly, zero};
  report audited() { return audit_of(h, zero, zero + 61s); }
  void remove_fire(instant fire) {
    std::erase_if(h.triggers, [&](auto& t) { return t.fire == fire; });
  }
};

TEST_F(Fires, AFireWithoutARowIsMissing) {
  remove_fire(zero + 10s);
  auto r = audited();
  auto f = only_error(r);
  EXPECT_EQ(f.what, kind::missing_fire);
  EXPECT_EQ(f.first, zero + 10s);
  EXPECT_EQ(f.last, zero + 10s);
  EXPECT_EQ(f.fires, 1);
  EXPECT_EQ(f.text, "orders/close-stale: the fire of 2026-03-01T00:00:10Z has neither a first attempt nor a gap row");
  EXPECT_EQ(r.seen.missing, 1u);
  EXPECT_EQ(r.seen.due, r.seen.first_attempts + r.seen.gap_fires + r.seen.missing);
}

TEST_F(Fires, MissingFiresInARowAreOneFinding) {
  for (auto s = 3s; s <= 9s; ++s) remove_fire(zero + s);
  auto f = only_error(audited());
  EXPECT_EQ(f.what, kind::missing_fire);
  EXPECT_EQ(f.fires, 7);
  EXPECT_EQ(f.text, "orders/close-stale: 7 fires from 2026-03-01T00:00:03Z to 2026-03-01T00:00:09Z have neither first "
                    "attempts nor gap rows");
}

TEST_F(Fires, TheFirstAndTheLastOfThePeriodAreNotForgotten) {
  remove_fire(zero + 1s);
  remove_fire(zero + 60s);
  auto r = audited();
  ASSERT_EQ(r.found.errors().size(), 2u);
  EXPECT_EQ(r.found.errors()[0].first, zero + 1s);
  EXPECT_EQ(r.found.errors()[1].first, zero + 60s);
}

TEST_F(Fires, AYearWithoutARecordIsOneFinding) {
  h.triggers.clear();
  h.gaps.clear();
  h.job.next = zero + std::chrono::days{365};
  auto f = only_error(audit_of(h, zero, zero + std::chrono::days{365}));
  EXPECT_EQ(f.fires, 365 * 86'400 - 1);
}

TEST_F(Fires, AMissingGapRowLeavesItsFiresMissing) {
  h.gaps.clear();
  auto f = only_error(audited());
  EXPECT_EQ(f.what, kind::missing_fire);
  EXPECT_EQ(f.fires, 14);
}

TEST_F(Fires, AFireWithTwoFirstAttemptsIsDoubled) {
  auto twin = h.first_attempt(zero + 10s);
  twin.id = trigger_id{99};
  h.triggers.push_back(twin);
  auto r = audited();
  auto f = only_error(r);
  EXPECT_EQ(f.what, kind::doubled_fire);
  EXPECT_EQ(f.first, zero + 10s);
  EXPECT_EQ(f.text, "orders/close-stale: trigger 12009, the fire of 2026-03-01T00:00:10Z, stands twice: trigger 99 has "
                    "the same key");
  EXPECT_EQ(r.seen.due, r.seen.first_attempts + r.seen.gap_fires) << "the second one is no first attempt";
}

TEST_F(Fires, AFireThatTheScheduleDoesNotNameIsNotDue) {
  h.triggers.at(4).fire += 1ms;
  auto r = audited();
  ASSERT_EQ(r.found.error_count(), 2u);
  EXPECT_EQ(r.found.errors()[0].what, kind::missing_fire);
  EXPECT_EQ(r.found.errors()[1].what, kind::fire_not_due);
  EXPECT_EQ(
      r.found.errors()[1].text,
      "orders/close-stale: trigger 12004, the fire of 2026-03-01T00:00:05.001Z, was not due: the schedule of version "
      "1 does not name that instant");
}

TEST_F(Fires, AFireThatIsInAGapRowAsWellOverlapsIt) {
  auto twin = h.first_attempt(zero + 10s);
  twin.id = trigger_id{99};
  twin.fire = zero + 34s; // the last one that was passed over
  h.triggers.push_back(twin);
  auto f = only_error(audited());
  EXPECT_EQ(f.what, kind::gap_overlaps_fire);
  EXPECT_EQ(f.trigger, trigger_id{99});
}

TEST_F(Fires, TwoGapRowsOfTheSameFireOverlap) {
  auto more = h.gaps.at(0);
  more.from = zero + 34s;
  more.to = zero + 35s;
  more.fires = 2;
  h.gaps.push_back(more);
  remove_fire(zero + 35s);
  auto f = only_error(audited());
  EXPECT_EQ(f.what, kind::gaps_overlap);
  EXPECT_EQ(f.first, zero + 34s);
}

TEST_F(Fires, AGapRowThatCountsWronglyIsToldSo) {
  h.gaps.at(0).fires = 13;
  auto f = only_error(audited());
  EXPECT_EQ(f.what, kind::gap_count_wrong);
  EXPECT_EQ(f.text,
            "orders/close-stale: the gap row from 2026-03-01T00:00:21Z to 2026-03-01T00:00:34Z counts 13 fires; 14 "
            "were due there");
}

TEST_F(Fires, AGapRowBeginsAndEndsWithAFire) {
  h.gaps.at(0).from -= 1ms;
  EXPECT_EQ(only_error(audited()).what, kind::gap_count_wrong);
  h.gaps.at(0).from += 1ms;
  h.gaps.at(0).to += 1ms;
  EXPECT_EQ(only_error(audited()).what, kind::gap_count_wrong);
}

TEST_F(Fires, AGapRowIsCountedAsAWholeThoughThePeriodHoldsAPart) {
  h.gaps.at(0).fires = 13;
  EXPECT_EQ(only_error(audit_of(h, zero + 30s, zero + 33s)).what, kind::gap_count_wrong);
}

TEST_F(Fires, ATriggerOrAGapRowOfAVersionThatIsNotThereIsToldSo) {
  h.triggers.at(4).version = 2;
  h.gaps.at(0).version = 0;
  auto r = audited();
  EXPECT_EQ(r.found.error_count(), 2u);
  EXPECT_EQ(r.found.count(kind::unknown_version), 2u);
}

TEST_F(Fires, AHoleInTheVersionsIsToldSo) {
  h.apply([](job_spec& s) { s.owner = "ada"; }, zero + 60s);
  h.apply([](job_spec& s) { s.owner = "eve"; }, zero + 60s);
  h.versions.erase(h.versions.begin() + 1);
  EXPECT_EQ(only_error(audited()).what, kind::version_missing);
  h.versions.pop_back();
  EXPECT_EQ(only_error(audited()).text, "orders/close-stale: version 2 is not in its history");
}

TEST_F(Fires, ASpecificationThatCannotBeReadProvesNothing) {
  h.versions.at(0).schedule.reset();
  h.versions.at(0).problem = "stored specification: route \"of a newer version\" is unknown";
  auto r = audited();
  EXPECT_EQ(only_error(r).text,
            "orders/close-stale: version 1 cannot be used: stored specification: route \"of a newer "
            "version\" is unknown");
  EXPECT_EQ(r.seen.due, r.seen.first_attempts + r.seen.gap_fires);
  EXPECT_EQ(only_error(r).first, zero) << "within the period";
  EXPECT_EQ(only_error(r).last, zero + 60s + 999ms);
  h.versions.at(0).problem.clear();
  h.versions.at(0).schedule = cron_schedule{"0 * * * * ?", "Mars/Base"};
  EXPECT_EQ(only_error(audited()).what, kind::version_unusable);
}

TEST_F(Fires, AJobWithoutItsNextFireHasLostItsPlan) {
  h.job.next.reset();
  auto f = only_error(audit_of(h, zero, zero + 62s));
  EXPECT_EQ(f.what, kind::plan_lost);
  EXPECT_EQ(f.first, zero + 61s);
  EXPECT_EQ(f.text, "orders/close-stale: it is neither paused nor disabled, but no fire is planned behind "
                    "2026-03-01T00:01:00Z");
  EXPECT_EQ(audited().found.error_count(), 0u) << "not in this period";
}

TEST_F(Fires, APlanThatJumpedOverFiresLeavesThemMissing) {
  h.job.next = zero + 64s;
  auto f = only_error(audit_of(h, zero, zero + 70s));
  EXPECT_EQ(f.what, kind::missing_fire);
  EXPECT_EQ(f.first, zero + 61s);
  EXPECT_EQ(f.fires, 3);
}

TEST_F(Fires, OfATimeWhenTheJobWasHeldAreNotDue) {
  h.pause(zero + 60s);
  h.resume(zero + 70s);
  h.run_until(zero + 80s);
  h.apply([](job_spec& s) { s.enabled = false; }, zero + 80s);
  auto early = h.first_attempt(zero + 60s);
  early.id = trigger_id{98};
  early.fire = zero + 65s;
  early.version = 2; // the paused one
  auto late = early;
  late.id = trigger_id{99};
  late.fire = zero + 80s - 500ms;
  late.version = 4; // the disabled one
  h.triggers.push_back(early);
  h.triggers.push_back(late);
  auto r = audit_of(h, zero, zero + 90s);
  EXPECT_EQ(r.found.error_count(), 3u);
  EXPECT_EQ(r.found.count(kind::gap_overlaps_fire), 1u);
  EXPECT_EQ(r.found.count(kind::fire_not_due), 2u);
  std::vector<std::string> texts;
  for (auto& e : r.found.errors())
    if (e.what == kind::fire_not_due) texts.push_back(e.text);
  EXPECT_EQ(texts.at(0),
            "orders/close-stale: trigger 98, the fire of 2026-03-01T00:01:05Z, was not due: version 2 was held "
            "by a pause");
  EXPECT_EQ(texts.at(1),
            "orders/close-stale: trigger 99, the fire of 2026-03-01T00:01:19.500Z, was not due: version 4 plans "
            "no fires");
}

TEST_F(Fires, AreOfTheVersionThatWasInForce) {
  h.apply([](job_spec& s) { s.owner = "ada"; }, zero + 60s);
  h.run_until(zero + 70s);
  h.triggers.at(4).version = 2;
  auto r = audit_of(h, zero, zero + 71s);
  EXPECT_EQ(only_error(r).text,
            "orders/close-stale: trigger 12004, the fire of 2026-03-01T00:00:05Z, was not due: version "
            "2 began with the fire at 2026-03-01T00:01:01Z");
  h.triggers.at(4).version = 1;
  h.triggers.back().version = 1;
  EXPECT_EQ(only_error(audit_of(h, zero, zero + 71s)).text,
            "orders/close-stale: trigger 12055, the fire of 2026-03-01T00:01:10Z, was not due: version 1 was over at "
            "2026-03-01T00:01:00Z");
}

TEST_F(Fires, ThatAPauseHeldNeedAGapRow) {
  h.pause(zero + 60s);
  h.resume(zero + 70s);
  h.run_until(zero + 80s);
  h.gaps.pop_back();
  auto f = only_error(audit_of(h, zero, zero + 81s));
  EXPECT_EQ(f.what, kind::missing_fire);
  EXPECT_EQ(f.first, zero + 61s);
  EXPECT_EQ(f.fires, 10);
}

TEST_F(Fires, ThatAGroupsPauseHeldNeedAGapRow) {
  h.pause_group(zero + 60s);
  h.resume_group(zero + 70s);
  h.gaps.pop_back();
  EXPECT_EQ(only_error(audit_of(h, zero, zero + 71s)).fires, 10);
}

/// Whatever ends a hold, or its schedule, must have recorded what was held up to that moment.
TEST_F(Fires, ThatWereHeldNeedAGapRowWhicheverEditEndsIt) {
  const auto before = h;
  auto edited = [&](const std::function<void()>& hold, const std::function<void()>& end) {
    h = before;
    hold();
    auto recorded = h.gaps.size();
    end();
    EXPECT_EQ(h.gaps.size(), recorded + 1);
    h.gaps.pop_back();
    h.job.last = h.versions.back().after = zero + 60s; // not even the fire row knows of them
    auto f = only_error(audit_of(h, zero, zero + 71s));
    EXPECT_EQ(f.what, kind::missing_fire);
    EXPECT_EQ(f.fires, 10) << f.text;
  };
  auto pause = [&] { h.pause(zero + 60s); };
  edited(pause, [&] { h.resume(zero + 70s); });
  edited(pause, [&] { h.reschedule(delay, zero + 70s); });
  edited(pause, [&] { h.apply([](job_spec& s) { s.enabled = false; }, zero + 70s); });
  edited(pause, [&] { h.remove(zero + 70s); });
  auto pause_group = [&] { h.pause_group(zero + 60s); };
  edited(pause_group, [&] { h.resume_group(zero + 70s); });
  edited(pause_group, [&] { h.pause(zero + 70s); });
}

TEST_F(Fires, ThatWereOverdueAtAnEditNeedAGapRow) {
  h.reschedule(every_schedule{60s, {}}, zero + 65s);
  h.gaps.pop_back();
  h.job.last = h.versions.back().after = zero + 60s; // not even the fire row knows of them
  auto f = only_error(audit_of(h, zero, zero + 66s));
  EXPECT_EQ(f.first, zero + 61s);
  EXPECT_EQ(f.fires, 5);
}

TEST_F(Fires, WithOtherZoneDataAreANoteAlone) {
  history cron{cron_schedule{"0 * * * * ?", "Europe/Berlin"}, zero};
  cron.run_until(zero + 600s);
  memory_source records{{&cron}};
  auto r = run(records, {zero, zero + 600s, zero + 600s, "2027a"});
  EXPECT_EQ(r.found.error_count(), 0u);
  ASSERT_EQ(r.found.count(kind::tzdb_differs), 1u);
  EXPECT_EQ(r.found.notes()[0].text,
            "orders/close-stale: version 1 was planned with zone data 2026a, this machine has 2027a");
  memory_source fixed_rate{{&h}};
  EXPECT_EQ(run(fixed_rate, {zero, zero + 61s, zero + 61s, "2027a"}).found.count(kind::tzdb_differs), 0u)
      << "no zone has a part in it";
}

TEST_F(Fires, OfAJobThatDoesNotExistAreToldAsSuch) {
  h.versions.clear(); // how the source of these tests says so
  auto r = audited();
  EXPECT_EQ(only_error(r).text, "job 12: there is no such job, but 46 triggers and 1 gap rows of it");
  EXPECT_EQ(r.seen.jobs, 0u);
}

// ---- fixed delay

class Delays : public ::testing::Test {
protected:
  Delays() { h.run_until(zero + 60s); }
  history h{delay, zero};
  report audited() { return audit_of(h, zero, zero + 61s); }
};

TEST_F(Delays, TheFireThatAnEditPlannedMustBeRecorded) {
  h.triggers.erase(h.triggers.begin());
  auto f = only_error(audited());
  EXPECT_EQ(f.what, kind::missing_fire);
  EXPECT_EQ(f.first, zero + 5s);
}

TEST_F(Delays, ARunThatDidNotAwaitTheOneBeforeIsToldSo) {
  auto& open = h.triggers.at(3);
  open.state = trigger_state::running;
  open.ended.reset();
  auto f = only_error(audited());
  EXPECT_EQ(f.what, kind::delay_not_awaited);
  EXPECT_EQ(f.text,
            "orders/close-stale: trigger 12004, the fire of 2026-03-01T00:00:25.120Z, began although trigger 12003 "
            "before it is still running");
}

TEST_F(Delays, WithAnotherScheduleInBetweenNothingIsAwaited) {
  auto* open = h.claim(*h.job.next - 100ms);
  auto fire = open->fire;
  h.reschedule(secondly, fire + 10ms);
  h.reschedule(delay, fire + 20ms); // its last instant is the edit's now, not the run's
  EXPECT_FALSE(h.job.awaits_end);
  h.run_until(fire + 10s);
  EXPECT_EQ(audit_of(h, zero, fire + 10s).found.error_count(), 0u);
}

TEST_F(Delays, ARunOfAPausedVersionIsNotDue) {
  auto* open = h.claim(*h.job.next - 100ms);
  auto id = open->id;
  h.pause(open->fire + 10ms);
  h.complete(id, h.trigger(id).fire + 30ms);
  h.trigger(id).version = 2;
  auto f = only_error(audit_of(h, zero, zero + 90s));
  EXPECT_EQ(f.what, kind::fire_not_due);
  EXPECT_THAT(f.text, ::testing::EndsWith("version 2 plans no fires"));
}

TEST_F(Delays, AGapRowHoldsOneFire) {
  h.claim(*h.job.next + 10s);
  ASSERT_EQ(h.gaps.size(), 1u);
  EXPECT_EQ(audit_of(h, zero, zero + 90s).found.error_count(), 0u);
  h.gaps[0].fires = 2;
  EXPECT_EQ(only_error(audit_of(h, zero, zero + 90s)).what, kind::gap_count_wrong);
}

TEST_F(Delays, ARunBeforeItsEditIsNotDue) {
  h.triggers.at(0).fire = zero + 1s;
  auto r = audited();
  ASSERT_EQ(r.found.error_count(), 2u);
  EXPECT_EQ(r.found.errors()[0].text,
            "orders/close-stale: trigger 12000, the fire of 2026-03-01T00:00:01Z, was not due: "
            "version 1 began with the fire at 2026-03-01T00:00:05Z");
  EXPECT_EQ(r.found.errors()[1].what, kind::missing_fire);
}

TEST_F(Delays, OneThatNeitherAwaitsNorPlansHasLostItsPlan) {
  auto* open = h.claim(*h.job.next - 100ms);
  h.complete(open->id, *h.job.last + 30ms);
  h.job.next.reset();
  EXPECT_EQ(only_error(audit_of(h, zero, zero + 90s)).what, kind::plan_lost);
  h.job.awaits_end = true;
  EXPECT_EQ(audit_of(h, zero, zero + 90s).found.error_count(), 0u);
}

TEST_F(Delays, OneThatAnEditLeftAwaitingHasLostItsPlanOnlyOnceItFiredAgain) {
  auto* open = h.claim(*h.job.next - 100ms);
  h.apply([](job_spec& s) { s.owner = "ada"; }, *h.job.last + 10ms);
  h.complete(open->id, *h.job.last + 30ms);
  auto next = *h.job.next;
  h.job.next.reset();
  EXPECT_EQ(audit_of(h, zero, zero + 90s).found.error_count(), 0u) << "it may be the group's pause";
  h.job.next = next;
  h.run_until(next);
  h.job.next.reset();
  EXPECT_EQ(only_error(audit_of(h, zero, zero + 90s)).what, kind::plan_lost);
}

// ---- a ledger that is being written

TEST_F(Fires, WhatASecondLookDoesNotShowIsNoError) {
  auto whole = h.triggers;
  remove_fire(zero + 10s);
  memory_source records{{&h}};
  records.to = zero + 61s;
  records.on_again = [&] { h.triggers = whole; };
  auto r = run(records, {zero, zero + 61s, zero + 61s, "2026a"});
  EXPECT_EQ(r.found.error_count(), 0u);
  EXPECT_EQ(r.seen.due, r.seen.first_attempts + r.seen.gap_fires) << "the second look counts";
}

TEST_F(Fires, WhatOnlyTheSecondLookShowsIsNoErrorYet) {
  remove_fire(zero + 10s);
  memory_source records{{&h}};
  records.to = zero + 61s;
  records.on_again = [&] { remove_fire(zero + 12s); };
  EXPECT_EQ(only_error(run(records, {zero, zero + 61s, zero + 61s, "2026a"})).first, zero + 10s);
}

} // namespace
} // namespace xxl::audit
