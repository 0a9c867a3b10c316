// Which fires run and which are passed over; the record stays complete: due fires = first attempts + gap rows.

#include "schedule/jitter.hpp"
#include "schedule/misfire.hpp"
#include "tests/schedule/instants.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <ostream>
#include <random>
#include <vector>

namespace xxl::schedule {

/// For GoogleTest's messages.
void PrintTo(const passed_over& g, std::ostream* out) {
  *out << test::text(g.first) << " .. " << test::text(g.last) << " (" << g.fires << ')';
}
void PrintTo(const decision& d, std::ostream* out) {
  *out << "fire " << (d.fire ? test::text(*d.fire) : "-") << ", next " << (d.next ? test::text(*d.next) : "-")
       << (d.awaits_end ? ", awaits end" : "");
  if (d.gap) PrintTo(*d.gap, &(*out << ", gap "));
}

namespace test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto threshold = 5000ms;
const auto noon = utc("2026-06-01T12:00:00Z");

decision skip(const timetable& t, instant expect, instant now) {
  return decide(t, expect, now, {.misfire = misfire::skip}, threshold);
}
decision fire_once(const timetable& t, instant expect, instant now) {
  return decide(t, expect, now, {.misfire = misfire::fire_once}, threshold);
}

TEST(Misfire, AFireAheadOfTimeIsSent) { // claims are made at T - lead
  const auto t = every(60s, std::nullopt);
  for (const auto policy : {misfire::skip, misfire::fire_once, misfire::fire_all})
    EXPECT_EQ(decide(t, noon, noon - 100ms, {.misfire = policy}, threshold), (decision{noon, noon + 60s, false, {}}));
}

TEST(Misfire, AFireAsLateAsTheThresholdIsSent) {
  const auto t = every(1s, std::nullopt);
  for (const auto policy : {misfire::skip, misfire::fire_once, misfire::fire_all})
    EXPECT_EQ(decide(t, noon, noon + threshold, {.misfire = policy}, threshold),
              (decision{noon, noon + 1s, false, {}}));
}

TEST(Misfire, SkipPassesOverTheOnlyFireThatIsLaterThanTheThreshold) {
  const auto t = every(1s, std::nullopt);
  EXPECT_EQ(skip(t, noon, noon + threshold + 1ms), (decision{{}, noon + 1s, false, passed_over{noon, noon, 1}}));
}

TEST(Misfire, FireOnceRunsTheOnlyMissedFireAndLeavesNoGap) {
  const auto t = every(1s, std::nullopt);
  EXPECT_EQ(fire_once(t, noon, noon + threshold + 1ms), (decision{noon, noon + 1s, false, {}}));
}

TEST(Misfire, SkipPassesOverAllThatIsLaterThanTheThreshold) {
  const auto t = every(1s, std::nullopt);
  const auto now = noon + 1h; // the fire of 12:59:55 is exactly as late as the threshold: it is sent next
  EXPECT_EQ(skip(t, noon, now), (decision{{}, now - 5s, false, passed_over{noon, now - 6s, 3595}}));
}

TEST(Misfire, FireOnceRunsTheLastMissedFireWithItsOwnTime) {
  const auto t = every(1s, std::nullopt);
  const auto now = noon + 1h;
  EXPECT_EQ(fire_once(t, noon, now), (decision{now - 6s, now - 5s, false, passed_over{noon, now - 7s, 3594}}));
}

TEST(Misfire, FireOnceOfTwoMissedFiresHasAGapOfOne) {
  const auto t = every(60s, std::nullopt);
  EXPECT_EQ(fire_once(t, noon, noon + 70s), (decision{noon + 60s, noon + 120s, false, passed_over{noon, noon, 1}}));
}

TEST(Misfire, AThresholdOfZeroForgivesNothing) {
  const auto t = every(1s, std::nullopt);
  EXPECT_EQ(decide(t, noon, noon, {}, 0ms), (decision{noon, noon + 1s, false, {}}));
  EXPECT_EQ(decide(t, noon, noon + 1ms, {}, 0ms), (decision{{}, noon + 1s, false, passed_over{noon, noon, 1}}));
}

TEST(Misfire, TheGapOfACronScheduleIsExactAfterYears) {
  const auto t = make_cron("* * * * * ?");
  const auto from = utc("2016-01-01T00:00:00Z"), now = utc("2026-01-01T00:00:06Z");
  const auto fires = 3653LL * 86400 + 1; // both ends
  EXPECT_EQ(skip(t, from, now), (decision{{}, now - 5s, false, passed_over{from, now - 6s, fires}}));
  EXPECT_EQ(fire_once(t, from, now), (decision{now - 6s, now - 5s, false, passed_over{from, now - 7s, fires - 1}}));
}

TEST(Misfire, ACronScheduleThatEndsWhileMissedHasNoNext) {
  const auto t = make_cron("0 0 12 1,2 6 ? 2026");
  const auto second = noon + 24h;
  EXPECT_EQ(skip(t, noon, noon + 720h), (decision{{}, {}, false, passed_over{noon, second, 2}}));
  EXPECT_EQ(fire_once(t, noon, noon + 720h), (decision{second, {}, false, passed_over{noon, noon, 1}}));
}

TEST(Misfire, AOneShotEndsWithItsDecision) {
  const auto t = at(noon);
  EXPECT_EQ(skip(t, noon, noon), (decision{noon, {}, false, {}}));
  EXPECT_EQ(skip(t, noon, noon + 1h), (decision{{}, {}, false, passed_over{noon, noon, 1}}));
  EXPECT_EQ(fire_once(t, noon, noon + 1h), (decision{noon, {}, false, {}}));
}

TEST(Misfire, AFixedDelayAwaitsTheEndOfItsFire) {
  const auto t = after(30s);
  for (const auto policy : {misfire::skip, misfire::fire_once, misfire::fire_all})
    EXPECT_EQ(decide(t, noon, noon + threshold, {.misfire = policy}, threshold), (decision{noon, {}, true, {}}));
  EXPECT_EQ(fire_once(t, noon, noon + 1h), (decision{noon, {}, true, {}}));
}

TEST(Misfire, ASkippedFixedDelayGoesOnFromNow) {
  const auto t = after(30s);
  EXPECT_EQ(skip(t, noon, noon + threshold + 1ms),
            (decision{{}, noon + threshold + 1ms + 30s, false, passed_over{noon, noon, 1}}));
}

// ---- all of them, or the last so many

TEST(Misfire, FireAllRunsTheMissedFiresOneAfterTheOther) {
  const auto t = every(60s, std::nullopt);
  const firing_rule all{.misfire = misfire::fire_all};
  const auto now = noon + 1h;
  EXPECT_EQ(decide(t, noon, now, all, threshold), (decision{noon, noon + 60s, false, {}}));
  EXPECT_EQ(decide(t, noon + 60s, now, all, threshold), (decision{noon + 60s, noon + 120s, false, {}}));
}

TEST(Misfire, FireAllRunsNoMoreThanItsCapOfAGapTheLastOnes) {
  const auto t = every(60s, std::nullopt);
  const auto now = noon + 10min + 30s; // missed: 12:00 to 12:10, eleven fires
  const auto capped = [&](std::int64_t cap) {
    return decide(t, noon, now, {.misfire = misfire::fire_all, .cap = cap}, threshold);
  };
  EXPECT_EQ(capped(11), (decision{noon, noon + 1min, false, {}}));
  EXPECT_EQ(capped(10), (decision{noon + 1min, noon + 2min, false, passed_over{noon, noon, 1}}));
  EXPECT_EQ(capped(3), (decision{noon + 8min, noon + 9min, false, passed_over{noon, noon + 7min, 8}}));
  EXPECT_EQ(capped(1), (decision{noon + 10min, noon + 11min, false, passed_over{noon, noon + 9min, 10}}));
}

TEST(Misfire, ACapIsFoundInAGapOfTenYears) {
  const auto t = make_cron("* * * * * ?");
  const auto from = utc("2016-01-01T00:00:00Z"), now = utc("2026-01-01T00:00:06Z");
  EXPECT_EQ(decide(t, from, now, {.misfire = misfire::fire_all, .cap = 100}, threshold),
            (decision{now - 105s, now - 104s, false, passed_over{from, now - 106s, 3653LL * 86400 + 1 - 100}}));
}

// ---- the deadline

TEST(Misfire, WhatIsLaterThanTheDeadlineNeverRuns) {
  const auto t = every(60s, std::nullopt);
  const auto now = noon + 10min + 30s;
  EXPECT_EQ(decide(t, noon, now, {.misfire = misfire::fire_all, .deadline = 3min}, threshold),
            (decision{noon + 8min, noon + 9min, false, passed_over{noon, noon + 7min, 8}}));
  EXPECT_EQ(decide(t, noon, now, {.misfire = misfire::fire_all, .cap = 2, .deadline = 3min}, threshold),
            (decision{noon + 9min, noon + 10min, false, passed_over{noon, noon + 8min, 9}}));
  EXPECT_EQ(decide(t, noon, now, {.misfire = misfire::fire_once, .deadline = 20s}, threshold),
            (decision{{}, noon + 11min, false, passed_over{noon, noon + 10min, 11}}));
  EXPECT_EQ(decide(t, noon, now, {.misfire = misfire::fire_once, .deadline = 30s}, threshold),
            (decision{noon + 10min, noon + 11min, false, passed_over{noon, noon + 9min, 10}}))
      << "as late as the deadline is not later";
}

TEST(Misfire, ADeadlineBelowTheThresholdIsTheThreshold) {
  const auto t = every(60s, std::nullopt);
  EXPECT_EQ(decide(t, noon, noon + 5s, {.deadline = 1s}, threshold), (decision{noon, noon + 60s, false, {}}));
}

TEST(Misfire, AFixedDelayBeyondItsDeadlineGoesOnFromNow) {
  const firing_rule rule{.misfire = misfire::fire_once, .deadline = 1min};
  EXPECT_EQ(decide(after(30s), noon, noon + 1min, rule, threshold), (decision{noon, {}, true, {}}));
  EXPECT_EQ(decide(after(30s), noon, noon + 2min, rule, threshold),
            (decision{{}, noon + 2min + 30s, false, passed_over{noon, noon, 1}}));
}

// ---- jitter

TEST(Misfire, LatenessCountsFromThePlannedInstant) {
  const auto t = every(60s, std::nullopt);
  const firing_rule rule{.job = 7, .jitter = 50s};
  const auto when = planned(t, noon, 7, 50s);
  ASSERT_GT(when, noon);
  EXPECT_EQ(decide(t, noon, when + threshold, rule, threshold), (decision{noon, noon + 60s, false, {}}));
  EXPECT_EQ(decide(t, noon, when + threshold + 1ms, rule, threshold),
            (decision{{}, noon + 60s, false, passed_over{noon, noon, 1}}));
}

// ---- the last run

TEST(Misfire, TheLastRunEndsTheSchedule) {
  const auto t = every(60s, std::nullopt);
  EXPECT_EQ(decide(t, noon, noon, {.runs_left = 2}, threshold), (decision{noon, noon + 60s, false, {}}));
  EXPECT_EQ(decide(t, noon, noon, {.runs_left = 1}, threshold), (decision{noon, {}, false, {}}));
  EXPECT_EQ(decide(after(30s), noon, noon, {.runs_left = 1}, threshold), (decision{noon, {}, false, {}}));
}

TEST(Misfire, WhatIsPassedOverIsNoRun) {
  const auto t = every(60s, std::nullopt);
  EXPECT_EQ(decide(t, noon, noon + 30s, {.runs_left = 1}, threshold),
            (decision{{}, noon + 60s, false, passed_over{noon, noon, 1}}));
}

// ---- the record as a whole

/// The same by the rules' words, looking at one fire after the other.
bool runs(const timetable& t, const std::vector<instant>& missed, std::size_t i, instant now, const firing_rule& rule) {
  const auto late = now - planned(t, missed[i], rule.job, rule.jitter);
  if (rule.deadline > 0ms && late > std::max(rule.deadline, threshold)) return false;
  switch (rule.misfire) {
  case misfire::skip: return false;
  case misfire::fire_once: return i + 1 == missed.size();
  case misfire::fire_all: return static_cast<std::int64_t>(missed.size() - i) <= rule.cap;
  }
  return false;
}

decision decide_by_words(const timetable& t, instant expect, instant now, const firing_rule& rule) {
  const auto late = [&](instant fire) { return now - planned(t, fire, rule.job, rule.jitter) > threshold; };
  if (!late(expect)) return {expect, t.next(expect), false, {}};
  std::vector<instant> missed;
  for (std::optional fire{expect}; fire && late(*fire); fire = t.next(*fire)) missed.push_back(*fire);
  std::size_t skipped = 0;
  while (skipped < missed.size() && !runs(t, missed, skipped, now, rule)) ++skipped;
  decision d;
  if (skipped > 0) d.gap = passed_over{missed[0], missed[skipped - 1], static_cast<std::int64_t>(skipped)};
  if (skipped < missed.size()) d.fire = missed[skipped];
  d.next = t.next(d.fire ? *d.fire : missed.back());
  return d;
}

// A leader that comes and goes at random: each decision is what the words say, and every fire is either fired or in
// exactly one gap, in order.
TEST(Misfire, DueFiresAreFirstAttemptsPlusGapRows) {
  std::mt19937_64 random{20260601};
  const timetable tables[] = {every(700ms, std::nullopt), make_cron("0/2 * * * * ?"),
                              make_cron("0 0/7 * * * ?", "America/New_York")};
  for (const auto& t : tables)
    for (int round = 0; round < 12; ++round) {
      firing_rule rule{.misfire = static_cast<misfire>(round % 3), .job = 9};
      if (random() % 2) rule.cap = static_cast<std::int64_t>(random() % 50 + 1);
      if (random() % 2) rule.deadline = milliseconds{random() % 600'000};
      if (random() % 2) rule.jitter = milliseconds{random() % 10'000};
      const auto begin = utc("2026-11-01T04:00:00Z"), end = utc("2026-11-01T10:00:00Z");
      std::int64_t fired = 0, passed = 0;
      auto expect = *t.next(begin);
      auto covered = begin; // everything up to here is accounted for
      for (auto now = expect; now < end;) {
        const auto d = decide(t, expect, now, rule, threshold);
        ASSERT_EQ(d, decide_by_words(t, expect, now, rule)) << "round " << round << " at " << text(now);
        if (d.gap) {
          EXPECT_EQ(d.gap->first, t.next(covered));
          EXPECT_EQ(d.gap->fires, t.count(covered, d.gap->last, std::numeric_limits<std::int64_t>::max()));
          passed += d.gap->fires;
          covered = d.gap->last;
        }
        if (d.fire) {
          EXPECT_EQ(d.fire, t.next(covered));
          ++fired;
          covered = *d.fire;
        }
        EXPECT_EQ(d.next, t.next(covered));
        expect = *d.next;
        const auto pause = milliseconds{random() % 20 == 0 ? random() % 1'800'000 : random() % 3'000};
        now = std::max(planned(t, expect, rule.job, rule.jitter), now + pause);
      }
      EXPECT_EQ(fired + passed, t.count(begin, covered, std::numeric_limits<std::int64_t>::max()));
      EXPECT_GT(fired, 0);
    }
}

TEST(Span, HoldsTheFiresAfterTheLastUpToTheEnd) {
  const auto t = every(60s, std::nullopt);
  EXPECT_EQ(span(t, noon, noon + 180s), (passed_over{noon + 60s, noon + 180s, 3}));
  EXPECT_EQ(span(t, noon, noon + 179s), (passed_over{noon + 60s, noon + 120s, 2}));
  EXPECT_EQ(span(t, noon, noon + 60s), (passed_over{noon + 60s, noon + 60s, 1}));
}

TEST(Span, IsNoneWithoutAFire) {
  EXPECT_EQ(span(every(60s, std::nullopt), noon, noon + 59s), std::nullopt);
  EXPECT_EQ(span(every(60s, std::nullopt), noon, noon), std::nullopt);
  EXPECT_EQ(span(every(60s, std::nullopt), noon, noon - 1h), std::nullopt);
  EXPECT_EQ(span(at(noon), noon, noon + 1h), std::nullopt);
  EXPECT_EQ(span(after(1s), noon, noon + 1h), std::nullopt);
  EXPECT_EQ(span(timetable{}, noon, noon + 1h), std::nullopt);
}

TEST(Span, CoversCronAndOneShots) {
  EXPECT_EQ(span(make_cron("0 0 12 * * ?"), noon, noon + 240h), (passed_over{noon + 24h, noon + 240h, 10}));
  EXPECT_EQ(span(at(noon), noon - 1h, noon + 1h), (passed_over{noon, noon, 1}));
}

} // namespace
} // namespace test
} // namespace xxl::schedule
